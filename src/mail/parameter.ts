import iconv from "iconv-lite";
import { decodeRaw, decodeWords, unquote } from "./encoded-word.ts";
import { unfold } from "./header.ts";
import type { Parameter } from "./mime-part.ts";

/** The value of Content-Type, Content-Disposition and their like: a word, then parameters. */
export interface ParametricValue {
  /** `text/plain`, `attachment`; as written but without blanks and comments, "" if there is none. */
  readonly value: string;
  readonly parameters: readonly Parameter[];
}

/** More parameters than any part needs, pieces included; what follows is not read. */
const maximumParameters = 200;
const maximumOctets = 64 * 1024;
/** A parameter as it is written, from its semicolon on: name, then a quoted value or a plain one. */
const parameter =
  /^;(?:\s|\([^()]*\))*([^\s;="()]+)(?:\s|\([^()]*\))*=(?:\s|\([^()]*\))*(?:"((?:[^"\\]|\\.)*)(?:"|\\?$)|([^\s;"]+))/s;
/** `name*`, `name*1`, `name*1*` */
const piece = /^([^*]+)(?=\*)(?:\*(\d{1,3}))?(\*?)$/;

/**
 * Reads `type/subtype; name=value; name="value"` (RFC 2045 §5.1), tolerantly: what is no parameter is passed
 * over. Pieces of one parameter (RFC 2231 §3) are joined under its name; if any piece is encoded, the name keeps
 * its asterisk and the value its encoding: see `decodedParameter`.
 */
export function parseParametricValue(field: string): ParametricValue {
  const [head = "", ...clauses] = splitClauses(unfold(field.slice(0, maximumOctets)).replaceAll("\0", ""));
  const parameters: Parameter[] = [];
  for (const clause of clauses) {
    const match = parameter.exec(clause);
    if (match === null) continue;
    const [, name = "", quoted, plain = ""] = match;
    parameters.push([name, quoted === undefined ? plainValue(name, plain) : quoted.replace(/\\(.)/gs, "$1")]);
  }
  return { value: head.replace(/\([^()]*\)|[ \t]+/g, ""), parameters: joinPieces(parameters) };
}

/**
 * A value without quotes is a token, which ends before any of the special characters (RFC 2045 §5.1): so
 * `filename=a/b` is `a` for other servers, and for us. Kept whole are a boundary, because delimiter lines repeat it
 * as it stands, and an encoded word or an extended value (RFC 2231 §4), which consist of such characters.
 */
function plainValue(name: string, value: string): string {
  if (value.startsWith("=") || name.endsWith("*") || name.toLowerCase() === "boundary") return value;
  return value.replace(/[()<>@,:\\/[\]?=].*$/s, "");
}

/** Cuts before every semicolon that stands outside quotes and comments. */
function splitClauses(text: string, withComments = true): string[] {
  const clauses: string[] = [];
  let quoted = false;
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length && clauses.length <= maximumParameters; at++) {
    const character = text.charAt(at);
    if (character === "\\" && (quoted || depth > 0)) at++;
    else if (character === '"' && depth === 0) quoted = !quoted;
    else if (character === "(" && !quoted && withComments) depth++;
    else if (character === ")" && !quoted) depth = Math.max(0, depth - 1);
    else if (character === ";" && !quoted && depth === 0) {
      clauses.push(text.slice(from, at));
      from = at;
    }
  }
  // A bracket that nobody closed is no comment: it must not swallow a boundary.
  if (depth > 0) return splitClauses(text, false);
  if (clauses.length <= maximumParameters) clauses.push(text.slice(from));
  return clauses;
}

/**
 * Pieces `name*0`, `name*1*` become one parameter; a gap ends it. Extended parameters come after plain ones, for
 * programs that take the first name they know.
 */
function joinPieces(parameters: readonly Parameter[]): Parameter[] {
  const plain = parameters.filter(([name]) => !name.includes("*"));
  const extended = new Map<string, { base: string; numbered: Map<number, Piece> }>();
  for (const [name, value] of parameters) {
    const [, base = "", number = "0", star] = piece.exec(name) ?? [];
    if (base === "") continue;
    const pieces = extended.get(base.toLowerCase()) ?? { base, numbered: new Map<number, Piece>() };
    if (!pieces.numbered.has(Number(number)))
      pieces.numbered.set(Number(number), { value, isEncoded: star === "*" });
    extended.set(base.toLowerCase(), pieces);
  }
  return [...plain, ...[...extended.values()].map(({ base, numbered }) => joined(base, numbered))];
}

interface Piece {
  readonly value: string;
  readonly isEncoded: boolean;
}

function joined(base: string, numbered: ReadonlyMap<number, Piece>): Parameter {
  const pieces: Piece[] = [];
  for (let next = numbered.get(0); next !== undefined; next = numbered.get(pieces.length)) pieces.push(next);
  const value = pieces.map((next) => next.value).join("");
  return [pieces.some((next) => next.isEncoded) ? `${base}*` : base, value];
}

/** The value of the parameter of that name (any case), as written; null if there is none. */
export function parameterNamed(parameters: readonly Parameter[], name: string): string | null {
  const wanted = name.toLowerCase();
  return parameters.find(([candidate]) => candidate.toLowerCase() === wanted)?.[1] ?? null;
}

/**
 * A parameter as people read it: RFC 2231 decoded (`filename*=utf-8''na%C3%AFve.txt`), else with the encoded words
 * that many programs put there against the RFC. Null if there is none.
 */
export function decodedParameter(parameters: readonly Parameter[], name: string): string | null {
  const extended = /^([^']*)'[^']*'(.*)$/s.exec(parameterNamed(parameters, `${name}*`) ?? "");
  if (extended !== null) {
    const [, charset = "", text = ""] = extended;
    const octets = unquote(text, /%([0-9A-Fa-f]{2})/g);
    return iconv.encodingExists(charset)
      ? iconv.decode(Buffer.from(octets, "latin1"), charset)
      : decodeRaw(octets);
  }
  const plain = parameterNamed(parameters, name);
  return plain === null ? null : decodeWords(plain);
}
