import type { HeaderField } from "./header.ts";
import type { MimePart } from "./mime-part.ts";
import { MimeTree } from "./mime-tree.ts";

/** What reading a message to its end gives. */
export interface MimeReading {
  readonly structure: MimePart;
  /** The fields of the message's own header, of at most 1 MiB of it. */
  readonly fields: Iterable<HeaderField>;
  readonly size: number;
  readonly lines: number;
}

const CR = 13;
const LF = 10;
const DASH = 45;
/** A longer line is neither a delimiter nor empty, so its octets need not be kept to decide that. */
const maximumDelimiterLine = 4096;

/**
 * Reads the MIME tree of a message from chunks of any size, in one pass and bounded memory. Lines end with LF,
 * with or without CR before it. Bodies are only looked at: no chunk is kept, copied or changed.
 */
export class MimeReader {
  readonly #tree = new MimeTree();
  /** Octets and line feeds before the chunk, or the place in it, that is being read. */
  #offset = 0;
  #lines = 0;
  /** The last two octets of the stream, newest first. */
  #last = 0;
  #beforeLast = 0;
  /** The line that the chunks so far ended in: its octets while they may matter, else null. */
  #unfinished: { octets: Buffer | null; start: number; ending: number } | null = null;

  write(chunk: Uint8Array): void {
    let at = this.#unfinished === null ? 0 : this.#continueLine(chunk);
    while (at < chunk.length) {
      at = this.#passLines(chunk, at);
      if (at < chunk.length) at = this.#readLine(chunk, at);
    }
    if (chunk.length > 0) {
      this.#beforeLast = chunk.length > 1 ? (chunk.at(-2) ?? 0) : this.#last;
      this.#last = chunk.at(-1) ?? 0;
    }
    this.#offset += chunk.length;
  }

  /** The message is whole. */
  finish(): MimeReading {
    const rest = this.#unfinished;
    if (rest?.octets) this.#endLine(rest.octets, rest.start, rest.ending);
    const structure = this.#tree.finish(this.#offset, this.#lines);
    return { structure, fields: this.#tree.fields, size: this.#offset, lines: this.#lines };
  }

  /** The rest of a line that began in an earlier chunk; gives where the next line begins. */
  #continueLine(chunk: Uint8Array): number {
    const line = this.#unfinished;
    const feed = chunk.indexOf(LF);
    const end = feed === -1 ? chunk.length : feed + 1;
    const piece = chunk.subarray(0, end);
    if (line === null) return 0;
    if (line.octets === null) {
      if (this.#tree.inHeader) this.#tree.addHeader(piece);
    } else if (line.octets.length + piece.length <= maximumDelimiterLine) {
      line.octets = Buffer.concat([line.octets, piece]);
    } else {
      if (this.#tree.inHeader) {
        this.#tree.addHeader(line.octets);
        this.#tree.addHeader(piece);
      }
      line.octets = null;
    }
    if (feed !== -1) {
      this.#unfinished = null;
      if (line.octets !== null) this.#endLine(line.octets, line.start, line.ending);
      else this.#lines++;
    }
    return end;
  }

  /** One whole line, or the beginning of one that the next chunk goes on with. */
  #readLine(chunk: Uint8Array, at: number): number {
    const feed = chunk.indexOf(LF, at);
    const end = feed === -1 ? chunk.length : feed + 1;
    const ending = this.#endingBefore(chunk, at);
    const short = end - at <= maximumDelimiterLine;
    if (feed === -1) {
      const octets = short ? Buffer.from(chunk.subarray(at)) : null;
      if (!short && this.#tree.inHeader) this.#tree.addHeader(chunk.subarray(at));
      this.#unfinished = { octets, start: this.#offset + at, ending };
    } else if (short) {
      this.#endLine(Buffer.from(chunk.buffer, chunk.byteOffset + at, end - at), this.#offset + at, ending);
    } else {
      if (this.#tree.inHeader) this.#tree.addHeader(chunk.subarray(at, end));
      this.#lines++;
    }
    return end;
  }

  /**
   * Passes over whole lines that are plainly neither a delimiter nor the end of a header; gives where the line
   * begins that must be looked at. Nearly all octets take this way.
   */
  #passLines(chunk: Uint8Array, from: number): number {
    const length = chunk.length;
    const { inHeader, hasDelimiters } = this.#tree;
    let lines = 0;
    let at = from;
    while (at < length) {
      const first = chunk[at];
      if (first === DASH && hasDelimiters && (at + 1 === length || chunk[at + 1] === DASH)) break;
      if (inHeader && (first === CR || first === LF)) break;
      let end = at;
      while (end < length && chunk[end] !== LF) end++;
      if (end === length) {
        if (inHeader) break;
        this.#unfinished = { octets: null, start: 0, ending: 0 };
        at = length;
      } else {
        at = end + 1;
        lines++;
      }
    }
    if (inHeader && at > from) this.#tree.addHeader(chunk.subarray(from, at));
    this.#lines += lines;
    return at;
  }

  #endLine(line: Buffer, start: number, ending: number): void {
    const linesBefore = this.#lines;
    const next = start + line.length;
    if (line[line.length - 1] === LF) this.#lines++;
    const mayDelimit = this.#tree.hasDelimiters && line[0] === DASH && line[1] === DASH;
    const delimiter = mayDelimit ? this.#tree.findDelimiter(line) : null;
    if (delimiter !== null) {
      // A delimiter that the message ends with, without a line end, opens a part that is not there.
      const closes = delimiter.closes || line[line.length - 1] !== LF;
      this.#tree.delimit({ ...delimiter, closes }, start, ending, next, linesBefore);
    } else if (this.#tree.inHeader) {
      this.#tree.addHeader(line);
      const isEmpty = line[0] === LF || (line.length === 2 && line[0] === CR && line[1] === LF);
      if (isEmpty) this.#tree.endHeader(next, this.#lines);
    }
  }

  /** How many octets the line end before `at` has: CRLF, LF, or none at the very start. */
  #endingBefore(chunk: Uint8Array, at: number): number {
    if (this.#offset + at === 0) return 0;
    const before = at > 1 ? chunk[at - 2] : at === 1 ? this.#last : this.#beforeLast;
    return before === CR ? 2 : 1;
  }
}
