import { type Cursor, SyntaxProblem } from "./cursor.ts";

/** `flag` (RFC 3501 §9): an atom, after a backslash or not. */
const flagSyntax = /^\\?[^\x80-\xff%*\\\]]+$/;

/** `"(" [flag *(SP flag)] ")"`. \Recent, which is nobody's to set, is left out. */
export function flagListIn(cursor: Cursor): readonly string[] {
  return settable(cursor.list(() => flag(cursor), true));
}

/** A list of flags, or flags without brackets (RFC 3501 §9 `store-att-flags`). */
export function flagsIn(cursor: Cursor): readonly string[] {
  if (cursor.isAtOpen) return flagListIn(cursor);
  const flags: string[] = [];
  do flags.push(flag(cursor));
  while (cursor.optionalSpace());
  return settable(flags);
}

function flag(cursor: Cursor): string {
  const word = cursor.word("A flag");
  if (!flagSyntax.test(word)) throw new SyntaxProblem(`${word} is no flag.`);
  return word;
}

function settable(flags: readonly string[]): readonly string[] {
  return flags.filter((one) => one.toLowerCase() !== "\\recent");
}
