import type { Account, Login, LoginAnswer, LoginAttempt } from "#login/login";
import type { MailboxId } from "#mailbox/ids";
import { done, type Outcome } from "#mailbox/problem";

const annas = 1 as MailboxId;
const bobs = 2 as MailboxId;

const people = new Map<string, { readonly mailbox: MailboxId; readonly password: Buffer }>([
  ["anna@big-company.com", { mailbox: annas, password: Buffer.from("secret") }],
  ["bob@big-company.com", { mailbox: bobs, password: Buffer.from([0x20, 0x70, 0x61, 0x20, 0xa7, 0x20]) }],
  ["jürgen@big-company.com", { mailbox: bobs, password: Buffer.from("pässword") }],
]);

/** Two people and their passwords; Bob's has spaces and an octet that is no UTF-8. */
export class People implements Login {
  readonly annas = annas;
  readonly bobs = bobs;
  /** While set, nobody can be told right from wrong. */
  isOldServerDown = false;
  /** While set, logins are good but the listing is not there. */
  isListing = false;
  readonly #listed = Promise.withResolvers<Outcome<MailboxId>>();
  readonly attempts: LoginAttempt[] = [];

  /** The listing that the logins wait for has been taken. */
  listed(): void {
    this.isListing = false;
    this.#listed.resolve(done(annas));
  }

  async prove(attempt: LoginAttempt): Promise<LoginAnswer> {
    this.attempts.push(attempt);
    if (this.isOldServerDown) return { answer: "try-later", text: "The old server does not answer." };
    const address = attempt.name.includes("@") ? attempt.name : `${attempt.name}@big-company.com`;
    const person = people.get(address.toLowerCase());
    if (!person?.password.equals(attempt.password)) return { answer: "refused" };
    const account: Account = this.isListing
      ? { address, mailbox: null, ready: this.#listed.promise }
      : { address, mailbox: person.mailbox, ready: Promise.resolve(done(person.mailbox)) };
    return { answer: "welcome", account };
  }
}
