import type { ContentWriter } from "#mailbox/content";
import type { Client } from "./client.ts";
import type { Cursor } from "./grammar/cursor.ts";
import type { Reply } from "./reply.ts";
import type { Session, State } from "./session.ts";

/** What capabilities are told by: the facts of a connection that decide what is offered. */
export interface Offer {
  readonly isLoggedIn: boolean;
  /** Whether names and passwords may be sent now. */
  readonly mayLogIn: boolean;
  /** Whether TLS can still be started. */
  readonly mayStartTls: boolean;
  /** Most octets of a message that is appended. */
  readonly maxMessage: number;
}

/**
 * What may be told of the selected folder before the reply: everything; all but EXPUNGE, where the client counts
 * by message numbers (RFC 3501 §7.4.1); nothing, where the command itself tells what there is.
 */
export type News = "all" | "no expunge" | "nothing";

export type OpenedLiteral = { readonly into: ContentWriter } | { readonly refused: Reply } | null;

/** A command is data. */
export interface Command<Arguments> {
  /** In capitals; "UID FETCH" is one. */
  readonly name: string;
  readonly states: readonly State[];
  readonly news: News;
  /**
   * Whether it is how a client looks for new messages. With any other command EXISTS is told in passing, and some
   * clients do not act on that (Thunderbird fetches nothing for an EXISTS that comes with UID STORE or UID FETCH).
   */
  readonly looksForNews: boolean;
  /** Not without TLS, unless the listener allows passwords in clear. */
  readonly needsTls: boolean;
  /**
   * Whether nothing may have been sent after it before its answer, nor after an answer to what it asks: what stands
   * there may have been put there by somebody else, or is meant for whoever one would be afterwards.
   */
  readonly standsAlone: boolean;
  /**
   * For a command that takes a literal as it comes: where the octets of one go that is announced where the cursor
   * ends, or why they are not wanted; null for a literal like any other. Throws SyntaxProblem.
   */
  readonly openLiteral: ((session: Session, cursor: Cursor, size: number) => Promise<OpenedLiteral>) | null;
  /** What it brings to CAPABILITY, as far as that is on offer. */
  capabilities(offer: Offer): readonly string[];
  /** Reads what follows the name, its space included. Throws SyntaxProblem. */
  parse(cursor: Cursor): Arguments;
  /** @param tag for responses that name the command they belong to */
  run(session: Session, given: Arguments, client: Client, tag: string): Promise<Reply>;
}

/** A command whose arguments are its own business: what the table holds. */
export interface TableEntry extends Omit<Command<never>, "parse" | "run"> {
  /** Throws SyntaxProblem before anything is done. */
  perform(session: Session, cursor: Cursor, client: Client, tag: string): Promise<Reply>;
}

/** Makes a table entry; what is left out is the usual. */
export function command<Arguments>(
  given: Pick<Command<Arguments>, "name" | "states" | "parse" | "run"> & Partial<Command<Arguments>>,
): TableEntry {
  const { parse, run, ...rest } = given;
  return {
    news: "all",
    looksForNews: false,
    needsTls: false,
    standsAlone: false,
    openLiteral: null,
    capabilities: () => [],
    ...rest,
    perform(session, cursor, client, tag) {
      const parsed = parse(cursor);
      cursor.end();
      return run(session, parsed, client, tag);
    },
  };
}

/** No arguments. */
export function nothing(): null {
  return null;
}
