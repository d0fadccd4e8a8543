import type { MimePart } from "./mime-part.ts";

/**
 * The part that IMAP calls `1.2.3` (RFC 3501 §6.4.5), null if there is none. A message that is no multipart has
 * one part, itself; the same holds for the message inside a message/rfc822.
 */
export function partAt(structure: MimePart, path: readonly number[]): MimePart | null {
  let choices = partsOf(structure);
  let part: MimePart | null = null;
  for (const number of path) {
    part = choices[number - 1] ?? null;
    if (part === null) return null;
    choices = part.message === null ? part.parts : partsOf(part.message.structure);
  }
  return part;
}

function partsOf(structure: MimePart): readonly MimePart[] {
  return structure.parts.length > 0 ? structure.parts : [structure];
}
