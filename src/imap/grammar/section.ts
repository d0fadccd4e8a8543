import { astring } from "../printer.ts";
import { type Cursor, SyntaxProblem } from "./cursor.ts";

const texts = ["HEADER", "HEADER.FIELDS", "HEADER.FIELDS.NOT", "TEXT", "MIME"] as const;
export type SectionText = (typeof texts)[number];

/** What of a message is wanted (RFC 3501 §6.4.5): `1.2.HEADER.FIELDS (Subject)`. */
export interface Section {
  /** The numbers of the part; empty for the message itself. */
  readonly path: readonly number[];
  /** Null: all of the part, or of the message. */
  readonly text: SectionText | null;
  /** Names of header fields, as written. */
  readonly fields: readonly string[];
}

/** A section, how a response names it, and what follows its bracket. */
export interface ParsedSection {
  readonly section: Section;
  readonly label: string;
  readonly rest: string;
}

const deepest = 100;
const mostFields = 500;
/** Of which no more is looked at than the numbers, up to the text. */
const beginning = /^((?:[1-9]\d{0,8}\.)*(?:[1-9]\d{0,8})?)([A-Z.]*)$/;

/**
 * Reads a section whose beginning is the end of a word: `1.2]<0.9>`, or `HEADER.FIELDS`, where a list of names and
 * the rest in another word follow.
 */
export function parseSection(cursor: Cursor, word: string): ParsedSection {
  const bracket = word.indexOf("]");
  const [path, text] = parseSpec(bracket < 0 ? word : word.slice(0, bracket));
  const wantsFields = text === "HEADER.FIELDS" || text === "HEADER.FIELDS.NOT";
  if (wantsFields !== bracket < 0) throw new SyntaxProblem("The section is not well-formed.");
  const spec = [...path, ...(text === null ? [] : [text])].join(".");
  if (!wantsFields)
    return { section: { path, text, fields: [] }, label: spec, rest: word.slice(bracket + 1) };
  cursor.space();
  const fields = cursor.list(() => cursor.astring("The name of a header field"));
  if (fields.length > mostFields) throw new SyntaxProblem("There are too many header fields.");
  const end = cursor.word('A "]"');
  if (!end.startsWith("]")) throw new SyntaxProblem('A "]" is expected.');
  return {
    section: { path, text, fields },
    label: `${spec} (${fields.map(astring).join(" ")})`,
    rest: end.slice(1),
  };
}

function parseSpec(spec: string): [readonly number[], SectionText | null] {
  const found = beginning.exec(spec.toUpperCase());
  const [, numbers = "", word = ""] = found ?? [];
  // "1.TEXT" is cut before the point, "1TEXT" is nothing.
  const isCut = numbers === "" || word === "" || numbers.endsWith(".");
  const path = numbers
    .split(".")
    .filter((number) => number !== "")
    .map(Number);
  const text = texts.find((known) => known === word) ?? null;
  const isKnown = word === "" ? !numbers.endsWith(".") : text !== null;
  if (!found || !isCut || !isKnown || path.length > deepest || (text === "MIME" && path.length === 0))
    throw new SyntaxProblem("The section is not well-formed.");
  return [path, text];
}
