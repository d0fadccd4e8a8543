import { parseSequenceSet, type SequenceSet } from "../sequence-set.ts";
import { type Cursor, SyntaxProblem } from "./cursor.ts";

/** `SP sequence-set` */
export function sequenceSet(cursor: Cursor): SequenceSet {
  cursor.space();
  const set = parseSequenceSet(cursor.word("A set of messages"));
  if (set === null) throw new SyntaxProblem("A set of messages is expected, like 1,3:5,9:*.");
  return set;
}
