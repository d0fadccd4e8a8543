/**
 * The grammar of SMTP's command lines (RFC 5321 §4.1), pure: octets in, a command's parts or the reply that says
 * what is wrong with them out. Any octets may come; nothing here throws, and all of it takes linear time.
 */
import { misread, type Parsed, parsed } from "./reply.ts";

/** A command line taken apart. */
export interface CommandLine {
  /** In upper case. */
  readonly verb: string;
  /** What follows the verb, without blanks around it. */
  readonly argument: string;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads a command line without its line end. */
export function parseCommandLine(line: Uint8Array): Parsed<CommandLine> {
  const text = decodeLine(line);
  if (text === null) return misread(500, "5.5.2", "A command is printable text");
  const match = /^([A-Za-z0-9]{1,20})(?:[ \t]+(.*))?$/s.exec(text.trimEnd());
  if (!match) return misread(500, "5.5.2", "That is no command");
  return parsed({ verb: (match[1] ?? "").toUpperCase(), argument: (match[2] ?? "").trim() });
}

/** The text of a line: null if it holds control characters other than tabs, or is no UTF-8 (RFC 6531 §3.3). */
function decodeLine(line: Uint8Array): string | null {
  for (const octet of line) if ((octet < 0x20 && octet !== 0x09) || octet === 0x7f) return null;
  try {
    return utf8.decode(line);
  } catch {
    return null;
  }
}

/**
 * What the client calls itself (RFC 5321 §4.1.1.1): a domain or an address literal. Programs say many other
 * things there, and what they say decides nothing; only what has blanks or is too long is not taken.
 */
export function parseHelloName(argument: string): Parsed<string> {
  if (argument === "") return misread(501, "5.5.4", "Say EHLO with your host name");
  if (/\s/.test(argument) || argument.length > 255) return misread(501, "5.5.4", "That is no host name");
  return parsed(argument);
}

/** For commands that take no argument. */
export function parseNothing(argument: string): Parsed<null> {
  return argument === "" ? parsed(null) : misread(501, "5.5.4", "This command takes no argument");
}

/** For commands that take any argument or none (NOOP, HELP). */
export function parseAnything(argument: string): Parsed<string> {
  return parsed(argument);
}

/** For commands that need some argument, of whatever form (VRFY, EXPN). */
export function parseSomething(argument: string): Parsed<string> {
  return argument === "" ? misread(501, "5.5.4", "This command needs an argument") : parsed(argument);
}

/** One BDAT (RFC 3030 §2). */
export interface Chunk {
  /** Octets that follow the command line at once. */
  readonly octets: number;
  readonly isLast: boolean;
}

/** Reads the argument of BDAT. */
export function parseChunk(argument: string): Parsed<Chunk> {
  const match = /^([0-9]{1,15})(?:[ \t]+(LAST))?$/i.exec(argument);
  if (!match) return misread(501, "5.5.4", "Syntax: BDAT octets [LAST]");
  return parsed({ octets: Number(match[1]), isLast: match[2] !== undefined });
}
