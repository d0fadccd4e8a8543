import type { FlagChange } from "#mailbox/mail-store";
import type { SequenceSet } from "../sequence-set.ts";
import { type Cursor, SyntaxProblem } from "./cursor.ts";
import { flagsIn } from "./flags.ts";
import { sequenceSet } from "./sequence-set.ts";

export interface StoreArguments {
  readonly set: SequenceSet;
  readonly change: FlagChange;
  /** Whether the new flags need not be told. */
  readonly isSilent: boolean;
  /** Only messages that have not changed after this MODSEQ (RFC 7162 §3.1.3); null: all. */
  readonly unchangedSince: number | null;
}

/** `SP sequence-set SP ["(" UNCHANGEDSINCE SP n ")" SP] ["+" / "-"] "FLAGS" [".SILENT"] SP flags` */
export function storeArguments(cursor: Cursor): StoreArguments {
  const set = sequenceSet(cursor);
  cursor.space();
  const unchangedSince = cursor.isAtOpen ? unchangedSinceIn(cursor) : null;
  const found = /^([+-]?)FLAGS(\.SILENT)?$/.exec(cursor.nextWord ?? "");
  if (!found) throw new SyntaxProblem("FLAGS, +FLAGS or -FLAGS is expected.");
  cursor.word("FLAGS");
  cursor.space();
  const how = found[1] === "+" ? "add" : found[1] === "-" ? "remove" : "replace";
  return { set, change: { how, flags: flagsIn(cursor) }, isSilent: found[2] !== undefined, unchangedSince };
}

function unchangedSinceIn(cursor: Cursor): number {
  cursor.open();
  if (!cursor.optionalWord("UNCHANGEDSINCE")) throw new SyntaxProblem("UNCHANGEDSINCE is expected.");
  cursor.space();
  const modSeq = cursor.modSeq("A MODSEQ");
  cursor.close();
  cursor.space();
  return modSeq;
}
