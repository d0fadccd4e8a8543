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
  const date = new Date(time);
  const day = String(date.getUTCDate()).padStart(2);
  const year = String(date.getUTCFullYear()).padStart(4, "0").slice(-4);
  const clock = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`;
  return `"${day}-${months[date.getUTCMonth()]}-${year} ${clock} +0000"`;
}

function pad(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
