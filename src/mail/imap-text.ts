/** How IMAP writes strings and lists (RFC 3501 §9). Text is octets as code points 0-255 (latin1). */
import type { ImapList } from "./body-structure.ts";

/** What a quoted string can have: neither line ends nor 8-bit octets. */
const quotable = /^[\x01-\x09\x0b\x0c\x0e-\x7f]*$/;

/** A quoted string, or a literal where it must be one. */
export function imapString(text: string): string {
  if (!quotable.test(text)) return `{${text.length}}\r\n${text}`;
  return `"${/["\\]/.test(text) ? text.replace(/["\\]/g, "\\$&") : text}"`;
}

/** Nested arrays as parenthesised lists. Lists that a list begins with stand together: addresses, body parts. */
export function imapList(items: ImapList): string {
  let text = "(";
  let isAtLists = true;
  items.forEach((item, index) => {
    const isList = Array.isArray(item);
    if (index > 0 && !(isAtLists && isList)) text += " ";
    isAtLists &&= isList;
    text += value(item);
  });
  return `${text})`;
}

function value(item: ImapList[number]): string {
  if (item === null) return "NIL";
  if (typeof item === "string") return imapString(item);
  return typeof item === "number" ? String(item) : imapList(item);
}
