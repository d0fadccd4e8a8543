import type { Doorkeeper } from "./front-door.ts";

/** A command and what was answered, as both went over the wire. */
export interface Pop3Exchange {
  /** Without its line end. */
  readonly command: string;
  readonly isOk: boolean;
  /** The lines of a multi-line answer with its terminator, dots as they came; empty where there is none. */
  readonly body: Buffer;
}

/** What programs and a POP3 server said to each other through a front door. */
export interface Pop3Record {
  /** To be handed to the door. */
  readonly hear: Doorkeeper;
  /** Every RETR and TOP since the last `forget`, refused ones included. */
  retrievals(): readonly Pop3Exchange[];
  /** Starts afresh; no connection may be open. */
  forget(): void;
}

interface Spoken {
  readonly program: Buffer[];
  readonly server: Buffer[];
}

/** An empty record. */
export function pop3Record(): Pop3Record {
  let connections = new Map<number, Spoken>();
  return {
    hear: (connection, from, octets) => {
      const spoken = connections.get(connection) ?? { program: [], server: [] };
      connections.set(connection, spoken);
      spoken[from].push(octets);
    },
    retrievals: () =>
      [...connections.values()]
        .flatMap(({ program, server }) => exchangesOf(Buffer.concat(program), Buffer.concat(server)))
        .filter(({ command }) => /^(?:RETR|TOP) /i.test(command)),
    forget: () => {
      connections = new Map();
    },
  };
}

/** Answers come in the order of the commands, also where several were sent at once (RFC 2449, section 6.6). */
function exchangesOf(program: Buffer, server: Buffer): readonly Pop3Exchange[] {
  const commands = program.toString("latin1").split("\r\n").slice(0, -1);
  let at = lineEnd(server, 0); // the greeting
  return commands.map((command) => {
    const line = server.toString("latin1", at, lineEnd(server, at));
    if (!/^(?:\+OK|-ERR)/.test(line)) throw new Error(`"${command}" was answered with "${line}"`);
    at += line.length;
    const isOk = line.startsWith("+OK");
    const from = at;
    if (isOk && isMultiLine(command)) {
      const isEmpty = server.toString("latin1", at, at + 3) === ".\r\n";
      const end = isEmpty ? at + 3 : server.indexOf("\r\n.\r\n", at) + 5;
      at = end > from ? end : server.length;
    }
    return { command, isOk, body: server.subarray(from, at) };
  });
}

function isMultiLine(command: string): boolean {
  return /^(?:(?:RETR|TOP) .*|(?:CAPA|LIST|UIDL|AUTH) *)$/i.test(command);
}

function lineEnd(octets: Buffer, from: number): number {
  const end = octets.indexOf("\r\n", from);
  return end < 0 ? octets.length : end + 2;
}
