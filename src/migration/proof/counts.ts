/** What a mailbox or a domain comes to in figures. */
import type { Accounted, Accounts } from "./accounts.ts";

/** So many messages, and their octets as the old server lists them. */
export interface Tally {
  readonly messages: number;
  readonly listedOctets: number;
}

export interface Counts {
  /** listed = here + deletedAfterCopy + deletedBeforeCopy + skipped + unaccounted, in messages and in octets. */
  readonly listed: Tally;
  /** With the octets that they really have. */
  readonly here: Tally & { readonly octets: number };
  readonly deletedAfterCopy: Tally;
  readonly deletedBeforeCopy: Tally;
  readonly skipped: Tally;
  readonly unaccounted: Tally;
  /** Not listed any more, outside the sum: their content came here before, it never did, or it is still awaited. */
  readonly goneAfterCopy: number;
  readonly goneBeforeCopy: number;
  readonly vanished: number;
  /** Here and never in the ledger: delivered from the queue, or appended. Outside the sum. */
  readonly cameHere: number;
}

const none: Tally = { messages: 0, listedOctets: 0 };

/** The counts of nothing. */
export const noCounts: Counts = {
  listed: none,
  here: { ...none, octets: 0 },
  deletedAfterCopy: none,
  deletedBeforeCopy: none,
  skipped: none,
  unaccounted: none,
  goneAfterCopy: 0,
  goneBeforeCopy: 0,
  vanished: 0,
  cameHere: 0,
};

/** Which of the counts a listed message belongs to. */
export function countOf({ verdict }: Pick<Accounted, "verdict">) {
  if (verdict.class !== "deleted") return verdict.class;
  return verdict.sha256 === null ? "deletedBeforeCopy" : "deletedAfterCopy";
}

/** And which a message that is not listed any more belongs to. */
export function goneCountOf({ verdict }: Pick<Accounted, "verdict">) {
  if (verdict.class === "unaccounted") return "vanished";
  return verdict.sha256 === null ? "goneBeforeCopy" : "goneAfterCopy";
}

/** Counts a mailbox. */
export function count({ listed, gone }: Accounts, cameHere: number): Counts {
  const tallies = {
    listed: { messages: 0, listedOctets: 0 },
    here: { messages: 0, listedOctets: 0, octets: 0 },
    deletedAfterCopy: { messages: 0, listedOctets: 0 },
    deletedBeforeCopy: { messages: 0, listedOctets: 0 },
    skipped: { messages: 0, listedOctets: 0 },
    unaccounted: { messages: 0, listedOctets: 0 },
  };
  for (const message of listed) {
    for (const tally of [tallies.listed, tallies[countOf(message)]]) {
      tally.messages++;
      tally.listedOctets += message.size;
    }
    tallies.here.octets += message.verdict.octets ?? 0;
  }
  const missing = { goneAfterCopy: 0, goneBeforeCopy: 0, vanished: 0 };
  for (const message of gone) missing[goneCountOf(message)]++;
  return { ...tallies, ...missing, cameHere };
}

/** Adds up two. */
export function plus(a: Counts, b: Counts): Counts {
  const sum = (one: Tally, other: Tally): Tally => ({
    messages: one.messages + other.messages,
    listedOctets: one.listedOctets + other.listedOctets,
  });
  return {
    listed: sum(a.listed, b.listed),
    here: { ...sum(a.here, b.here), octets: a.here.octets + b.here.octets },
    deletedAfterCopy: sum(a.deletedAfterCopy, b.deletedAfterCopy),
    deletedBeforeCopy: sum(a.deletedBeforeCopy, b.deletedBeforeCopy),
    skipped: sum(a.skipped, b.skipped),
    unaccounted: sum(a.unaccounted, b.unaccounted),
    goneAfterCopy: a.goneAfterCopy + b.goneAfterCopy,
    goneBeforeCopy: a.goneBeforeCopy + b.goneBeforeCopy,
    vanished: a.vanished + b.vanished,
    cameHere: a.cameHere + b.cameHere,
  };
}
