import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServedProgram } from "./program.ts";

/** Where a server listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** The only address anything here ever listens on. */
export const LOOPBACK = "127.0.0.1";

/** A loopback port nobody has at the moment, for servers that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Waits until `endpoint` sends its greeting (every protocol here greets first). Throws when `program` ends or after 30 s. */
export async function awaitGreeting(
  endpoint: Endpoint,
  program?: ServedProgram,
  limit = 30_000,
): Promise<string> {
  const deadline = Date.now() + limit;
  let over = false;
  void program?.ended.then(() => {
    over = true;
  });
  while (Date.now() < deadline && !over) {
    const greeting = await greetingOf(endpoint);
    if (greeting !== undefined) return greeting;
    await sleep(50);
  }
  throw new Error(`no greeting from ${endpoint.host}:${endpoint.port}\n${program?.printed() ?? ""}`);
}

async function greetingOf(endpoint: Endpoint): Promise<string | undefined> {
  const socket: Socket = connect(endpoint.port, endpoint.host);
  try {
    const [octets] = (await once(socket, "data", { signal: AbortSignal.timeout(5_000) })) as [Buffer];
    return octets.toString("latin1");
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}
