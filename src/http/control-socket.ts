/**
 * The API on a Unix socket in the data directory: whoever may open the socket (its owner) administers the
 * server. Nothing listens on a network for it.
 */
import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";

/** Longest path that a Unix socket may have (sun_path less its terminator). */
const longestPath = 107;

/** The socket cannot be opened where it belongs. The message says what to do. */
export class ControlSocketTrouble extends Error {
  constructor(text: string) {
    super(text);
    this.name = "ControlSocketTrouble";
  }
}

/** Opens the socket; its mode lets only the owner in. Disposing of it removes it. Throws ControlSocketTrouble. */
export async function openControlSocket(
  path: string,
  fetch: (request: Request) => Response | Promise<Response>,
): Promise<AsyncDisposable> {
  if (Buffer.byteLength(path) > longestPath) {
    throw new ControlSocketTrouble(
      `${path}: the path of the control socket is longer than ${longestPath} octets; choose a shorter data directory`,
    );
  }
  // The lock on the data directory is ours by now, so a socket that is there is a leftover.
  rmSync(path, { force: true });
  const listener = getRequestListener(fetch);
  const server: Server = createServer((request, response) => void listener(request, response));
  // A check with --wait answers when the last mailbox was swept.
  server.requestTimeout = 0;
  const mask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
  } finally {
    process.umask(mask);
  }
  chmodSync(path, 0o600);
  return {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(path, { force: true });
    },
  };
}
