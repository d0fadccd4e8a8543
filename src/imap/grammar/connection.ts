import { type Cursor, SyntaxProblem } from "./cursor.ts";

/** RFC 2971 §3.3: at most 30 pairs. */
const mostPairs = 30;

/** `SP ("(" string SP nstring … ")" / NIL)` (RFC 2971 §4). */
export function identification(cursor: Cursor): null {
  cursor.space();
  if (cursor.optionalWord("NIL")) return null;
  const strings = cursor.list(() => cursor.nstring("A field or a value"), true);
  if (strings.length % 2 !== 0 || strings.length > 2 * mostPairs)
    throw new SyntaxProblem("At most 30 pairs of a field and its value are expected.");
  return null;
}

/** What LOGIN is given. */
export interface LoginArguments {
  readonly name: string;
  /** Octets as latin1. */
  readonly password: string;
}

/** `SP userid SP password` (RFC 3501 §6.2.3) */
export function loginArguments(cursor: Cursor): LoginArguments {
  cursor.space();
  const name = cursor.astring("A name");
  cursor.space();
  return { name, password: cursor.astring("A password") };
}

/** What AUTHENTICATE is given. */
export interface AuthenticateArguments {
  readonly mechanism: string;
  /** Base64, or "=" for an empty one; null if there is none (RFC 4959). */
  readonly initial: string | null;
}

/** `SP auth-type [SP (base64 / "=")]` */
export function authenticateArguments(cursor: Cursor): AuthenticateArguments {
  cursor.space();
  const mechanism = cursor.atom("A mechanism");
  return { mechanism, initial: cursor.optionalSpace() ? cursor.word("An initial response") : null };
}

/** `1*(SP capability)` (RFC 5161 §4), in capitals. */
export function enableArguments(cursor: Cursor): readonly string[] {
  const names: string[] = [];
  do {
    cursor.space();
    names.push(cursor.atom("A capability").toUpperCase());
  } while (!cursor.isAtEnd);
  return names;
}
