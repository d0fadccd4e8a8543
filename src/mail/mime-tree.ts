import { type ContentFields, type HeaderOf, readContentFields } from "./content-fields.ts";
import { type HeaderField, sharedFields } from "./header.ts";
import { HeaderBlock } from "./header-block.ts";
import { type ImapEnvelope, readImapEnvelope } from "./imap-envelope.ts";
import type { MimePart } from "./mime-part.ts";
import { decodedParameter, parameterNamed } from "./parameter.ts";

/** How deep parts nest; a container that lies deeper is shown as a leaf. */
export const maximumDepth = 100;
/** How many parts a message has; delimiter lines beyond open no more. */
export const maximumParts = 10_000;
/** Header octets that are kept for reading: of the message itself, and of all parts in it together. */
const maximumHeader = 1024 * 1024;
const maximumPartHeaders = 4 * 1024 * 1024;
/** RFC 2046 §5.1.1 says 70. */
const maximumBoundary = 1000;

interface OpenPart {
  readonly headerStart: number;
  headerEnd: number;
  /** Line feeds before the body. */
  linesBefore: number;
  fields: ContentFields;
  /** What delimiter lines of this multipart begin with; null once it is closed, and for other parts. */
  delimiter: Buffer | null;
  readonly parts: MimePart[];
  envelope: ImapEnvelope | null;
  message: MimePart | null;
}

/** A delimiter line (RFC 2046 §5.1.1) and the open part it belongs to. */
export interface Delimiter {
  readonly depth: number;
  readonly closes: boolean;
}

const noFields = readContentFields([], "part");

/**
 * Puts the MIME tree together from what the reader finds: header lines, delimiter lines, the end. Knows
 * offsets and counts, never the octets of a body; what it keeps is bounded.
 */
export class MimeTree {
  /** The open parts, outermost first. */
  readonly #open: OpenPart[] = [];
  readonly #block = new HeaderBlock(maximumHeader);
  #inHeader = false;
  #partRoom = maximumPartHeaders;
  #parts = 0;
  #root: MimePart | null = null;
  #rootFields: Iterable<HeaderField> = [];
  #hasDelimiters = false;
  /** Where the latest delimiter line ended. */
  #delimiterEnd = -1;

  constructor() {
    this.#begin(0);
  }

  get inHeader(): boolean {
    return this.#inHeader;
  }
  /** Whether lines have to be compared with delimiters at all. */
  get hasDelimiters(): boolean {
    return this.#hasDelimiters;
  }
  /** The fields of the message's own header, as far as it is kept. */
  get fields(): Iterable<HeaderField> {
    return this.#rootFields;
  }

  /** Keeps octets of the header being read, as far as there is room. They are copied. */
  addHeader(octets: Uint8Array): void {
    this.#block.add(octets);
  }

  /** The empty line was read (or what stands for it): the body begins at `end`. */
  endHeader(end: number, lines: number): void {
    const part = this.#open.at(-1);
    if (part === undefined) return;
    const header = this.#block.octets;
    this.#inHeader = false;
    const parent = this.#open.at(-2);
    const written = sharedFields(header);
    if (parent === undefined) this.#rootFields = written;
    else this.#partRoom -= header.length;
    if (parent !== undefined && isMessage(parent.fields)) parent.envelope = readImapEnvelope(written);
    const fields = readContentFields(written, headerOf(parent));
    part.headerEnd = end;
    part.linesBefore = lines;
    part.fields = fields;
    const room = this.#open.length < maximumDepth && this.#parts < maximumParts;
    if (!room && (isMultipart(fields) || isMessage(fields))) {
      part.fields = { ...fields, type: "application", subtype: "octet-stream" };
    } else if (isMultipart(fields)) {
      // Decoding is for `boundary*` alone: what looks like an encoded word is a boundary like any other.
      const plain = parameterNamed(fields.parameters, "boundary");
      const boundary = plain ?? decodedParameter(fields.parameters, "boundary");
      if (boundary) part.delimiter = Buffer.from(`--${boundary.slice(0, maximumBoundary)}`, "latin1");
      this.#noteDelimiters();
    } else if (isMessage(fields)) this.#begin(end);
  }

  /**
   * The delimiter that a line is, without its line end. It is enough that the line begins with the boundary;
   * of several the longest counts, then the innermost.
   */
  findDelimiter(line: Buffer): Delimiter | null {
    let depth = -1;
    let length = 0;
    for (let index = this.#open.length - 1; index >= 0; index--) {
      const delimiter = this.#open[index]?.delimiter;
      if (!delimiter || delimiter.length <= length || delimiter.length > line.length) continue;
      if (!beginsWith(line, delimiter)) continue;
      depth = index;
      length = delimiter.length;
    }
    if (depth === -1) return null;
    const closes = line[length] === 45 && line[length + 1] === 45;
    return closes || this.#parts < maximumParts ? { depth, closes } : null;
  }

  /**
   * A delimiter line from `start` to `next`. The line end before it, `ending` octets, belongs to it
   * (RFC 2046 §5.1.1) unless that ends a header or another delimiter line: the grammar would let a closing
   * delimiter share its line end with the one that follows, but servers leave it to the first, and the part's size
   * is to be the same everywhere.
   * @param lines line feeds before `start`
   */
  delimit(delimiter: Delimiter, start: number, ending: number, next: number, lines: number): void {
    this.#endAllHeaders(start, lines);
    const between = start === this.#delimiterEnd ? 0 : ending;
    this.#delimiterEnd = next;
    const end = Math.max(this.#open.at(-1)?.headerEnd ?? 0, start - between);
    this.#closeDownTo(delimiter.depth + 1, end, end < start ? lines - 1 : lines);
    const multipart = this.#open.at(-1);
    if (!delimiter.closes) this.#begin(next);
    else if (multipart !== undefined) multipart.delimiter = null;
    this.#noteDelimiters();
  }

  /** The message ends at `size`: the whole tree. */
  finish(size: number, lines: number): MimePart {
    this.#endAllHeaders(size, lines);
    this.#closeDownTo(0, size, lines);
    if (this.#root === null) throw new Error("a message always has a root part");
    return this.#root;
  }

  #begin(headerStart: number): void {
    this.#parts++;
    this.#inHeader = true;
    this.#block.begin(this.#open.length === 0 ? maximumHeader : Math.min(maximumHeader, this.#partRoom));
    this.#open.push({
      headerStart,
      headerEnd: headerStart,
      linesBefore: 0,
      fields: noFields,
      delimiter: null,
      parts: [],
      envelope: null,
      message: null,
    });
  }

  /** More than one can be open: the end of a message/rfc822's header begins that of the message in it. */
  #endAllHeaders(at: number, lines: number): void {
    while (this.#inHeader) this.endHeader(at, lines);
  }

  #closeDownTo(depth: number, end: number, lines: number): void {
    while (this.#open.length > depth) {
      const part = this.#open.pop();
      if (part === undefined) return;
      const closed = closePart(part, end, lines);
      const parent = this.#open.at(-1);
      if (parent === undefined) this.#root = closed;
      else if (isMessage(parent.fields)) parent.message = closed;
      else parent.parts.push(closed);
    }
  }

  #noteDelimiters(): void {
    this.#hasDelimiters = this.#open.some((part) => part.delimiter !== null);
  }
}

/** From the end, where delimiters of one message differ; a native comparison would cost more than it saves. */
function beginsWith(line: Buffer, delimiter: Buffer): boolean {
  let at = delimiter.length - 1;
  while (at >= 0 && line[at] === delimiter[at]) at--;
  return at === -1;
}

function closePart(part: OpenPart, end: number, lines: number): MimePart {
  const body = { start: part.headerEnd, end };
  const closed: MimePart = {
    header: { start: part.headerStart, end: part.headerEnd },
    body,
    lines: lines - part.linesBefore,
    ...part.fields,
    parts: part.parts,
    message: null,
  };
  if (part.message !== null && part.envelope !== null) {
    return { ...closed, message: { envelope: part.envelope, structure: part.message } };
  }
  // A multipart has at least one part (RFC 3501 §9). Where no delimiter was found, that is all its text: so
  // people can still read a message whose boundary is broken.
  if (isMultipart(part.fields) && part.parts.length === 0) {
    const header = { start: body.start, end: body.start };
    return { ...closed, parts: [{ ...closed, ...noFields, header, parts: [] }] };
  }
  return closed;
}

function isMultipart(fields: ContentFields): boolean {
  return fields.type.toLowerCase() === "multipart";
}

function isMessage(fields: ContentFields): boolean {
  return fields.type.toLowerCase() === "message" && fields.subtype.toLowerCase() === "rfc822";
}

function headerOf(parent: OpenPart | undefined): HeaderOf {
  if (parent === undefined || isMessage(parent.fields)) return "message";
  return isDigest(parent.fields) ? "part of a digest" : "part";
}

function isDigest(fields: ContentFields): boolean {
  return isMultipart(fields) && fields.subtype.toLowerCase() === "digest";
}
