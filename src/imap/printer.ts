/** How values are written in responses (RFC 3501 §9). Text is octets as code points 0-255 (latin1). */
import { imapString } from "#mail/imap-text";
import { encodeName } from "./modified-utf7.ts";

const plainAtom = /^[A-Za-z0-9!#$&'+,\-./:;<=>?@^_`|~[\]]+$/;

/** An atom where the text can be one, else a string. NIL is no atom: it means something else. */
export function astring(text: string): string {
  return plainAtom.test(text) && text.toUpperCase() !== "NIL" ? text : imapString(text);
}

/** A folder's name. */
export function mailboxName(name: string): string {
  return astring(encodeName(name));
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
