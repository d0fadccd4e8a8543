/** Replies of the POP3 server (RFC 1939 §3), and the one place where problems become `-ERR`. */
import type { Problem, ProblemKind } from "#mailbox/problem";

/** Response codes (RFC 2449 §8, RFC 3206). A listing that is not ready is `SYS/TEMP` as well: we hold no locks. */
export type ResponseCode = "AUTH" | "SYS/TEMP" | "SYS/PERM";

/** What is done once the reply has been sent. */
export type Next = "go on" | "close" | "start TLS";

/** What is said to one command. */
export interface Reply {
  /** The status line without its CRLF, or a SASL challenge. */
  readonly status: string;
  /** A multi-line reply's lines, in latin1, none of which begins with a dot. */
  readonly lines?: Iterable<string>;
  /** A message's octets, not dot-stuffed. */
  readonly content?: AsyncIterable<Uint8Array>;
  readonly next: Next;
  /** Whether it counts against a client that makes one mistake after the other. */
  readonly isMistake: boolean;
}

/** `+OK`, with what follows it, if anything. */
export function ok(text: string, body: Pick<Reply, "lines" | "content"> = {}, next: Next = "go on"): Reply {
  return { status: text === "" ? "+OK" : `+OK ${text}`, ...body, next, isMistake: false };
}

/** `-ERR`, for something that is not the client's mistake. */
export function refused(code: ResponseCode | null, text: string, next: Next = "go on"): Reply {
  return { status: errorLine(code, text), next, isMistake: false };
}

/** `-ERR`, for something that the client should not have said. */
export function mistake(text: string, code: ResponseCode | null = null): Reply {
  return { status: errorLine(code, text), next: "go on", isMistake: true };
}

/** A SASL challenge (RFC 5034 §4). */
export function challenge(base64: string): Reply {
  return { status: `+ ${base64}`, next: "go on", isMistake: false };
}

const codes: Record<ProblemKind, ResponseCode | null> = {
  "not-found": null,
  expunged: null,
  exists: "SYS/PERM",
  "not-permitted": "SYS/PERM",
  "too-large": "SYS/PERM",
  invalid: "SYS/PERM",
  "over-quota": "SYS/TEMP",
  "in-use": "SYS/TEMP",
  temporary: "SYS/TEMP",
};

/** The reply to what the domain could not do. */
export function problemReply({ kind, text }: Problem, next: Next = "go on"): Reply {
  return refused(codes[kind], text, next);
}

/** A reply line has at most 512 octets with its CRLF (RFC 2449 §4). */
const longestText = 480;

function errorLine(code: ResponseCode | null, text: string): string {
  // Texts may quote an old server. Whatever it said, this stays one line of ASCII and gets no code of its own.
  const plain = text
    .replace(/[^\x20-\x7e]+/g, " ")
    .replace(/^[\s[]+/, "")
    .slice(0, longestText);
  return code === null ? `-ERR ${plain}` : `-ERR [${code}] ${plain}`;
}
