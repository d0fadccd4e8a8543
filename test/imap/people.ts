import type { Account, Login, LoginAnswer, LoginAttempt } from "#login/login";
import type { MailboxId } from "#mailbox/ids";
import { done, type Outcome } from "#mailbox/problem";

/** Anna (password "secret") and Bob, whose password has spaces, a quote, a backslash and an octet that is no UTF-8. */
export class ImapPeople implements Login {
  /** While set, nobody can be told right from wrong. */
  isOldServerDown = false;
  /** While set, logins are good but the listing is not there. */
  isListing = false;
  readonly attempts: LoginAttempt[] = [];
  readonly #passwords: ReadonlyMap<string, { readonly mailbox: MailboxId; readonly password: Buffer }>;
  readonly #annas: MailboxId;
  readonly #listed = Promise.withResolvers<Outcome<MailboxId>>();

  constructor(annas: MailboxId, bobs: MailboxId) {
    this.#annas = annas;
    this.#passwords = new Map([
      ["anna@big-company.com", { mailbox: annas, password: Buffer.from("secret") }],
      ["bob@big-company.com", { mailbox: bobs, password: Buffer.from(' pa "\\ \xa7 ', "latin1") }],
      ["jürgen@big-company.com", { mailbox: bobs, password: Buffer.from("pässword") }],
    ]);
  }

  /** The listing that the logins wait for has been taken. */
  listed(): void {
    this.isListing = false;
    this.#listed.resolve(done(this.#annas));
  }

  async prove(attempt: LoginAttempt): Promise<LoginAnswer> {
    this.attempts.push(attempt);
    if (this.isOldServerDown) return { answer: "try-later", text: "The old server does not answer." };
    const address = attempt.name.includes("@") ? attempt.name : `${attempt.name}@big-company.com`;
    const person = this.#passwords.get(address.toLowerCase());
    if (!person?.password.equals(attempt.password)) return { answer: "refused" };
    const account: Account = this.isListing
      ? { address, mailbox: null, ready: this.#listed.promise }
      : { address, mailbox: person.mailbox, ready: Promise.resolve(done(person.mailbox)) };
    return { answer: "welcome", account };
  }
}
