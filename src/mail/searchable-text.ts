/** What of a message is text that people search, and how text is compared. */
import { htmlText } from "./html-text.ts";
import type { MimePart, OctetRange } from "./mime-part.ts";
import { parameterNamed } from "./parameter.ts";

/** A run of octets in a message that is text. */
export interface SearchablePart {
  readonly range: OctetRange;
  /** The header of an attached message, or a body. */
  readonly is: "header" | "plain" | "html";
  /** Content-Transfer-Encoding and charset as written; null if there is none. */
  readonly encoding: string | null;
  readonly charset: string | null;
}

/** The texts in a message's body, in their order: text parts, and attached messages with their headers. */
export function searchableParts(structure: MimePart): readonly SearchablePart[] {
  if (structure.message) {
    const { structure: inside } = structure.message;
    const header = { range: inside.header, is: "header", encoding: null, charset: null } as const;
    return [header, ...searchableParts(inside)];
  }
  if (structure.parts.length > 0) return structure.parts.flatMap(searchableParts);
  if (structure.type.toLowerCase() !== "text") return [];
  const isHtml = structure.subtype.toLowerCase() === "html";
  const charset = parameterNamed(structure.parameters, "charset");
  return [{ range: structure.body, is: isHtml ? "html" : "plain", encoding: structure.encoding, charset }];
}

/**
 * The form in which texts are compared: without regard to case and to how a character is put together
 * (as RFC 5051 means it).
 */
export function comparable(text: string): string {
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
  return text.normalize("NFKC").toLowerCase().normalize("NFKC").replaceAll("ς", "σ");
}

/** Longer than any tag that words are searched across. */
const longestTag = 4096;

/** Looks for one text in another that comes in pieces. */
export class TextFinder {
  readonly #wanted: string;
  readonly #isHtml: boolean;
  readonly #overlap: number;
  #tail = "";

  /** @param isHtml whether it is looked for in the source of HTML and in what people read of it */
  constructor(wanted: string, isHtml: boolean) {
    this.#wanted = comparable(wanted);
    this.#isHtml = isHtml;
    // A character may be put together of several, and written as an entity.
    this.#overlap = 4 * wanted.length + 16 + (isHtml ? longestTag : 0);
  }

  /** Takes the next piece. @returns whether the text has been found up to its end */
  write(piece: string): boolean {
    const text = this.#tail + piece;
    this.#tail = text.slice(-this.#overlap);
    return (
      comparable(text).includes(this.#wanted) ||
      (this.#isHtml && comparable(htmlText(text)).includes(this.#wanted))
    );
  }
}
