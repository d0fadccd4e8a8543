import { decodeCharset, knowsCharset } from "#mail/charset";
import { decodeRaw } from "#mail/encoded-word";
import type { EnvelopeField, SearchKey } from "../search/program.ts";
import { parseSequenceSet } from "../sequence-set.ts";
import { type Cursor, SyntaxProblem } from "./cursor.ts";
import { date } from "./date.ts";
import { sequenceSet } from "./sequence-set.ts";

const returns = ["MIN", "MAX", "ALL", "COUNT"] as const;
/** RFC 4731 §3.1 */
export type SearchReturn = (typeof returns)[number];

export interface SearchArguments {
  /** Null: a plain SEARCH response is wanted. */
  readonly returns: ReadonlySet<SearchReturn> | null;
  /** False: the charset of the texts is one that nobody here knows. */
  readonly isReadable: boolean;
  readonly key: SearchKey;
}

/** How deep keys nest, and how many there are. */
const deepest = 500;
const mostKeys = 5000;

const flags: Readonly<Record<string, readonly [flag: string, has: boolean]>> = {
  ANSWERED: ["\\Answered", true],
  DELETED: ["\\Deleted", true],
  DRAFT: ["\\Draft", true],
  FLAGGED: ["\\Flagged", true],
  SEEN: ["\\Seen", true],
  UNANSWERED: ["\\Answered", false],
  UNDELETED: ["\\Deleted", false],
  UNDRAFT: ["\\Draft", false],
  UNFLAGGED: ["\\Flagged", false],
  UNSEEN: ["\\Seen", false],
  // Nothing is ever recent here.
  RECENT: ["\\Recent", true],
  OLD: ["\\Recent", false],
};
const envelopeFields: Readonly<Record<string, EnvelopeField>> = {
  BCC: "bcc",
  CC: "cc",
  FROM: "from",
  SUBJECT: "subject",
  TO: "to",
};
const day = /^(SENT)?(BEFORE|ON|SINCE)$/;

/** `[SP "RETURN" SP "(" … ")"] [SP "CHARSET" SP charset] 1*(SP search-key)` */
export function searchArguments(cursor: Cursor): SearchArguments {
  cursor.space();
  const wanted = cursor.optionalWord("RETURN") ? returnOptions(cursor) : null;
  let charset: string | null = null;
  if (cursor.optionalWord("CHARSET")) {
    cursor.space();
    charset = cursor.astring("A charset");
    cursor.space();
  }
  const isReadable = charset === null || knowsCharset(charset);
  return { returns: wanted, isReadable, key: new KeyReader(cursor, charset).keys(0) };
}

function returnOptions(cursor: Cursor): ReadonlySet<SearchReturn> {
  cursor.space();
  const options = cursor.list(() => {
    const word = cursor.atom("MIN, MAX, ALL or COUNT").toUpperCase();
    const option = returns.find((known) => known === word);
    if (option === undefined) throw new SyntaxProblem(`${word} cannot be returned.`);
    return option;
  }, true);
  cursor.space();
  return new Set(options.length === 0 ? ["ALL"] : options);
}

class KeyReader {
  readonly #cursor: Cursor;
  readonly #charset: string | null;
  #count = 0;

  constructor(cursor: Cursor, charset: string | null) {
    this.#cursor = cursor;
    this.#charset = charset;
  }

  /** `search-key *(SP search-key)`: all of them. */
  keys(depth: number): SearchKey {
    const keys: SearchKey[] = [];
    do keys.push(this.#key(depth));
    while (this.#cursor.optionalSpace());
    const [first] = keys;
    return first && keys.length === 1 ? first : { is: "and", keys };
  }

  #key(depth: number): SearchKey {
    if (depth > deepest || ++this.#count > mostKeys) throw new SyntaxProblem("The search is too long.");
    if (this.#cursor.isAtOpen) {
      this.#cursor.open();
      const inside = this.keys(depth + 1);
      this.#cursor.close();
      return inside;
    }
    const word = this.#cursor.word("A search key");
    return this.#named(word.toUpperCase(), depth) ?? setKey(word);
  }

  #named(name: string, depth: number): SearchKey | null {
    const cursor = this.#cursor;
    const flag = flags[name];
    if (flag) return { is: "flag", flag: flag[0], has: flag[1] };
    const field = envelopeFields[name];
    if (field) return { is: "envelope", field, text: this.#text() };
    const found = day.exec(name);
    if (found) {
      cursor.space();
      const how = (found[2] ?? "").toLowerCase() as "before" | "on" | "since";
      return { is: "day", of: found[1] ? "sent" : "internal", how, day: date(cursor) };
    }
    switch (name) {
      case "ALL":
        return { is: "all" };
      case "NEW":
        return { is: "flag", flag: "\\Recent", has: true };
      case "BODY":
        return { is: "body", text: this.#text() };
      case "TEXT":
        return { is: "text", text: this.#text() };
      case "HEADER": {
        cursor.space();
        return { is: "header", name: cursor.astring("The name of a header field"), text: this.#text() };
      }
      case "KEYWORD":
      case "UNKEYWORD": {
        cursor.space();
        return { is: "flag", flag: cursor.atom("A keyword"), has: name === "KEYWORD" };
      }
      case "LARGER":
      case "SMALLER": {
        cursor.space();
        return { is: "size", how: name === "LARGER" ? "larger" : "smaller", than: cursor.number("A size") };
      }
      case "UID":
        return { is: "set", set: sequenceSet(cursor), by: "uids" };
      case "MODSEQ":
        return this.#modSeq();
      case "NOT": {
        cursor.space();
        return { is: "not", key: this.#key(depth + 1) };
      }
      case "OR": {
        cursor.space();
        const one = this.#key(depth + 1);
        cursor.space();
        return { is: "or", keys: [one, this.#key(depth + 1)] };
      }
      default:
        return null;
    }
  }

  /** `MODSEQ [SP entry-name SP entry-type] SP n`: there is one MODSEQ for all that a message has. */
  #modSeq(): SearchKey {
    this.#cursor.space();
    if (this.#cursor.isAtString) {
      this.#cursor.string("An entry");
      this.#cursor.space();
      this.#cursor.atom("A type");
      this.#cursor.space();
    }
    return { is: "modseq", from: this.#cursor.modSeq("A MODSEQ") };
  }

  #text(): string {
    this.#cursor.space();
    const raw = this.#cursor.astring("A text");
    if (this.#charset === null) return decodeRaw(raw);
    return decodeCharset(Buffer.from(raw, "latin1"), this.#charset) ?? "";
  }
}

function setKey(word: string): SearchKey {
  const set = parseSequenceSet(word);
  if (set === null) throw new SyntaxProblem(`${word.slice(0, 50)} is no search key.`);
  return { is: "set", set, by: "numbers" };
}
