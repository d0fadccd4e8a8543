/**
 * What became of one message of the old server. There are three ends that a message may come to, and every other
 * state, whatever it is, leaves it unaccounted for.
 */
import type { ProofRow } from "./proof-row.ts";

/**
 * here: its content is in the mailbox. deleted: the person deleted it here, before or after it was copied.
 * skipped: not taken, for the reason told. unaccounted: anything else.
 */
export type MessageClass = "here" | "deleted" | "skipped" | "unaccounted";

export interface Verdict {
  readonly class: MessageClass;
  /** Real octets; null unless it is here. */
  readonly octets: number | null;
  /** Of its content, lower-case hex; null when that was never here. */
  readonly sha256: string | null;
  /** Why it is skipped or unaccounted for. */
  readonly reason: string | null;
}

/** The reason of a message that has not had its turn yet. */
export const waiting = "It waits to be copied.";
/** The reason of a message that is listed and that no row stands for. */
export const unknown = "The ledger does not know it.";

/** Tells what became of the message of a row. */
export function verdictOf(row: ProofRow): Verdict {
  const { state, content, octets, sha256, reason } = row;
  if (state === "skipped") {
    return reason ? outOf("skipped", sha256, reason) : outOf("unaccounted", sha256, "It was left out.");
  }
  if (content === null) return outOf("deleted", sha256, null);
  if (state === "remote") return outOf("unaccounted", null, reason ?? waiting);
  if (octets === null || sha256 === null) return outOf("unaccounted", sha256, "Its hash is not known.");
  return { class: "here", octets, sha256, reason: null };
}

/** Of a message that no row stands for. */
export const unknownVerdict = outOf("unaccounted", null, unknown);

function outOf(className: MessageClass, sha256: string | null, reason: string | null): Verdict {
  return { class: className, octets: null, sha256, reason };
}
