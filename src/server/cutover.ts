/** Plugs together what a cutover touches: domains, the queue, sweeps, the proof and the end of a migration. */
import type { Config } from "#config/config";
import { type DirectoryAdministration, setUnknownUsers } from "#directory/administration";
import type { CutoverAdministration } from "#http/cutover";
import { systemClock } from "#jobs/clock";
import { done, failed } from "#mailbox/problem";
import type { SealingKeys } from "#migration/admission/sealing-keys";
import { Cutovers } from "#migration/cutover/cutovers";
import { planCutover } from "#migration/cutover/plan";
import { type CutoverDomains, type Proof, usualCutoverLimits } from "#migration/cutover/tools";
import type { Outbound } from "#migration/outbound";
import { homeless } from "#migration/people/people";
import type { Log } from "#observe/log";
import type { Store } from "#store/sqlite/open";
import { countForAll } from "./counting.ts";
import type { MigrationRoom } from "./migration.ts";

interface CutoverParts {
  readonly config: Config;
  readonly store: Store;
  readonly keys: SealingKeys;
  readonly directory: DirectoryAdministration;
  readonly migration: MigrationRoom;
  readonly outbound: Outbound;
  readonly proof: Proof;
  readonly log: Log;
  /** Grows with everything that is committed. */
  readonly touches: () => number;
}

export interface CutoverRoom extends AsyncDisposable {
  readonly administration: CutoverAdministration;
  /** Goes on with what an earlier process had begun. */
  start(): Promise<void>;
}

/** Mailboxes of a domain that are read at once. */
const page = 500;

export function openCutovers(parts: CutoverParts): CutoverRoom {
  const { config, store, keys, directory, migration, outbound, proof, log } = parts;
  const tools = {
    store: store.cutovers,
    ledger: store.ledger,
    domains: domainsOf(directory),
    people: {
      missing: (domain: string) => migration.missing(domain),
      prepared: preparedOf(store),
      homeless: homelessOf(store),
    },
    outbound,
    clock: systemClock,
  };
  const cutovers = new Cutovers({
    ...tools,
    keys,
    proof,
    check: (domain) => migration.check(domain),
    end: (domain, giveUp) => migration.end(domain, giveUp),
    log,
    limits: { ...usualCutoverLimits, quiet: config.migration.cutoverQuiet },
  });
  // It reads everybody who has come: once for all who look on.
  const plan = countForAll({
    count: (domain) => planCutover(tools, domain),
    touches: parts.touches,
    now: () => tools.clock.now(),
  });
  return {
    administration: {
      begin: (domain, giveUp) => cutovers.begin(domain, giveUp),
      undo: (domain) => cutovers.undo(domain),
      async show(domain) {
        const cutover = await cutovers.state(domain);
        return cutover ? done(cutover) : failed("not-found", `There was no cutover of ${domain}.`);
      },
      async plan(domain) {
        const isKnown =
          (await tools.domains.unknownUsers(domain)) ?? (await store.cutovers.cutover(domain)) ?? null;
        return isKnown !== null
          ? done(await plan(domain))
          : failed("not-found", `${domain} is not a local domain here.`);
      },
    },
    start: () => cutovers.start(),
    [Symbol.asyncDispose]: () => cutovers[Symbol.asyncDispose](),
  };
}

function domainsOf({ directory, use }: DirectoryAdministration): CutoverDomains {
  // It is the cutover itself that acts.
  const administration = { directory, use: { ...use, underCutover: async () => [] } };
  return {
    async unknownUsers(name) {
      const domain = await directory.domain(name);
      return domain?.kind === "local" ? domain.unknownUsers : null;
    },
    setUnknownUsers: (name, rule, giveUp) => setUnknownUsers(administration, name, rule, giveUp),
    async deliverOf(route) {
      const domain = await directory.domain(route);
      return domain?.kind === "remote" ? domain.deliver : null;
    },
    async setDeliver(route, deliver) {
      const domain = await directory.domain(route);
      if (domain?.kind !== "remote") return failed("not-found", `There is no remote domain ${route}.`);
      return await directory.setDomain({ ...domain, deliver });
    },
    async pipedThrough(route) {
      return (await directory.domains()).flatMap((domain) =>
        domain.kind === "local" &&
        domain.unknownUsers.rule === "pipe" &&
        domain.unknownUsers.pipe.route === route
          ? [domain.name]
          : [],
      );
    },
  };
}

function homelessOf({ knownRecipients, people }: Store) {
  return async (domain: string) =>
    homeless({
      accepted: await knownRecipients.missing(domain),
      tried: [],
      expected: await people.expected(domain),
      maildrops: await people.oldMaildrops(domain),
      named: null,
    });
}

function preparedOf({ directory }: Store): (domain: string) => Promise<readonly string[]> {
  return async (domain) => {
    const prepared: string[] = [];
    for (let after: string | undefined = ""; after !== undefined; ) {
      const some = await directory.mailboxes(domain, after, page);
      prepared.push(...some.filter(({ admitted }) => !admitted).map(({ address }) => address));
      after = some.length < page ? undefined : some.at(-1)?.address;
    }
    return prepared;
  };
}
