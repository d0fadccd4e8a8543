import { type AddressToken, addressTokens } from "./address-token.ts";
import { collapseBlanks } from "./header.ts";
import type { ImapAddress } from "./imap-envelope.ts";

/** What stands for a part that an address lacks: NIL would make a group of it (RFC 3501 §7.4.2). */
export const missingMailbox = "MISSING_MAILBOX";
export const missingDomain = "MISSING_DOMAIN";

/** More than any real message has; what follows is not listed. */
const maximumAddresses = 10_000;

/**
 * Reads the value of an address field (RFC 5322 §3.4 with the obsolete forms of §4.4): groups, routes, comments,
 * quoted strings, phrases with dots. Strings are octets as latin1, encoded words stay encoded. Never fails:
 * what cannot be an address is listed with what there is of it.
 */
export function parseAddressList(value: string): ImapAddress[] {
  return new AddressListReader(addressTokens(value)).read();
}

class AddressListReader {
  readonly #tokens: readonly AddressToken[];
  readonly #addresses: ImapAddress[] = [];
  #at = 0;

  constructor(tokens: readonly AddressToken[]) {
    this.#tokens = tokens;
  }

  read(): ImapAddress[] {
    let inGroup = false;
    while (this.#peek().kind !== "end" && this.#addresses.length < maximumAddresses) {
      if (this.#skip(",")) continue;
      if (this.#skip(";")) {
        if (inGroup) this.#addresses.push([null, null, null, null]);
        inGroup = false;
      } else if (this.#readMember(inGroup)) inGroup = true;
    }
    if (inGroup) this.#addresses.push([null, null, null, null]);
    return this.#addresses;
  }

  /** One address, or the beginning of a group: then true. */
  #readMember(inGroup: boolean): boolean {
    const words: AddressToken[] = [];
    let comment: string | null = null;
    let hasAt = false;
    for (;;) {
      const token = this.#peek();
      if (token.kind === "end" || isSpecial(token, ",") || isSpecial(token, ";")) {
        this.#push(words, comment);
        return false;
      }
      this.#at++;
      if (token.kind === "comment") comment = token.text;
      else if (isSpecial(token, "<")) {
        this.#readAngle(phrase(words), comment);
        return false;
      } else if (isSpecial(token, ":") && !inGroup && words.length > 0 && !hasAt) {
        this.#addresses.push([null, null, phrase(words) ?? "", null]);
        return true;
      } else {
        words.push(token);
        hasAt ||= isAt(token);
      }
    }
  }

  /** An address without angle brackets: `anna@big-company.com (Anna)`, or what was meant to be one. */
  #push(words: readonly AddressToken[], comment: string | null): void {
    const at = words.findLastIndex(isAt);
    if (at !== -1) {
      const mailbox = joined(words.slice(0, at)) || missingMailbox;
      this.#addresses.push([comment || null, null, mailbox, joined(words.slice(at + 1)) || missingDomain]);
    } else if (words.length === 1 && words[0]?.kind !== "quoted") {
      this.#addresses.push([comment || null, null, joined(words), missingDomain]);
    } else if (words.length > 0) {
      this.#addresses.push([phrase(words), null, missingMailbox, missingDomain]);
    }
  }

  /** After `<`: route, local part, domain; then up to the next comma, for a comment. */
  #readAngle(name: string | null, commentBefore: string | null): void {
    let route: string | null = null;
    let words: AddressToken[] = [];
    for (;;) {
      const token = this.#peek();
      if (token.kind === "end" || isSpecial(token, ";")) break;
      if (isSpecial(token, ",") && !words.some(isAt)) break;
      if (isSpecial(token, ",") && !isAt(words[0])) break;
      this.#at++;
      if (isSpecial(token, ">")) break;
      if (isSpecial(token, ":") && isAt(words[0])) {
        route = joined(words);
        words = [];
      } else if (token.kind !== "comment") words.push(token);
    }
    const comment = this.#skipToComma() ?? commentBefore;
    const at = words.findLastIndex(isAt);
    const mailbox = joined(at === -1 ? words : words.slice(0, at)) || missingMailbox;
    const domain = (at === -1 ? "" : joined(words.slice(at + 1))) || missingDomain;
    this.#addresses.push([(name ?? comment) || null, route, mailbox, domain]);
  }

  /** Passes over what follows an address; gives the last comment in it. */
  #skipToComma(): string | null {
    let comment: string | null = null;
    for (;;) {
      const token = this.#peek();
      if (token.kind === "end" || isSpecial(token, ",") || isSpecial(token, ";")) return comment;
      if (token.kind === "comment") comment = token.text;
      this.#at++;
    }
  }

  #peek(): AddressToken {
    return this.#tokens[this.#at] ?? endToken;
  }

  #skip(special: string): boolean {
    const found = isSpecial(this.#peek(), special);
    if (found) this.#at++;
    return found;
  }
}

const endToken: AddressToken = { kind: "end", text: "", spaced: false };

function isSpecial(token: AddressToken, text: string): boolean {
  return token.kind === "special" && token.text === text;
}

function isAt(token: AddressToken | undefined): boolean {
  return token?.kind === "special" && token.text === "@";
}

/** A display name: words with one blank between them. Null if there are no words, or only `""`. */
function phrase(words: readonly AddressToken[]): string | null {
  let text = "";
  words.forEach((word, index) => {
    const previous = words[index - 1];
    const joins = previous !== undefined && !word.spaced && (isAt(word) || isAt(previous));
    text += index > 0 && !joins ? ` ${word.text}` : word.text;
  });
  return collapseBlanks(text) || null;
}

/** A local part or domain: blanks around dots and `@` mean nothing (RFC 5322 §4.4), others are kept as one. */
function joined(words: readonly AddressToken[]): string {
  const pieces: string[] = [];
  let mayStandApart = false;
  for (const word of words) {
    const apart = word.spaced && mayStandApart && word.kind !== "special" && !word.text.startsWith(".");
    pieces.push(apart ? ` ${word.text}` : word.text);
    mayStandApart = word.kind !== "special" && !word.text.endsWith(".");
  }
  return pieces.join("");
}
