/**
 * The grammar of what an SMTP server says (RFC 5321 §4.2, RFC 2034): pure, bounded, and tolerant of what old
 * servers write, such as a code without a text or the last line's hyphen forgotten.
 */

/** One reply, all its lines together. */
export interface SmtpReply {
  /** 200 to 599. */
  readonly code: number;
  /** Enhanced status code (RFC 3463), such as "5.1.1"; null where the server gave none. */
  readonly enhanced: string | null;
  /** The texts of its lines, enhanced codes taken off, printable and bounded. */
  readonly lines: readonly string[];
}

/** One line of a reply. */
export interface SmtpReplyLine {
  readonly code: number;
  readonly isLast: boolean;
  readonly text: string;
}

/** The server spoke no SMTP, or said more than it may. */
export class SmtpProtocolError extends Error {
  constructor(text: string) {
    super(text);
    this.name = "SmtpProtocolError";
  }
}

/** RFC 5321 §4.5.3.1.5 has 512; servers that explain themselves write more. */
export const longestReplyLine = 4096;
const mostReplyLines = 200;
const longestText = 500;
const keptLines = 50;

/** Reads one line of a reply, its line end taken off; null when it is none. */
export function parseReplyLine(line: Uint8Array): SmtpReplyLine | null {
  const found = /^([2-5][0-9][0-9])(?:([ \t-])(.*))?$/s.exec(Buffer.from(line).toString("utf8"));
  if (!found) return null;
  return { code: Number(found[1]), isLast: found[2] !== "-", text: printable(found[3] ?? "") };
}

/** Reads lines until the reply is whole. Throws SmtpProtocolError, and what `readLine` throws. */
export async function readReply(readLine: () => Promise<Uint8Array>): Promise<SmtpReply> {
  const lines: SmtpReplyLine[] = [];
  for (let count = 0; count < mostReplyLines; count++) {
    const octets = await readLine();
    const line = parseReplyLine(octets);
    if (!line) throw new SmtpProtocolError(`no SMTP reply: ${printable(Buffer.from(octets).toString())}`);
    if (lines.length < keptLines) lines.push(line);
    if (line.isLast) return assemble(line.code, lines);
  }
  throw new SmtpProtocolError("a reply without end");
}

function assemble(code: number, lines: readonly SmtpReplyLine[]): SmtpReply {
  // A class that contradicts the reply code is no help to anybody: the code decides (RFC 2034 §4).
  const pattern = new RegExp(`^(${Math.floor(code / 100)}\\.\\d{1,3}\\.\\d{1,3})(?:\\s+|$)`);
  const enhanced = lines.map((line) => pattern.exec(line.text)?.[1] ?? null).find((found) => found !== null);
  return {
    code,
    enhanced: enhanced ?? null,
    lines: lines.map((line) => line.text.replace(pattern, "")),
  };
}

/** The reply's text on one line. */
export function replyText(reply: SmtpReply): string {
  return reply.lines
    .filter((line) => line !== "")
    .join(" ")
    .slice(0, 2 * longestText);
}

/** The reply's enhanced status code, or the general one of its class. */
export function enhancedOf(reply: SmtpReply): string {
  return reply.enhanced ?? `${Math.floor(reply.code / 100)}.0.0`;
}

/** 2xx: it was done. */
export function isPositive(reply: SmtpReply): boolean {
  return reply.code < 300;
}

/** 4xx: try again later. */
export function isTransient(reply: SmtpReply): boolean {
  return reply.code >= 400 && reply.code < 500;
}

function printable(text: string): string {
  return text
    .slice(0, longestText)
    .replace(/[\x00-\x1f\x7f\u0080-\u009f\ufffd]/g, "?")
    .trim();
}
