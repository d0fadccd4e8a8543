/**
 * The POP3 side of the scripted old server. It is written apart from Mailferry's own POP3 rooms, so that a
 * misunderstanding there is not repeated here; what it does wrong it does on purpose, by a fault or a behaviour.
 */
import { createServer, type Server, type Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { Fault } from "./faults.ts";
import type { OldMailbox, OldMailboxes } from "./maildrop.ts";
import type { Pop3Behaviour } from "./pop3-behaviour.ts";
import { Pop3Dialogue } from "./pop3-dialogue.ts";

export interface Pop3Options {
  readonly mailboxes: OldMailboxes;
  fault?: Fault;
  /** What it does otherwise than others, applied in this order; may be changed while it runs. */
  behaviours?: readonly Pop3Behaviour[];
  /** Offers PIPELINING (default true). */
  readonly pipelining?: boolean;
  /** One session per maildrop, as mbox servers do (A10). */
  readonly exclusive?: boolean;
  /** Offers UTF8 (RFC 6856), and without it replaces what is not ASCII, as Courier does. */
  readonly utf8?: boolean;
  /** Seconds that CAPA tells as LOGIN-DELAY (A12). */
  readonly loginDelay?: number;
  /** Says +OK to every password. */
  readonly acceptsAnyPassword?: boolean;
  greeting?: string;
  /** What LIST says of a size, for servers that lie (A14). */
  readonly statedSize?: (octets: number) => number;
  /** Offers STLS with this certificate. */
  readonly stls?: SecureContext;
  readonly port?: number;
  /** More connections than this at once are turned away. */
  readonly mostConnections?: number;
}

/** What the server saw. */
export interface Pop3Record {
  connections: number;
  /** Connections at this moment, and the most there ever were. */
  open: number;
  mostOpen: number;
  goodLogins: number;
  badLogins: number;
  /** Every command, "name VERB argument", PASS without its argument. */
  readonly commands: string[];
  /** Numbers of RETR answered in full. */
  readonly retrieved: { readonly name: string; readonly number: number; readonly at: number }[];
}

export interface RunningPop3 extends AsyncDisposable {
  readonly port: number;
  readonly seen: Pop3Record;
  readonly options: Pop3Options;
}

/** What the dialogues of one server share. */
export interface Pop3Hall {
  readonly options: Pop3Options;
  readonly seen: Pop3Record;
  /** Maildrops that a session has. */
  readonly locks: Set<OldMailbox>;
  /** Good logins so far. */
  readonly logins: Map<OldMailbox, number>;
}

/** Starts the server on a loopback port. */
export async function startPop3(options: Pop3Options): Promise<RunningPop3> {
  const seen: Pop3Record = {
    connections: 0,
    open: 0,
    mostOpen: 0,
    goodLogins: 0,
    badLogins: 0,
    commands: [],
    retrieved: [],
  };
  const hall: Pop3Hall = { options, seen, locks: new Set(), logins: new Map() };
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    seen.mostOpen = Math.max(seen.mostOpen, ++seen.open);
    socket.once("close", () => {
      seen.open--;
      sockets.delete(socket);
    });
    socket.on("error", () => socket.destroy());
    if (sockets.size > (options.mostConnections ?? Number.POSITIVE_INFINITY)) {
      socket.end("-ERR too many connections, try again later\r\n");
      socket.destroySoon();
      return;
    }
    void new Pop3Dialogue(socket, hall).run();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    seen,
    options,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
