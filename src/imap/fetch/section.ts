import { headerFields } from "#mail/header";
import type { MimePart, OctetRange } from "#mail/mime-part";
import { partAt } from "#mail/part-path";
import type { Section } from "../grammar/section.ts";

/**
 * Where the octets of a section are in a message, by its MIME tree (RFC 3501 §6.4.5). Null where there is no such
 * part, or where it has no such text because it is no message.
 */
export function rangeOf(structure: MimePart, { path, text }: Section): OctetRange | null {
  if (path.length === 0) return ofMessage(structure, text);
  const part = partAt(structure, path);
  if (part === null || text === null) return part?.body ?? null;
  if (text === "MIME") return part.header;
  return part.message && ofMessage(part.message.structure, text);
}

function ofMessage({ header, body }: MimePart, text: Section["text"]): OctetRange {
  if (text === null) return { start: header.start, end: body.end };
  return text === "TEXT" ? body : header;
}

/** Fields of a header that is longer are looked for in so many of its octets. */
export const longestHeader = 1024 * 1024;

/**
 * The fields of a header that are named, or the others, octet for octet, and then an empty line (RFC 3501 §6.4.5
 * wants it where the message has one; programs rely on it everywhere).
 */
export function selectFields(header: Uint8Array, { text, fields }: Section): Uint8Array {
  const named = new Set(fields.map((field) => field.toLowerCase()));
  const kept: Uint8Array[] = [];
  let end = 0;
  for (const field of headerFields(header)) {
    const isNamed = named.has(field.name.toLowerCase());
    // What stands between fields and is none belongs to the others.
    if (text === "HEADER.FIELDS.NOT") kept.push(header.subarray(end, isNamed ? field.start : field.end));
    else if (isNamed) kept.push(header.subarray(field.start, field.end));
    end = field.end;
  }
  const endsLine = (kept.findLast((octets) => octets.length > 0)?.at(-1) ?? LF) === LF;
  return Buffer.concat([...kept, endsLine ? lineEnd : Buffer.concat([lineEnd, lineEnd])]);
}

const LF = 10;
const lineEnd = Buffer.from("\r\n");
