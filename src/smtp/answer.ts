import type { Reply } from "./reply.ts";

/** What is done after the reply is said. */
export type Next =
  | { readonly kind: "command" }
  /** The next line is no command but belongs to an exchange (RFC 4954 §4). */
  | { readonly kind: "line"; readonly take: (line: Uint8Array) => Promise<Answer> }
  /** Octets follow that are no lines: a message, or a chunk of one. */
  | { readonly kind: "octets"; readonly sink: OctetSink }
  | { readonly kind: "start-tls" }
  | { readonly kind: "close" };

/** What a session answers: a reply (null: the next step brings it), and what comes then. */
export interface Answer {
  readonly reply: Reply | null;
  readonly next: Next;
}

/** Takes octets off the connection until it has had enough. */
export interface OctetSink {
  readonly isDone: boolean;
  /** Takes what it wants of a chunk and gives back the rest. */
  take(chunk: Uint8Array): Promise<Uint8Array>;
  /** Once it is done. */
  finish(): Promise<Answer>;
}

/** A reply after which the next command is awaited. */
export function answer(reply: Reply | null): Answer {
  return { reply, next: { kind: "command" } };
}

/** A reply after which the connection is closed. */
export function lastAnswer(reply: Reply): Answer {
  return { reply, next: { kind: "close" } };
}
