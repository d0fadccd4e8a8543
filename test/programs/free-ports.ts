import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";

/**
 * Where to look: below the ports that systems give to connections by themselves, so that a server which is started
 * again finds its own still free.
 */
const range = [12_000, 32_000] as const;

/** Ports of loopback that are free at this moment, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = [];
  const ports: number[] = [];
  while (ports.length < count) {
    const server = createServer();
    const port = randomInt(...range);
    server.listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    servers.push(server);
    ports.push(port);
  }
  for (const server of servers) server.close();
  return ports;
}
