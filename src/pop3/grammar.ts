/**
 * The grammar of POP3 commands (RFC 1939 §3, RFC 2449 §4): octets in, a keyword and its argument out. Pure.
 * It is stricter than programs need only where leniency would be a guess: a space too many is forgiven,
 * except in passwords, whose octets are their own.
 */

/** A command line taken apart. */
export interface CommandLine {
  /** In capitals. */
  readonly keyword: string;
  /** What follows the keyword and one space, as it came; null if nothing does. */
  readonly argument: Uint8Array | null;
}

/** What came, or why it is not what was expected, in words for the other side. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly text: string };

/** RFC 2449 §4: most octets of a command line, its CRLF included. */
export const commandLineLimit = 255;
/** What is borne all the same where names and passwords travel. */
export const longLineLimit = 1000;

const SPACE = 0x20;
/** RFC 1939 §3 has keywords of three or four letters; those of later extensions are no longer than this. */
const longestKeyword = 16;

/** Takes a line apart; null where it does not begin with a keyword. */
export function parseCommandLine(line: Uint8Array): CommandLine | null {
  const space = line.indexOf(SPACE);
  const keyword = text(space < 0 ? line : line.subarray(0, space));
  if (keyword.length > longestKeyword || !/^[A-Za-z0-9]+$/.test(keyword)) return null;
  const argument = space < 0 || space === line.length - 1 ? null : line.subarray(space + 1);
  return { keyword: keyword.toUpperCase(), argument };
}

/** No argument. */
export function nothing(argument: Uint8Array | null): Parsed<null> {
  return words(argument).length === 0 ? parsed(null) : wrong("No argument is expected.");
}

/** One message number. */
export function messageNumber(argument: Uint8Array | null): Parsed<number> {
  const [first, ...more] = words(argument);
  const number = first === undefined ? null : decimal(first);
  return number === null || more.length > 0 ? wrong("A message number is expected.") : parsed(number);
}

/** A message number, or none for all messages. */
export function optionalMessageNumber(argument: Uint8Array | null): Parsed<number | null> {
  return words(argument).length === 0 ? parsed(null) : messageNumber(argument);
}

/** What TOP wants (RFC 1939 §7). */
export interface TopArgument {
  readonly number: number;
  readonly lines: number;
}

/** A message number and a count of lines. */
export function messageAndLines(argument: Uint8Array | null): Parsed<TopArgument> {
  const [number, lines, ...more] = words(argument).map(decimal);
  if (number == null || lines == null || more.length > 0) {
    return wrong("A message number and a number of lines are expected.");
  }
  return parsed({ number, lines });
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A name: the rest of the line in UTF-8 (RFC 6856 §2.2), without spaces around it. */
export function name(argument: Uint8Array | null): Parsed<string> {
  try {
    const decoded = utf8.decode(argument ?? new Uint8Array(0)).trim();
    if (decoded !== "" && !/[\x00-\x1f\x7f]/.test(decoded)) return parsed(decoded);
  } catch {
    // Not UTF-8: said below.
  }
  return wrong("A name is expected.");
}

/** A password: the rest of the line, every octet of it, spaces too (RFC 1939 §7). */
export function password(argument: Uint8Array | null): Parsed<Uint8Array> {
  if (argument === null || argument.length === 0 || argument.includes(0))
    return wrong("A password is expected.");
  return parsed(argument);
}

/** What AUTH wants (RFC 5034 §4); without mechanism it asks which there are. */
export interface AuthArgument {
  readonly mechanism: string | null;
  readonly initial: Uint8Array | null;
}

/** A mechanism and an initial response, if any. */
export function mechanism(argument: Uint8Array | null): Parsed<AuthArgument> {
  const [first, initial, ...more] = words(argument);
  if (more.length > 0) return wrong("A mechanism and at most one initial response are expected.");
  return parsed({
    mechanism: first ?? null,
    initial: initial === undefined ? null : Buffer.from(initial, "latin1"),
  });
}

function words(argument: Uint8Array | null): readonly string[] {
  return argument === null
    ? []
    : text(argument)
        .split(" ")
        .filter((word) => word !== "");
}

/** Nine digits hold every number there is; the rest is no number of ours. */
function decimal(word: string): number | null {
  return /^[0-9]{1,9}$/.test(word) ? Number(word) : null;
}

function text(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString("latin1");
}

function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

function wrong(reason: string): { readonly ok: false; readonly text: string } {
  return { ok: false, text: reason };
}
