/** Plugs together what is known of people who have no home here yet. */
import type { DirectoryStore } from "#directory/directory-store";
import type { PeopleAdministration } from "#http/people";
import { systemClock } from "#jobs/clock";
import { done, failed } from "#mailbox/problem";
import { homeless, type PeopleStore } from "#migration/people/people";
import type { KnownRecipients } from "#routing/known-recipients";

interface PeopleParts {
  readonly directory: Pick<DirectoryStore, "domain">;
  readonly knownRecipients: KnownRecipients;
  readonly people: PeopleStore;
}

export function openPeople({ directory, knownRecipients, people }: PeopleParts): PeopleAdministration {
  const stranger = async (domain: string) =>
    (await directory.domain(domain))?.kind === "local"
      ? null
      : failed("not-found", `${domain} is not a local domain here.`);
  return {
    async people(domain, inHeaders, signal) {
      const refused = await stranger(domain);
      if (refused) return refused;
      return done(
        homeless({
          accepted: await knownRecipients.missing(domain),
          tried: await people.triedLogins(domain),
          expected: await people.expected(domain),
          maildrops: await people.oldMaildrops(domain),
          named: inHeaders ? await people.namedInHeaders(domain, signal) : null,
        }),
      );
    },
    async expect(domain, expectations, unexpected) {
      const refused = await stranger(domain);
      if (refused) return refused;
      const addresses = expectations.map(({ address }) => address);
      const elsewhere = addresses.find((address) => !address.endsWith(`@${domain}`));
      if (elsewhere !== undefined) return failed("invalid", `${elsewhere} is not an address of ${domain}.`);
      await people.expect(domain, addresses, systemClock.now());
      await people.noteOldMaildrops(
        domain,
        expectations.filter(({ octets, lastMail }) => octets !== null || lastMail !== null),
      );
      await people.expectNoMore(domain, unexpected);
      return done((await people.expected(domain)).length);
    },
  };
}
