import { type HeaderField, trimBlanks, unfoldToBlanks } from "./header.ts";
import type { MimePart } from "./mime-part.ts";
import { parseParametricValue } from "./parameter.ts";

/** What a part's header says about its content (RFC 2045, 1864, 2183, 3282, 2557). */
export type ContentFields = Pick<
  MimePart,
  | "type"
  | "subtype"
  | "parameters"
  | "id"
  | "description"
  | "encoding"
  | "md5"
  | "disposition"
  | "language"
  | "location"
>;

/** More languages than a part is in; what follows is not read. */
const maximumLanguages = 100;

/** Whose header it is: that of a whole message, of a part of a multipart, or of a part of a digest. */
export type HeaderOf = "message" | "part" | "part of a digest";

/**
 * Reads the content fields among those of a part's header. Of a repeated field the first counts. A type that is missing or
 * that cannot be read is what the surroundings make it: text/plain, or message/rfc822 in a digest
 * (RFC 2045 §5.2, RFC 2046 §5.1.5). A message with neither MIME-Version nor Content-Type is not MIME at all
 * (RFC 2045 §4): other content fields, which some programs leave behind in it, say nothing then.
 */
export function readContentFields(fields: Iterable<HeaderField>, of: HeaderOf): ContentFields {
  const found = new Map<string, string>();
  let isMime = of !== "message";
  for (const field of fields) {
    const name = field.name.toLowerCase();
    if (name.startsWith("content-") && !found.has(name)) found.set(name, field.value);
    if (name === "mime-version" || name === "content-type") isMime = true;
  }
  if (!isMime) found.clear();
  const raw = (name: string): string | null => found.get(name) ?? null;
  const text = (name: string): string | null => {
    const value = raw(name);
    return value === null ? null : unfoldToBlanks(value);
  };
  return {
    ...readType(raw("content-type"), of === "part of a digest"),
    id: text("content-id"),
    description: text("content-description"),
    encoding: readWord(raw("content-transfer-encoding")),
    md5: text("content-md5"),
    disposition: readDisposition(raw("content-disposition")),
    language: readLanguages(text("content-language")),
    location: text("content-location"),
  };
}

function readType(
  field: string | null,
  inDigest: boolean,
): Pick<MimePart, "type" | "subtype" | "parameters"> {
  const [type, subtype] = inDigest ? ["message", "rfc822"] : ["text", "plain"];
  if (field === null) return { type, subtype, parameters: [] };
  const { value, parameters } = parseParametricValue(field);
  const match = /^([^/]+)\/([^/]+)/.exec(value);
  return match?.[1] === undefined || match[2] === undefined
    ? { type: "text", subtype: "plain", parameters }
    : { type: match[1], subtype: match[2], parameters };
}

/** The first word of a field, without comments and what programs put after it. */
function readWord(field: string | null): string | null {
  return field === null ? null : parseParametricValue(field).value || null;
}

function readDisposition(field: string | null): MimePart["disposition"] {
  if (field === null) return null;
  const { value, parameters } = parseParametricValue(field);
  return value === "" ? null : { type: value, parameters };
}

function readLanguages(field: string | null): readonly string[] | null {
  if (field === null) return null;
  const tags = field.split(",", maximumLanguages).map(trimBlanks);
  const languages = tags.filter((tag) => tag !== "");
  return languages.length === 0 ? null : languages;
}
