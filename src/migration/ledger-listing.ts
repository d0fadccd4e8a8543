/** The ledger of one mailbox as an administrator looks through it: message by message, a page at a time. */
import type { MessageHeading } from "#mail/message-heading";
import type { MailboxId } from "#mailbox/ids";

/**
 * What became of a message of the old server. `failing`: was tried and will be again. `skipped`: not taken, with the
 * reason. `already-here`: not taken because the same message is here.
 */
export const ledgerOutcomes = ["copied", "waiting", "failing", "skipped", "already-here"] as const;
export type LedgerOutcome = (typeof ledgerOutcomes)[number];

export interface LedgerQuery {
  /** Part of a unique-id, a subject or a sender; "" for all. */
  readonly search: string;
  readonly outcome: LedgerOutcome | null;
  /** A row (exclusive); 0 for the start. Rows ascend in the order of the old server. */
  readonly after: number;
  readonly limit: number;
}

export interface ListedLedgerRow {
  readonly row: number;
  readonly uidl: string;
  /** Octets, as the old server listed it. */
  readonly size: number;
  readonly outcome: LedgerOutcome;
  readonly reason: string | null;
  readonly failures: number;
  /** Epoch milliseconds; 0 when it may be tried at once, or was not tried. */
  readonly nextTry: number;
  /** Since when the old server lists it no more; null while it does. */
  readonly missingSince: number | null;
  /** Hex; null until copied. */
  readonly sha256: string | null;
  /** Null where nothing of it is known. */
  readonly heading: MessageHeading | null;
}

/** The port to the ledger of one mailbox. */
export interface LedgerListing {
  page(mailbox: MailboxId, query: LedgerQuery): Promise<readonly ListedLedgerRow[]>;
  /** How many there are of each outcome; those that nobody is are left out. */
  counts(mailbox: MailboxId): Promise<Readonly<Partial<Record<LedgerOutcome, number>>>>;
}
