import { type Cursor, SyntaxProblem } from "./cursor.ts";
import { mailbox } from "./folder.ts";

const items = [
  "MESSAGES",
  "RECENT",
  "UIDNEXT",
  "UIDVALIDITY",
  "UNSEEN",
  "HIGHESTMODSEQ",
  "SIZE",
  "DELETED",
  "DELETED-STORAGE",
  "APPENDLIMIT",
] as const;

/** RFC 3501 §6.3.10, RFC 7162 §3.1.7, RFC 8438, RFC 9208 §4.1.4, RFC 7889 §3.1 */
export type StatusItem = (typeof items)[number];

export interface StatusArguments {
  readonly mailbox: string;
  readonly items: readonly StatusItem[];
}

/** `SP mailbox SP "(" status-att *(SP status-att) ")"` */
export function statusArguments(cursor: Cursor): StatusArguments {
  const name = mailbox(cursor);
  return { mailbox: name, items: statusItems(cursor) };
}

/** `SP "(" status-att *(SP status-att) ")"`, each once. */
export function statusItems(cursor: Cursor): readonly StatusItem[] {
  cursor.space();
  const named = cursor.list(() => {
    const word = cursor.atom("A status item").toUpperCase();
    const item = items.find((known) => known === word);
    if (item === undefined) throw new SyntaxProblem(`${word} is no status item.`);
    return item;
  });
  return [...new Set(named)];
}
