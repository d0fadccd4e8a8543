import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { type Endpoint, LOOPBACK } from "../loopback.ts";

/** A program that is started for each connection. */
export interface Inetd extends AsyncDisposable {
  readonly endpoint: Endpoint;
}

/** Listens and gives each connection, as stdin and stdout, to a process of its own: what inetd does. */
export async function startInetd(argv: readonly string[], cwd: string): Promise<Inetd> {
  const [program = "", ...args] = argv;
  const children = new Set<ReturnType<typeof spawn>>();
  const server: Server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    const child = spawn(program, args, { stdio: [socket, socket, "ignore"], cwd, env: {} });
    children.add(child);
    child.once("exit", () => children.delete(child));
    socket.destroy(); // the child has its own copy of the descriptor
  });
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    endpoint: { host: LOOPBACK, port: address.port },
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const child of children) child.kill("SIGKILL");
      await once(server, "close");
    },
  };
}
