/**
 * The lexer of IMAP commands (RFC 3501 §9): octets in, tokens out. Pure and incremental: a command comes in
 * lines and literals, and between them the lexer says what must come next. It keeps in step with the other
 * side also after a mistake, because where a command ends is decided by its line ends and literals alone.
 * Tokens, their octets and the nesting of brackets are bounded.
 */
import type { ContentWriter } from "#mailbox/content";

/**
 * One token. Text is octets as code points 0-255 (latin1). A word is what stands between spaces, brackets and
 * strings: an atom, a number, a set, a flag, a pattern, or a piece of `BODY[HEADER.FIELDS (…)]<0.9>`.
 */
export type Token =
  | { readonly is: "space" | "open" | "close" }
  | { readonly is: "word"; readonly text: string }
  /** A quoted string, or a literal. */
  | { readonly is: "string"; readonly text: string }
  /** A literal that was taken as it came. */
  | { readonly is: "streamed"; readonly into: ContentWriter };

/** A literal that is announced at the end of a line (RFC 3501 §4.3). */
export interface AnnouncedLiteral {
  readonly size: number;
  /** Whether the other side waits until it is asked to go on; else its octets follow at once (RFC 7888). */
  readonly waits: boolean;
}

export interface LexerLimits {
  /** Octets of all lines and literals together. */
  readonly octets: number;
  readonly tokens: number;
  /** How deep brackets nest. */
  readonly depth: number;
}

const space: Token = { is: "space" };
const open: Token = { is: "open" };
const close: Token = { is: "close" };
/** In this order: space, bracket, bracket, quoted string, announced literal, word. */
const lexeme = /( )|(\()|(\))|"((?:[^"\\\0\r\n]|\\["\\])*)"|\{\d{1,15}\+?\}$|([^\x00-\x20\x7f(){"]+)/y;
const announcement = /\{(\d{1,15})(\+?)\}$/;

/** Takes one command. */
export class Lexer {
  readonly #limits: LexerLimits;
  readonly #tokens: Token[] = [];
  #octets = 0;
  #depth = 0;
  #problem: string | null = null;

  constructor(limits: LexerLimits) {
    this.#limits = limits;
  }

  /** What was read so far; whole once no literal is announced any more. */
  get tokens(): readonly Token[] {
    return this.#tokens;
  }

  /** What is wrong with the command, in words for the other side; null while nothing is. */
  get problem(): string | null {
    return this.#problem;
  }

  /** How many octets more the command may have. */
  get room(): number {
    return this.#limits.octets - this.#octets;
  }

  /**
   * Takes the next line, without its line end.
   * @returns the literal that comes next, or null when the command ends here
   */
  line(octets: Uint8Array): AnnouncedLiteral | null {
    const line = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString("latin1");
    const announced = announcement.exec(line);
    this.#count(octets.length);
    if (this.#problem === null) this.#read(line);
    if (announced === null && this.#depth > 0) this.#fail("A bracket is not closed.");
    return announced && { size: Number(announced[1]), waits: announced[2] === "" };
  }

  /** Takes the octets of the literal that was announced. */
  literal(octets: Uint8Array): void {
    this.#count(octets.length);
    if (octets.includes(0)) this.#fail("A string cannot have a NUL.");
    const text = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString("latin1");
    this.#add({ is: "string", text });
  }

  /** The octets of the literal that was announced went elsewhere. */
  streamed(into: ContentWriter): void {
    this.#add({ is: "streamed", into });
  }

  #read(line: string): void {
    lexeme.lastIndex = 0;
    while (lexeme.lastIndex < line.length && this.#problem === null) {
      const at = lexeme.lastIndex;
      const found = lexeme.exec(line);
      const token = found && tokenOf(found);
      // Two texts in a row are a word with a quote in it, or a string with something stuck to it.
      const isStuck = isText(this.#tokens.at(-1)?.is) && (token === null || isText(token.is));
      if (found === null || isStuck) this.#fail(complaint(line, at));
      else if (token !== null) this.#add(token);
    }
  }

  #add(token: Token): void {
    if (token.is === "open") this.#depth++;
    if (token.is === "close") this.#depth--;
    if (this.#depth < 0) this.#fail("A bracket is closed that was not opened.");
    else if (this.#depth > this.#limits.depth) this.#fail("Too many brackets.");
    else if (this.#tokens.length >= this.#limits.tokens) this.#fail("The command is too long.");
    else this.#tokens.push(token);
  }

  #count(octets: number): void {
    this.#octets += octets;
    if (this.#octets > this.#limits.octets) this.#fail("The command is too long.");
  }

  #fail(problem: string): void {
    this.#problem ??= problem;
  }
}

/** Null for a literal's announcement: its octets make the token. */
function tokenOf([, isSpace, isOpen, isClose, quoted, word]: RegExpExecArray): Token | null {
  if (isSpace !== undefined) return space;
  if (isOpen !== undefined) return open;
  if (isClose !== undefined) return close;
  if (word !== undefined) return { is: "word", text: word };
  return quoted === undefined ? null : { is: "string", text: quoted.replace(/\\(.)/g, "$1") };
}

function isText(is: Token["is"] | undefined): boolean {
  return is === "word" || is === "string";
}

function complaint(line: string, at: number): string {
  const character = line.charAt(at);
  if (character === '"') return "A quoted string is not well-formed.";
  if (character === "{") return "A literal is not well-formed.";
  return /[\x00-\x1f\x7f]/.test(character) ? "Control characters are not allowed." : "A space is missing.";
}
