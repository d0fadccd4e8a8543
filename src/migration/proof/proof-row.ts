import type { MessageHeading } from "#mail/message-heading";
import type { ContentId } from "#mailbox/ids";
import type { LedgerRow } from "../ledger.ts";

/** A ledger row as one committed state of the store shows it. */
export interface ProofRow
  extends Pick<
    LedgerRow,
    "id" | "uidl" | "size" | "occurrence" | "state" | "sha256" | "reason" | "missingSince"
  > {
  /** Null when no message here has it (any more). */
  readonly content: ContentId | null;
  /** Real octets of that content; null while it is remote. */
  readonly octets: number | null;
  /** What the message says of itself, where that is known and somebody may ask: it is not here, or no more there. */
  readonly heading?: MessageHeading | null;
}

/** A mailbox at one moment. */
export interface LedgerView {
  /** In id order. */
  readonly rows: readonly ProofRow[];
  /** Messages here that never were in the ledger: delivered from the queue, or appended. */
  readonly cameHere: number;
}
