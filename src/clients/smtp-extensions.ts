import type { SmtpReply } from "./smtp-replies.ts";

/** What a server offers in its answer to EHLO (RFC 5321 §4.1.1.1), as far as sending needs it. */
export interface SmtpExtensions {
  readonly startTls: boolean;
  /** RFC 2920 */
  readonly pipelining: boolean;
  /** RFC 1870: null where it is not offered; 0 where no limit is told. */
  readonly size: number | null;
  /** RFC 6152 */
  readonly eightBitMime: boolean;
  /** RFC 6531 */
  readonly smtpUtf8: boolean;
  /** RFC 3461 */
  readonly dsn: boolean;
}

/** What a server offers that only knows HELO. */
export const noExtensions: SmtpExtensions = {
  startTls: false,
  pipelining: false,
  size: null,
  eightBitMime: false,
  smtpUtf8: false,
  dsn: false,
};

/** Reads the answer to EHLO; its first line is the server's name and greeting. */
export function parseExtensions(reply: SmtpReply): SmtpExtensions {
  const offered = new Map<string, string>();
  for (const line of reply.lines.slice(1)) {
    // "AUTH=LOGIN" and its kin are of before RFC 2554: the name ends there too.
    const [, name = "", parameters = ""] = /^([A-Za-z0-9-]+)(?:[ =](.*))?$/.exec(line) ?? [];
    if (name !== "" && !offered.has(name.toUpperCase())) offered.set(name.toUpperCase(), parameters.trim());
  }
  const size = offered.get("SIZE");
  return {
    startTls: offered.has("STARTTLS"),
    pipelining: offered.has("PIPELINING"),
    size: size === undefined ? null : /^\d{1,15}$/.test(size) ? Number(size) : 0,
    eightBitMime: offered.has("8BITMIME"),
    smtpUtf8: offered.has("SMTPUTF8"),
    dsn: offered.has("DSN"),
  };
}
