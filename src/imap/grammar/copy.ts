import type { SequenceSet } from "../sequence-set.ts";
import type { Cursor } from "./cursor.ts";
import { mailbox } from "./folder.ts";
import { sequenceSet } from "./sequence-set.ts";

export interface CopyArguments {
  readonly set: SequenceSet;
  readonly mailbox: string;
}

/** `SP sequence-set SP mailbox` */
export function copyArguments(cursor: Cursor): CopyArguments {
  const set = sequenceSet(cursor);
  return { set, mailbox: mailbox(cursor) };
}
