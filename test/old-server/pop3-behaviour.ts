/**
 * Where the POP3 side of the scripted old server can be made to behave otherwise. A behaviour is a record of
 * hooks; several are applied one after the other, in the order in which they were selected. IMAP is to get a
 * record of its own beside this one: what differs between protocols is where a hook sits, not what a scenario is.
 */
import type { SecureContext } from "node:tls";
import type { Fault } from "./faults.ts";
import type { OldMailbox, OldMailboxes, OldMessage } from "./maildrop.ts";

/** A message as one session shows it. */
export interface Shown {
  readonly number: number;
  readonly message: OldMessage;
  /** What UIDL says, "" where it says nothing. */
  readonly uidl: string;
  /** What STAT, LIST and the status line of RETR say. */
  readonly size: number;
}

/** A session after its login. Hooks may replace what it shows, between two commands. */
export interface Pop3View {
  /** Connections so far, this one included. */
  readonly connection: number;
  /** The login name as it was given. */
  readonly name: string;
  readonly mailbox: OldMailbox;
  /** Good logins to this maildrop so far, this one included. */
  readonly login: number;
  shown: readonly Shown[];
}

/** A try to log in. */
export interface Attempt {
  readonly mechanism: "PASS" | "APOP" | "PLAIN";
  readonly name: string;
  /** Octets in a latin1 string; for APOP the digest. */
  readonly password: string;
  readonly connection: number;
  readonly isSecure: boolean;
  readonly mailboxes: OldMailboxes;
}

/**
 * What becomes of it. `hollow`: it says +OK, and every command after that fails with this line. A refusal that is
 * not about the password is `busy`, and does not count as a bad login.
 */
export type Admission =
  | { readonly mailbox: OldMailbox; readonly hollow?: string }
  | { readonly refusal: string; readonly busy?: boolean };

/** The mailbox whose name and password these are, octet for octet; null where there is none. */
export function owner({ mechanism, name, password, mailboxes }: Attempt): OldMailbox | null {
  const mailbox = mechanism === "APOP" ? undefined : mailboxes.find(name);
  if (!mailbox) return null;
  return Buffer.from(mailbox.password).toString("latin1") === password ? mailbox : null;
}

/** A certificate to offer STLS with, or an STLS that is offered and leads nowhere. */
export type Stls = SecureContext | "broken";

export interface Pop3Behaviour {
  /** What a command meets before it is answered. */
  readonly fault?: Fault;
  /** The greeting's text, which may hold further lines. */
  readonly greeting?: (text: string) => string;
  /** The lines of CAPA. */
  readonly capabilities?: (lines: readonly string[], isSecure: boolean) => readonly string[];
  readonly stls?: Stls;
  /** TLS from the first octet, as on port 995. */
  readonly implicitTls?: boolean;
  /** Decides a login; null leaves it to the next behaviour and at last to the server. */
  readonly login?: (attempt: Attempt) => Admission | null;
  /** The maildrop of a session, once, at its login. */
  readonly maildrop?: (shown: readonly Shown[], view: Pop3View) => readonly Shown[];
  /** A whole listing as it is sent, after it was made: a line may be changed, left out or added. */
  readonly listing?: (
    command: "LIST" | "UIDL",
    lines: readonly string[],
    view: Pop3View,
  ) => readonly string[];
  /** The figures of STAT. */
  readonly stat?: (messages: number, octets: number) => readonly [number, number];
  /** The octets of a message as RETR and TOP give them, before dot-stuffing. */
  readonly octets?: (octets: Buffer, shown: Shown, command: "RETR" | "TOP") => Buffer;
  /** The whole answer of RETR and TOP as it goes over the wire, status line and terminator included. */
  readonly wire?: (answer: Buffer, shown: Shown, command: "RETR" | "TOP") => Buffer;
  /** Every other line that is sent, its end included. */
  readonly line?: (line: string, verb: string) => string;
  /** Told when a command has been answered. */
  readonly answered?: (verb: string, shown: Shown | null, view: Pop3View) => void;
  /** Told when a session has ended. */
  readonly ended?: (how: "quit" | "drop", view: Pop3View) => void;
  /** Told when a connection is gone, whether anybody logged in or not. */
  readonly closed?: (connection: number) => void;
  /** Throws away what was sent ahead of an answer. */
  readonly losesPipelined?: boolean;
  /** One session per maildrop, as mbox servers do. */
  readonly exclusive?: boolean;
}

/** The messages of a mailbox as an honest server shows them. */
export function honestly(mailbox: OldMailbox, statedSize: (octets: number) => number): readonly Shown[] {
  return mailbox.messages.map((message, index) => ({
    number: index + 1,
    message,
    uidl: message.uidl,
    size: statedSize(message.octets.length),
  }));
}

/** Gives messages the numbers 1, 2, 3 … in their order. */
export function numbered(shown: readonly Shown[]): readonly Shown[] {
  return shown.map((one, index) => ({ ...one, number: index + 1 }));
}

/** Dot-stuffed with its terminator, in one piece. */
export function stuffed(octets: Uint8Array): Buffer {
  const text = Buffer.from(octets).toString("latin1").replaceAll("\r\n.", "\r\n..");
  const start = text.startsWith(".") ? "." : "";
  return Buffer.from(`${start}${text}${text.endsWith("\r\n") || text === "" ? "" : "\r\n"}.\r\n`, "latin1");
}

/** The header and so many lines of the body, as TOP gives them (RFC 1939 §7). */
export function topOf(octets: Buffer, lines: number): Buffer {
  const end = octets.indexOf("\r\n\r\n");
  if (end < 0) return octets;
  let at = end + 4;
  for (let left = lines; left > 0 && at < octets.length; left--) {
    const next = octets.indexOf("\r\n", at);
    at = next < 0 ? octets.length : next + 2;
  }
  return octets.subarray(0, at);
}
