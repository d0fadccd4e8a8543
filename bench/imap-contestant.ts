import type { Endpoint } from "../test/interop/loopback.ts";

/** Who logs in. */
export interface ImapAccount {
  readonly address: string;
  readonly password: string;
}

/** Whose mailbox it is on every server. */
export const anna: ImapAccount = { address: "anna@big-company.com", password: "secret password" };

/** An IMAP server under measurement, with one mailbox, that can be started anew on the same data. */
export interface ImapContestant extends AsyncDisposable {
  readonly name: string;
  readonly imap: Endpoint;
  /** Ends its processes and starts others on the same data. */
  restart(): Promise<void>;
  /** The same, and what it has worked out of messages beyond what it keeps of them from the start is gone. */
  restartWithoutCache(): Promise<void>;
  /** Octets of memory that all its processes take; shared pages count once. */
  memory(): Promise<number>;
  /** How the n-th of many connections to the same mailbox logs in. */
  login(n: number): ImapAccount;
  log(): string;
}
