/** What one connection may cost (RFC 5321 §4.5.3). */

/** Octets of a command line, its end included: 512 by the RFC, and what the extensions add to it. */
export const maximumCommandLine = 4096;
/** Octets of an over-long line that are thrown away before the connection is given up. */
export const maximumSkippedLine = 64 * 1024;
/** Recipients of one transaction; the RFC wants 100 at least. */
export const maximumRecipients = 1000;
/** Where all recipients of one transaction lead together, aliases followed. */
export const maximumDestinations = 10_000;
/** Octets of a refused message that are still taken, beside `maxMessage`, before the connection is given up. */
export const maximumThrownAway = 64 * 1024 * 1024;
/** A message that comes slower than this, in octets a second after the grace, is given up. */
export const slowestMessage = 200;
export const slowMessageGrace = 10 * 60 * 1000;

/** In milliseconds (RFC 5321 §4.5.3.2.5 and .7). */
export interface SmtpTimeouts {
  /** Until a whole command has come; also how long a reply may wait to be taken. */
  readonly command: number;
  /** Until the next octets of a message have come. */
  readonly data: number;
}

export const standardTimeouts: SmtpTimeouts = { command: 5 * 60 * 1000, data: 3 * 60 * 1000 };

const maximumErrors = 20;
const maximumRefusedRecipients = 100;
const maximumCommandsWithoutMail = 200;
const maximumFailedLogins = 5;
const maximumTransactions = 10_000;

const withoutMail: readonly string[] = ["EHLO", "HELO", "NOOP", "RSET", "VRFY", "HELP"];

/** Counts what a client does without getting anywhere, and says when it is too much. */
export class Patience {
  #errors = 0;
  #refusedRecipients = 0;
  #commandsWithoutMail = 0;
  #failedLogins = 0;
  #transactions = 0;

  /** Why the connection ends instead of a further command; null while it goes on. */
  get end(): string | null {
    if (this.#errors >= maximumErrors) return "Too many errors";
    if (this.#refusedRecipients >= maximumRefusedRecipients) return "Too many unknown recipients";
    if (this.#commandsWithoutMail >= maximumCommandsWithoutMail) return "Too many commands without any mail";
    if (this.#failedLogins >= maximumFailedLogins) return "Too many failed logins";
    if (this.#transactions >= maximumTransactions) return "Too many messages at once, connect again";
    return null;
  }

  /** Takes note of what was answered to a command ("" is one that nobody knows). */
  note(command: string, code: number): void {
    if (command === "RCPT" && code >= 500) this.#refusedRecipients++;
    else if (command === "AUTH" && code === 535) this.#failedLogins++;
    else if (code >= 500) this.#errors++;
    else if (command === "MAIL" && code === 250) this.#transactions++;
    else if (withoutMail.includes(command)) this.#commandsWithoutMail++;
  }

  /** A message was taken: the client is here for mail after all. */
  reward(): void {
    this.#errors = 0;
    this.#refusedRecipients = 0;
    this.#commandsWithoutMail = 0;
  }
}
