import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { Transform } from "node:stream";
import { type Endpoint, LOOPBACK } from "./loopback.ts";

/**
 * An address that stays the same while the server behind it changes: what a company's DNS name is to its people's
 * programs. Programs that keep state by server name and port (getmail, fetchmail, mpop) notice nothing.
 */
export interface FrontDoor extends AsyncDisposable {
  readonly endpoint: Endpoint;
  /** New connections go to `server` from now on. */
  lead(server: Endpoint): void;
}

/**
 * Hears what passes through the door: octets of the connection of that number, counted from 1. They pass when what it
 * returns is done. What programs send is heard line by line, as far as it has arrived. `gone` is for those who let
 * them wait: there is nobody any more.
 */
export type Doorkeeper = (
  connection: number,
  from: "program" | "server",
  octets: Buffer,
  gone: AbortSignal,
) => void | Promise<void>;

/** Opens a door on a loopback port. */
export async function openFrontDoor(server: Endpoint, hear?: Doorkeeper): Promise<FrontDoor> {
  let target = server;
  let connections = 0;
  const open = new Set<Socket>();
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
  };
  const door = createServer({ noDelay: true, allowHalfOpen: true }, (outside) => {
    const inside = connect({ ...target, noDelay: true, allowHalfOpen: true });
    keep(outside);
    keep(inside);
    const number = ++connections;
    const gone = new AbortController();
    if (hear === undefined) outside.pipe(inside).pipe(outside);
    else {
      const heard = (from: "program" | "server") =>
        heardBy(from === "program" ? linesOf : whole, (octets) => hear(number, from, octets, gone.signal));
      outside.pipe(heard("program")).pipe(inside).pipe(heard("server")).pipe(outside);
    }
    outside.once("close", () => {
      gone.abort();
      inside.destroy();
    });
    inside.once("close", () => outside.destroy());
  });
  door.listen(0, LOOPBACK);
  await once(door, "listening");
  const address = door.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    endpoint: { host: LOOPBACK, port: address.port },
    lead: (next) => {
      target = next;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      door.close();
      await once(door, "close");
    },
  };
}

const whole = (octets: Buffer): readonly Buffer[] => [octets];

function linesOf(octets: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < octets.length; ) {
    const end = octets.indexOf("\n", from) + 1 || octets.length;
    lines.push(octets.subarray(from, end));
    from = end;
  }
  return lines;
}

function heardBy(
  parts: (octets: Buffer) => readonly Buffer[],
  hear: (octets: Buffer) => void | Promise<void>,
): Transform {
  return new Transform({
    async transform(octets: Buffer, _encoding, done) {
      try {
        for (const part of parts(octets)) {
          await hear(part);
          this.push(part);
        }
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}
