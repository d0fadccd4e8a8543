// Marionette: the socket through which Mozilla's programs are driven in their own tests. It carries messages of the
// form LENGTH:JSON, commands [0, id, name, parameters] and answers [1, id, error, result], and lets scripts run with
// the rights of the program itself.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { LOOPBACK } from "../../loopback.ts";

/** A session with a running program. Closing it leaves the program as it is. */
export interface Marionette extends AsyncDisposable {
  /**
   * Runs the body of a function with the program's own rights. Its `arguments` are `args`, and a promise it returns
   * is awaited. Throws with the program's words when the script throws or takes longer than `limit` milliseconds.
   */
  script<Answer>(body: string, args?: readonly unknown[], limit?: number): Promise<Answer>;
  /** Sends a command of the protocol itself. */
  command(name: string, parameters: object): Promise<unknown>;
}

/** How long a script may take unless told, in milliseconds. */
const SCRIPT_LIMIT = 30_000;
/** What the program gets beyond a script's own limit to say that it was too slow. */
const GRACE = 5_000;

/** Connects to the program that listens on `port` and opens a session whose scripts have the program's rights. */
export async function openMarionette(port: number): Promise<Marionette> {
  const socket = connect({ host: LOOPBACK, port, noDelay: true });
  const waiting = new Map<number, (answer: Answer) => void>();
  let ids = 0;
  const fail = (error: Error) => {
    for (const answer of waiting.values()) answer({ error });
    waiting.clear();
    socket.destroy();
  };
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("marionette: the connection is closed")));
  await once(socket, "connect");
  readPackets(socket, (packet) => {
    if (!Array.isArray(packet)) return; // its greeting
    const [, id, error, result] = packet as [number, number, Problem | null, unknown];
    const answer = waiting.get(id);
    waiting.delete(id);
    answer?.(error === null ? { result } : { error: new Error(`${error.error}: ${error.message}`) });
  });

  const command = async (name: string, parameters: object, limit = SCRIPT_LIMIT): Promise<unknown> => {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const id = ++ids;
    waiting.set(id, resolve);
    const late = new Error(`marionette: no answer to ${name} within ${limit + GRACE} ms`);
    const timer = setTimeout(resolve, limit + GRACE, { error: late });
    if (socket.destroyed) resolve({ error: new Error("marionette: the connection is closed") });
    else socket.write(packed([0, id, name, parameters]));
    const answer = await promise;
    clearTimeout(timer);
    waiting.delete(id);
    if ("error" in answer) throw answer.error;
    return answer.result;
  };
  await command("WebDriver:NewSession", { capabilities: {} });
  await command("Marionette:SetContext", { value: "chrome" });
  return {
    command,
    script: async <Answer>(body: string, args: readonly unknown[] = [], limit = SCRIPT_LIMIT) => {
      await command("WebDriver:SetTimeouts", { script: limit });
      const parameters = { script: body, args, newSandbox: true, sandbox: "system" };
      const { value } = (await command("WebDriver:ExecuteScript", parameters, limit)) as { value: Answer };
      return value;
    },
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
    },
  };
}

type Answer = { readonly result: unknown } | { readonly error: Error };

interface Problem {
  readonly error: string;
  readonly message: string;
}

function packed(message: unknown): string {
  const json = JSON.stringify(message);
  return `${Buffer.byteLength(json)}:${json}`;
}

function readPackets(socket: Socket, take: (packet: unknown) => void): void {
  let unread: Buffer = Buffer.alloc(0);
  socket.on("data", (octets: Buffer) => {
    unread = Buffer.concat([unread, octets]);
    for (;;) {
      const colon = unread.indexOf(":");
      if (colon < 0) return;
      const end = colon + 1 + Number(unread.toString("latin1", 0, colon));
      if (unread.length < end) return;
      const packet: unknown = JSON.parse(unread.toString("utf8", colon + 1, end));
      unread = unread.subarray(end);
      take(packet);
    }
  });
}
