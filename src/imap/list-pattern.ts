import { decodeName } from "./modified-utf7.ts";

/** No name is so long: see `folderName`. */
const longestPattern = 4000;

/**
 * A pattern of LIST (RFC 3501 §6.3.8): `*` stands for anything, `%` for anything within a level. The time it takes
 * grows with the lengths of pattern and name, never faster.
 */
export class ListPattern {
  /** Null matches nothing. */
  readonly #pattern: string | null;
  /** How many characters a name has at least that it matches. */
  readonly #least: number;

  /** @param wire as it came, with its reference before it */
  constructor(wire: string) {
    const decoded = wire.length > longestPattern ? null : decodeName(wire);
    this.#pattern =
      decoded
        ?.normalize("NFC")
        .replace(/[*%]*\*[*%]*/g, "*")
        .replace(/%+/g, "%")
        .replace(/^inbox(?=$|[/*%])/i, "INBOX") ?? null;
    this.#least = this.#pattern?.replace(/[*%]/g, "").length ?? 0;
  }

  /** @param name in full */
  matches(name: string): boolean {
    if (this.#pattern === null || name.length < this.#least) return false;
    if (this.#pattern === "*") return true;
    if (this.#pattern === "%") return !name.includes("/");
    return this.#follow(this.#pattern, name);
  }

  /** Goes through the name with all places of the pattern at once where one could be. */
  #follow(pattern: string, name: string): boolean {
    let places = new Uint8Array(pattern.length + 1);
    let next = new Uint8Array(pattern.length + 1);
    reach(places, pattern, 0);
    for (let at = 0; at < name.length; at++) {
      const character = name.charAt(at);
      next.fill(0);
      for (let place = 0; place < pattern.length; place++) {
        if (places[place] === 0) continue;
        const wanted = pattern.charAt(place);
        if (wanted === "*" || (wanted === "%" && character !== "/")) reach(next, pattern, place);
        else if (wanted === character) reach(next, pattern, place + 1);
      }
      [places, next] = [next, places];
    }
    return places[pattern.length] === 1;
  }
}

/** Marks a place, and those that a wildcard lets through without a character. */
function reach(places: Uint8Array, pattern: string, from: number): void {
  let place = from;
  places[place] = 1;
  while (pattern[place] === "*" || pattern[place] === "%") places[++place] = 1;
}
