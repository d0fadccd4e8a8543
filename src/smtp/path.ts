/** Paths of MAIL and RCPT (RFC 5321 §4.1.2, §4.1.1.2-3). */
import { parseAddress } from "#mail/address";
import { misread, type Parsed, parsed } from "./reply.ts";

/** A path taken off the front of an argument. */
export interface PathArgument {
  /** What stood between the angle brackets, without a source route. */
  readonly path: string;
  /** The parameters that follow it. */
  readonly rest: string;
}

/** RFC 5321 §4.5.3.1.3: 256 with the brackets; in octets of UTF-8, and somewhat more for source routes. */
const maximumPathOctets = 1024;
const maximumMailboxOctets = 254;
const routeHost = "@(?:[^:[\\],\\s]+|\\[[^\\]\\s]*\\])";
const sourceRoute = new RegExp(`^${routeHost}(?:,${routeHost})*:`);

/**
 * Reads `FROM:<path> …` or `TO:<path> …`. Blanks after the colon and a path without brackets are taken, since
 * many devices send them.
 */
export function parsePathArgument(argument: string, keyword: "FROM" | "TO"): Parsed<PathArgument> {
  const syntax = `Syntax: ${keyword === "FROM" ? "MAIL FROM" : "RCPT TO"}:<address>`;
  const colon = argument.indexOf(":");
  if (colon < 0 || argument.slice(0, colon).trimEnd().toUpperCase() !== keyword) {
    return misread(501, "5.5.4", syntax);
  }
  const text = argument.slice(colon + 1).trimStart();
  const end = text.startsWith("<") ? closingBracket(text) : bareEnd(text);
  if (end <= 0) return misread(501, "5.5.4", syntax);
  const isBracketed = text.startsWith("<");
  const path = isBracketed ? text.slice(1, end) : text.slice(0, end);
  const rest = text.slice(isBracketed ? end + 1 : end);
  if (rest !== "" && !/^[ \t]/.test(rest)) return misread(501, "5.5.4", syntax);
  if (Buffer.byteLength(path) > maximumPathOctets) return misread(501, "5.1.7", "The address is too long");
  return parsed({ path: withoutSourceRoute(path), rest: rest.trim() });
}

/** Index of the bracket that closes the path, -1 if there is none. A quoted local part may hold one. */
function closingBracket(text: string): number {
  let isQuoted = false;
  for (let at = 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (isQuoted && character === "\\") at++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === ">" && !isQuoted) return at;
  }
  return -1;
}

function bareEnd(text: string): number {
  const blank = text.search(/[ \t]/);
  return blank < 0 ? text.length : blank;
}

/** RFC 5321 appendix C: source routes are accepted and ignored. */
function withoutSourceRoute(path: string): string {
  return path.replace(sourceRoute, "");
}

/** Whether a path may be a reverse-path: null, or a mailbox, at a domain or an address literal. */
export function isReversePath(path: string): boolean {
  if (path === "") return true;
  if (Buffer.byteLength(path) > maximumMailboxOctets) return false;
  if (parseAddress(path) !== null) return true;
  const literal = /^(.+)@\[(?:IPv6:)?[0-9A-Fa-f:.]{2,45}\]$/s.exec(path);
  return literal !== null && parseAddress(`${literal[1]}@literal.invalid`) !== null;
}
