import { Meter } from "./meter.ts";

/** What is known of a mailbox's old maildrop while the program runs; losing it costs some work, never mail. */
export interface MailboxMemory {
  /** Messages (`nameOf`) whose unexpected place in the order has a known reason. */
  readonly trusted: Set<string>;
  /** Messages at which a connection broke. */
  readonly suspects: Set<string>;
  /** Messages whose header was asked for, because they themselves could not be had. */
  readonly named: Set<string>;
  /** When a whole listing was last taken and dealt with, epoch milliseconds. */
  lastListing: number | null;
  /** Milliseconds the old server wants between logins; 0 where it says nothing. */
  loginDelay: number;
  /** Messages on the old server that were not taken, with a reason; null while unknown. */
  skipped: number | null;
  /** An administrator takes what the maildrop shows, though it may be another account's: for its next listing. */
  acceptsOther: boolean;
  readonly meter: Meter;
}

export function newMemory(): MailboxMemory {
  return {
    trusted: new Set(),
    suspects: new Set(),
    named: new Set(),
    lastListing: null,
    loginDelay: 0,
    skipped: null,
    acceptsOther: false,
    meter: new Meter(),
  };
}

const mostRemembered = 1000;

/** Remembers a name, within bounds. */
export function remember(names: Set<string>, name: string): void {
  if (names.size >= mostRemembered) names.clear();
  names.add(name);
}
