import type { Doorkeeper } from "./front-door.ts";

/** What went through a front door, command by command. */
export interface WireRecord {
  /** To be handed to the door. */
  readonly hear: Doorkeeper;
  /** Lines that programs sent since the last `forget`, in order, over all connections. */
  sent(): readonly SentLine[];
  /** Octets of whole messages that an IMAP server has sent since then: the literals of BODY[]. */
  contentOctets(): number;
  /** Starts afresh. */
  forget(): void;
  /** Has `work` done when the next line like `what` has come from a program, before the server gets it. */
  before(what: RegExp, work: () => Promise<void>): void;
}

/** A line from a program. */
export interface SentLine {
  readonly connection: number;
  readonly line: string;
  /** When it was complete, like `performance.now()`. */
  readonly at: number;
}

/** An empty record. */
export function wireRecord(): WireRecord {
  const unended = new Map<number, string>();
  let lines: SentLine[] = [];
  let answers = new Map<number, Buffer[]>();
  let awaited: { readonly what: RegExp; readonly work: () => Promise<void> } | null = null;
  return {
    hear: async (connection, from, octets) => {
      if (from === "server") {
        const heard = answers.get(connection) ?? [];
        answers.set(connection, heard);
        heard.push(octets);
        return;
      }
      const parts = `${unended.get(connection) ?? ""}${octets.toString("latin1")}`.split("\r\n");
      unended.set(connection, parts.pop() ?? "");
      for (const line of parts) lines.push({ connection, line, at: performance.now() });
      if (!awaited || !parts.some((line) => awaited?.what.test(line))) return;
      const { work } = awaited;
      awaited = null;
      await work();
    },
    sent: () => lines,
    contentOctets: () => {
      const literals = [...answers.values()].flatMap((heard) =>
        Buffer.concat(heard)
          .toString("latin1")
          .matchAll(/ BODY\[\](?:<\d+>)? \{(\d+)\}\r\n/g)
          .toArray(),
      );
      return literals.reduce((sum, [, size]) => sum + Number(size), 0);
    },
    forget: () => {
      lines = [];
      answers = new Map();
    },
    before: (what, work) => {
      awaited = { what, work };
    },
  };
}
