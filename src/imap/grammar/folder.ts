import { type Cursor, SyntaxProblem } from "./cursor.ts";

/** A folder's name as it came over the wire. */
export function mailbox(cursor: Cursor): string {
  cursor.space();
  return cursor.astring("A folder's name");
}

export interface SelectArguments {
  readonly mailbox: string;
  /** `(CONDSTORE)` (RFC 7162 §3.1.8) */
  readonly wantsModSeq: boolean;
}

/** `SP mailbox [SP "(" CONDSTORE ")"]` */
export function selectArguments(cursor: Cursor): SelectArguments {
  const name = mailbox(cursor);
  if (!cursor.optionalSpace()) return { mailbox: name, wantsModSeq: false };
  const parameters = cursor.list(() => cursor.atom("A parameter").toUpperCase());
  if (parameters.some((parameter) => parameter !== "CONDSTORE"))
    throw new SyntaxProblem("The only parameter is CONDSTORE.");
  return { mailbox: name, wantsModSeq: true };
}

/** `SP mailbox SP mailbox` (RFC 3501 §6.3.5) */
export function renameArguments(cursor: Cursor): { readonly from: string; readonly to: string } {
  const from = mailbox(cursor);
  return { from, to: mailbox(cursor) };
}
