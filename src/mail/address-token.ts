/** A lexical piece of an address field (RFC 5322 §3.2). */
export interface AddressToken {
  /** `atom` may hold dots; `special` is one of `<>@,;:`. Comments and quoted strings come without quoting. */
  readonly kind: "atom" | "quoted" | "literal" | "comment" | "special" | "end";
  readonly text: string;
  /** Whether blanks or a comment stand before it. */
  readonly spaced: boolean;
}

const blanks = /[ \t\r\n\0]*/y;
const atom = /[^ \t\r\n\0<>@,;:"([]+/y;
/** Taken whole, because programs leave commas and colons unencoded in `=?utf-8?Q?Doe,_John?=`. */
const encodedWord = /=\?[^?\s]{1,80}\?[BbQq]\?[^?\s]{0,1000}\?=/y;
const literal = /\[[^\]\r\n]{0,255}\]/y;

/** Enough for ten thousand addresses with names; what follows is not read. */
const maximumTokens = 100_000;

/** Cuts the value of an address field, folded or not, into tokens; `end` comes last. Never fails. */
export function addressTokens(text: string): AddressToken[] {
  const tokens: AddressToken[] = [];
  let at = 0;
  let spaced = false;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? "";
    at += found.length;
    return found;
  };
  while (at < text.length && tokens.length < maximumTokens) {
    if (take(blanks) !== "") {
      spaced = true;
      continue;
    }
    const token = readToken(text, at, take);
    if (token.end !== undefined) at = token.end;
    tokens.push({ kind: token.kind, text: token.text, spaced });
    spaced = token.kind === "comment";
  }
  tokens.push({ kind: "end", text: "", spaced });
  return tokens;
}

interface Taken {
  readonly kind: AddressToken["kind"];
  readonly text: string;
  /** Where it ends, if `take` has not moved there. */
  readonly end?: number;
}

function readToken(text: string, at: number, take: (pattern: RegExp) => string): Taken {
  const first = text.charAt(at);
  if (first === '"') return { kind: "quoted", ...readQuoted(text, at) };
  if (first === "(") return { kind: "comment", ...readComment(text, at) };
  const domainLiteral = first === "[" ? take(literal) : "";
  if (domainLiteral !== "") return { kind: "literal", text: domainLiteral };
  const word = take(encodedWord) || take(atom);
  if (word !== "") return { kind: "atom", text: word };
  // What opens nothing, like a lone bracket, is a piece of text.
  return { kind: "<>@,;:".includes(first) ? "special" : "atom", text: first, end: at + 1 };
}

/** An unclosed string runs to the end of the text. */
function readQuoted(text: string, at: number): { text: string; end: number } {
  let end = at + 1;
  while (end < text.length && text.charAt(end) !== '"') end += text.charAt(end) === "\\" ? 2 : 1;
  return { text: withoutEscapes(text.slice(at + 1, end)), end: end + 1 };
}

/** Comments nest; an unclosed one runs to the end of the text. */
function readComment(text: string, at: number): { text: string; end: number } {
  let depth = 0;
  let end = at;
  for (; end < text.length; end++) {
    const character = text.charAt(end);
    if (character === "\\") end++;
    else if (character === "(") depth++;
    else if (character === ")" && --depth === 0) break;
  }
  return { text: withoutEscapes(text.slice(at + 1, end)), end: end + 1 };
}

function withoutEscapes(text: string): string {
  const unfolded = text.includes("\n") ? text.replace(/\r?\n/g, "") : text;
  return unfolded.includes("\\") ? unfolded.replace(/\\(.)/gs, "$1") : unfolded;
}
