/** How values are written in responses (RFC 3501 §9). Text is octets as code points 0-255 (latin1). */
import type { ImapList } from "#mail/body-structure";
import { encodeName } from "./modified-utf7.ts";

/** What a quoted string can have: neither line ends nor 8-bit octets. */
const quotable = /^[\x01-\x09\x0b\x0c\x0e-\x7f]*$/;
const plainAtom = /^[A-Za-z0-9!#$&'+,\-./:;<=>?@^_`|~[\]]+$/;

/** A quoted string, or a literal where it must be one. */
export function string(text: string): string {
  if (!quotable.test(text)) return `{${text.length}}\r\n${text}`;
  return `"${/["\\]/.test(text) ? text.replace(/["\\]/g, "\\$&") : text}"`;
}

export function nstring(text: string | null): string {
  return text === null ? "NIL" : string(text);
}

/** An atom where the text can be one, else a string. NIL is no atom: it means something else. */
export function astring(text: string): string {
  return plainAtom.test(text) && text.toUpperCase() !== "NIL" ? text : string(text);
}

/** A folder's name. */
export function mailboxName(name: string): string {
  return astring(encodeName(name));
}

/** Nested arrays as parenthesised lists. Lists that a list begins with stand together: addresses, body parts. */
export function list(items: ImapList): string {
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
  if (typeof item === "string") return string(item);
  return typeof item === "number" ? String(item) : list(item);
}

export function flagList(flags: readonly string[]): string {
  return `(${flags.join(" ")})`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** An INTERNALDATE, always in UTC. @param time epoch milliseconds */
export function dateTime(time: number): string {
  // toISOString alone has one form for every year.
  const [year = "", month = "", day = ""] = new Date(time).toISOString().slice(0, 10).split("-");
  const clock = new Date(time).toISOString().slice(11, 19);
  return `"${String(Number(day)).padStart(2)}-${months[Number(month) - 1]}-${year.slice(-4)} ${clock} +0000"`;
}
