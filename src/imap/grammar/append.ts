import type { ContentWriter } from "#mailbox/content";
import type { Cursor } from "./cursor.ts";
import { dateTime } from "./date.ts";
import { flagListIn } from "./flags.ts";
import { mailbox } from "./folder.ts";

/** What stands before the message (RFC 3501 §6.3.11). */
export interface AppendHeading {
  readonly mailbox: string;
  readonly flags: readonly string[];
  /** Epoch milliseconds; null: now. */
  readonly internalDate: number | null;
}

export interface AppendArguments extends AppendHeading {
  readonly message: ContentWriter;
}

/** `SP mailbox SP [flag-list SP] [date-time SP]` */
export function appendHeading(cursor: Cursor): AppendHeading {
  const name = mailbox(cursor);
  cursor.space();
  const flags = cursor.isAtOpen ? flagListIn(cursor) : null;
  if (flags) cursor.space();
  const internalDate = cursor.isAtString ? dateTime(cursor) : null;
  if (internalDate !== null) cursor.space();
  return { mailbox: name, flags: flags ?? [], internalDate };
}

/** The heading and the message as a literal. */
export function appendArguments(cursor: Cursor): AppendArguments {
  const heading = appendHeading(cursor);
  return { ...heading, message: cursor.streamed("A message as a literal") };
}
