import type { TableEntry } from "./command.ts";
import { findCommand } from "./commands.ts";
import { Cursor } from "./grammar/cursor.ts";
import type { Token } from "./lexer.ts";

/** What a command begins with, as far as it has come. */
export interface Request {
  /** Null if it is none: then nobody can be told which command it was. */
  readonly tag: string | null;
  /** Null for a command that there is not. */
  readonly command: TableEntry | null;
  /** At what follows the name. */
  readonly cursor: Cursor;
}

/** `1*<any ASTRING-CHAR except "+">` (RFC 3501 §9), of a length that no program exceeds. */
const tagSyntax = /^[^+%*\\\x80-\xff]{1,200}$/;

/** Reads a command that has come to its end. Spaces there mean nothing, and some programs send them (`NOOP `). */
export function wholeRequest(tokens: readonly Token[]): Request {
  return requestOf(tokens.slice(0, tokens.findLastIndex(({ is }) => is !== "space") + 1));
}

/** Reads tag and name. */
export function requestOf(tokens: readonly Token[]): Request {
  const [first, gap, ...rest] = tokens;
  const cursor = new Cursor(rest);
  const tag = first?.is === "word" && tagSyntax.test(first.text) ? first.text : null;
  if (tag === null || gap?.is !== "space") return { tag, command: null, cursor };
  return { tag, command: commandAt(cursor), cursor };
}

function commandAt(cursor: Cursor): TableEntry | null {
  const name = cursor.nextWord;
  if (name === null) return null;
  cursor.optionalWord(name);
  if (name !== "UID") return findCommand(name);
  const next = cursor.optionalSpace() ? cursor.nextWord : null;
  if (next === null) return null;
  cursor.optionalWord(next);
  return findCommand(`UID ${next}`);
}
