/**
 * The grammar of what a POP3 server says (RFC 1939 §3, response codes RFC 2449 §8), read with tolerance:
 * old servers say "+" or "+OK" in any case, with or without a text.
 */

/** One status line. */
export interface Pop3Reply {
  readonly ok: boolean;
  /** The extended response code without brackets, upper case, such as "IN-USE" or "SYS/TEMP"; null where none. */
  readonly code: string | null;
  /** The text, the response code taken off, printable and bounded. */
  readonly text: string;
}

const codePattern = /^\[([A-Z0-9/_-]{1,64})\]\s?/i;

/**
 * Reads a status line.
 * @returns null when it is none: neither success nor error
 */
export function parsePop3Reply(line: Uint8Array): Pop3Reply | null {
  const text = Buffer.from(line.subarray(0, 1000)).toString("latin1");
  const status = /^(\+(?:OK)?|-(?:ERR)?)(?:[ \t]+|$)/i.exec(text);
  if (!status) return null;
  const rest = text.slice(status[0].length);
  const code = codePattern.exec(rest);
  return {
    ok: status[0].startsWith("+"),
    code: code?.[1]?.toUpperCase() ?? null,
    text: (code ? rest.slice(code[0].length) : rest).replace(/[^\x20-\x7e]/g, "?").trim(),
  };
}

/** What CAPA tells (RFC 2449), names in upper case with their arguments. */
export type Pop3Capabilities = ReadonlyMap<string, readonly string[]>;

/** Reads the lines of a CAPA answer. */
export function parseCapabilities(lines: readonly string[]): Pop3Capabilities {
  const capabilities = new Map<string, readonly string[]>();
  for (const line of lines) {
    const [name, ...parameters] = line.trim().split(/[ \t]+/);
    if (name) capabilities.set(name.toUpperCase(), parameters);
  }
  return capabilities;
}

/** A line of LIST: "number octets", spaces as they come, anything after them passed over. */
export function parseListLine(
  line: string,
): { readonly number: number; readonly size: number | null } | null {
  const found = /^[ \t]*(\d{1,10})(?:[ \t]+(\d{1,15}))?(?=[ \t]|$)/.exec(line);
  if (!found) return null;
  return { number: Number(found[1]), size: found[2] === undefined ? null : Number(found[2]) };
}

/** Longest unique-id taken over: RFC 1939 allows 70 octets, real servers send more (255 is the most seen). */
export const longestUidl = 255;

/** A line of UIDL: "number unique-id"; the id is null where it is empty or unusably long. */
export function parseUidlLine(
  line: string,
): { readonly number: number; readonly uidl: string | null } | null {
  const found = /^[ \t]*(?:\+OK[ \t]+)?(\d{1,10})(?:[ \t]+(.*))?$/i.exec(line);
  if (!found) return null;
  const uidl = (found[2] ?? "").trim();
  return { number: Number(found[1]), uidl: uidl !== "" && uidl.length <= longestUidl ? uidl : null };
}
