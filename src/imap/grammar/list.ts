import { type Cursor, SyntaxProblem } from "./cursor.ts";
import { mailbox } from "./folder.ts";
import { type StatusItem, statusItems } from "./status.ts";

/** What LIST is asked (RFC 3501 §6.3.8, RFC 5258 §3). */
export interface ListArguments {
  readonly reference: string;
  readonly patterns: readonly string[];
  readonly select: ReadonlySet<ListSelection>;
  readonly give: ReadonlySet<ListReturn>;
  /** RFC 5819; null: no STATUS is wanted. */
  readonly status: readonly StatusItem[] | null;
  /** Whether any part of it is of LIST-EXTENDED. */
  readonly isExtended: boolean;
}

export type ListSelection = "SUBSCRIBED" | "REMOTE" | "RECURSIVEMATCH" | "SPECIAL-USE";
export type ListReturn = "SUBSCRIBED" | "CHILDREN" | "SPECIAL-USE";

const selections: readonly ListSelection[] = ["SUBSCRIBED", "REMOTE", "RECURSIVEMATCH", "SPECIAL-USE"];
const returns: readonly ListReturn[] = ["SUBSCRIBED", "CHILDREN", "SPECIAL-USE"];
const mostPatterns = 100;

export function listArguments(cursor: Cursor): ListArguments {
  cursor.space();
  const select = cursor.isAtOpen ? selectionOptions(cursor) : null;
  if (select) cursor.space();
  const reference = cursor.astring("A reference");
  cursor.space();
  const isList = cursor.isAtOpen;
  const pattern = (): string => cursor.listMailbox("A pattern");
  const patterns = isList ? cursor.list(pattern) : [pattern()];
  if (patterns.length > mostPatterns) throw new SyntaxProblem("There are too many patterns.");
  const given = cursor.isAtEnd ? null : returnOptions(cursor);
  return {
    reference,
    patterns,
    select: select ?? new Set(),
    give: given?.give ?? new Set(),
    status: given?.status ?? null,
    isExtended: select !== null || isList || given !== null,
  };
}

function selectionOptions(cursor: Cursor): ReadonlySet<ListSelection> {
  const options = cursor.list(() => oneOf(selections, cursor.atom("An option")), true);
  const select = new Set(options);
  if (select.has("RECURSIVEMATCH") && !select.has("SUBSCRIBED") && !select.has("SPECIAL-USE"))
    throw new SyntaxProblem("RECURSIVEMATCH needs SUBSCRIBED or SPECIAL-USE.");
  return select;
}

function returnOptions(cursor: Cursor): Pick<ListArguments, "give" | "status"> {
  cursor.space();
  if (!cursor.optionalWord("RETURN")) throw new SyntaxProblem("RETURN is expected.");
  cursor.space();
  const give = new Set<ListReturn>();
  let status: readonly StatusItem[] | null = null;
  cursor.list(() => {
    if (cursor.optionalWord("STATUS")) status = statusItems(cursor);
    else give.add(oneOf(returns, cursor.atom("An option")));
  }, true);
  return { give, status };
}

function oneOf<Name extends string>(known: readonly Name[], word: string): Name {
  const found = known.find((name) => name === word.toUpperCase());
  if (found === undefined) throw new SyntaxProblem(`${word} is no option here.`);
  return found;
}

/** `SP mailbox SP list-mailbox` (RFC 3501 §6.3.9) */
export function lsubArguments(cursor: Cursor): { readonly reference: string; readonly pattern: string } {
  const reference = mailbox(cursor);
  cursor.space();
  return { reference, pattern: cursor.listMailbox("A pattern") };
}
