/**
 * A cursor over the tokens of a command, with what all grammars are made of (RFC 3501 §9). What is not as
 * expected is thrown as a SyntaxProblem, and caught where the command was looked up: nowhere else.
 */
import type { ContentWriter } from "#mailbox/content";
import type { Token } from "../lexer.ts";

/** A command is not well-formed. The text says to the other side what was expected. */
export class SyntaxProblem extends Error {
  constructor(text: string) {
    super(text);
    this.name = "SyntaxProblem";
  }
}

/** atom-specials without what the lexer takes apart, and "]" (RFC 3501 §9). */
const atomSyntax = /^[^\x80-\xff%*\\\]]+$/;
const largestNumber = 4294967295;

export class Cursor {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get #token(): Token | undefined {
    return this.#tokens[this.#at];
  }

  /** Whether everything has been read. */
  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** The next word in capitals, without taking it; null if something else comes next. */
  get nextWord(): string | null {
    const token = this.#token;
    return token?.is === "word" ? token.text.toUpperCase() : null;
  }

  get isAtOpen(): boolean {
    return this.#token?.is === "open";
  }
  get isAtString(): boolean {
    return this.#token?.is === "string";
  }
  /** How many tokens have not been read. */
  get left(): number {
    return this.#tokens.length - this.#at;
  }

  /** Nothing may follow. */
  end(): void {
    if (!this.isAtEnd) throw new SyntaxProblem("Something follows that is not expected.");
  }

  space(): void {
    if (!this.optionalSpace()) {
      throw new SyntaxProblem(this.isAtEnd ? "Something is missing at the end." : "A space is missing.");
    }
  }

  /** Takes a space if one comes next. */
  optionalSpace(): boolean {
    return this.#take("space") !== null;
  }

  open(): void {
    if (!this.#take("open")) throw new SyntaxProblem('A "(" is expected.');
  }

  close(): void {
    if (!this.#take("close")) throw new SyntaxProblem('A ")" is expected.');
  }

  /** A word, whatever it is made of. */
  word(what: string): string {
    const token = this.#take("word");
    if (token?.is !== "word") throw new SyntaxProblem(`${what} is expected.`);
    return token.text;
  }

  /** Takes the word if it comes next, in any case. */
  optionalWord(word: string): boolean {
    if (this.nextWord !== word) return false;
    this.#at++;
    return true;
  }

  atom(what: string): string {
    const text = this.word(what);
    if (!atomSyntax.test(text)) throw new SyntaxProblem(`${what} is expected.`);
    return text;
  }

  /** A string, quoted or literal. */
  string(what: string): string {
    const token = this.#take("string");
    if (token?.is !== "string") throw new SyntaxProblem(`${what} is expected.`);
    return token.text;
  }

  /** An atom in which "]" may be, or a string. 8-bit octets are borne: names and passwords have come so. */
  astring(what: string): string {
    return this.#token?.is === "string" ? this.string(what) : this.#plainWord(what, /[%*\\]/);
  }

  /** An astring in which wildcards may be (RFC 3501 §6.3.8). */
  listMailbox(what: string): string {
    return this.#token?.is === "string" ? this.string(what) : this.#plainWord(what, /[\\]/);
  }

  nstring(what: string): string | null {
    return this.optionalWord("NIL") ? null : this.string(what);
  }

  /** A number of 32 bits. */
  number(what: string): number {
    const number = decimal(this.word(what));
    if (number === null || number > largestNumber) throw new SyntaxProblem(`${what} is expected.`);
    return number;
  }

  /** A number of 63 bits (RFC 7162); what is beyond any MODSEQ of ours is taken for the largest we could have. */
  modSeq(what: string): number {
    const word = this.word(what);
    if (!/^\d{1,19}$/.test(word)) throw new SyntaxProblem(`${what} is expected.`);
    return Math.min(Number(word), Number.MAX_SAFE_INTEGER);
  }

  /** A literal that was taken as it came. */
  streamed(what: string): ContentWriter {
    const token = this.#take("streamed");
    if (token?.is !== "streamed") throw new SyntaxProblem(`${what} is expected.`);
    return token.into;
  }

  /** `"(" item *(SP item) ")"`; empty only where that is allowed. */
  list<T>(item: () => T, mayBeEmpty = false): T[] {
    this.open();
    const items: T[] = [];
    if (mayBeEmpty && this.#take("close")) return items;
    do items.push(item());
    while (this.optionalSpace());
    this.close();
    return items;
  }

  #plainWord(what: string, special: RegExp): string {
    const text = this.word(what);
    if (special.test(text)) throw new SyntaxProblem(`${what} is expected.`);
    return text;
  }

  #take(is: Token["is"]): Token | null {
    const token = this.#token;
    if (token?.is !== is) return null;
    this.#at++;
    return token;
  }
}

/** A number as IMAP writes it; null if it is none, or a very long one. */
export function decimal(word: string): number | null {
  return /^\d{1,15}$/.test(word) ? Number(word) : null;
}
