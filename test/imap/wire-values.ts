/** A value of an IMAP response, read strictly as RFC 3501 §9 writes it. Strings are octets as latin1; null is NIL. */
export type WireValue = string | number | null | readonly WireValue[];

/** A FETCH response: the message number, and values by name. */
export interface FetchResponse {
  readonly number: number;
  readonly items: ReadonlyMap<string, WireValue>;
}

/** What a command was answered. */
export interface Answer {
  readonly fetches: readonly FetchResponse[];
  /** The other untagged responses, without `* `. */
  readonly others: readonly string[];
  /** The tagged line without its tag; null when it has not come yet. */
  readonly result: string | null;
}

/** Reads what came for a command. Throws where it is not well-formed. */
export function readAnswer(octets: string, tag: string): Answer {
  const reader = new Reader(octets);
  const fetches: FetchResponse[] = [];
  const others: string[] = [];
  while (!reader.isAtEnd) {
    if (reader.takes(`${tag} `)) {
      const result = reader.match(/[^\r\n]*/y);
      reader.expect("\r\n");
      if (!reader.isAtEnd) reader.fail("something after the tagged response");
      return { fetches, others, result };
    }
    reader.expect("* ");
    const number = reader.matches(/\d+ FETCH /y);
    if (number === null) {
      others.push(reader.match(/[\x20-\x7e]*/y));
    } else fetches.push({ number: Number.parseInt(number, 10), items: reader.items() });
    reader.expect("\r\n");
  }
  return { fetches, others, result: null };
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  takes(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  expect(text: string): void {
    if (!this.takes(text)) this.fail(`${JSON.stringify(text)} is missing`);
  }

  matches(sticky: RegExp): string | null {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text)?.[0] ?? null;
    this.#at += found?.length ?? 0;
    return found;
  }

  match(sticky: RegExp): string {
    return this.matches(sticky) ?? this.fail(`${sticky} is missing`);
  }

  items(): ReadonlyMap<string, WireValue> {
    const items = new Map<string, WireValue>();
    this.expect("(");
    do {
      const name = this.match(/[A-Z0-9.]+(?:\[[^\]\r\n]*\](?:<\d+>)?)?/y);
      this.expect(" ");
      if (items.has(name)) this.fail(`${name} comes twice`);
      items.set(name, this.#value());
    } while (this.takes(" "));
    this.expect(")");
    return items;
  }

  #value(): WireValue {
    if (this.takes("(")) return this.#list();
    if (this.takes('"')) {
      const quoted = this.match(/(?:[\x01-\x09\x0b\x0c\x0e-\x21\x23-\x5b\x5d-\x7f]|\\["\\])*/y);
      this.expect('"');
      return quoted.replace(/\\(.)/g, "$1");
    }
    const announced = this.matches(/\{\d+\}\r\n/y);
    if (announced !== null) return this.#literal(Number.parseInt(announced.slice(1), 10));
    const atom = this.match(/\\?[^\x00-\x20\x7f-\xff(){%*"\\]+/y);
    if (atom === "NIL") return null;
    return /^\d+$/.test(atom) ? Number(atom) : atom;
  }

  /** Lists stand together; every other neighbours are a space apart. */
  #list(): WireValue[] {
    const values: WireValue[] = [];
    while (!this.takes(")")) {
      const isAfterList = Array.isArray(values.at(-1));
      if (values.length > 0 && !(isAfterList && this.#text[this.#at] === "(")) this.expect(" ");
      values.push(this.#value());
    }
    return values;
  }

  #literal(size: number): string {
    const octets = this.#text.slice(this.#at, this.#at + size);
    if (octets.length < size) this.fail("a literal is cut off");
    this.#at += size;
    return octets;
  }

  fail(problem: string): never {
    throw new Error(
      `${problem} at ${this.#at}: ${JSON.stringify(this.#text.slice(this.#at, this.#at + 100))}`,
    );
  }
}
