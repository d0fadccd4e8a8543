/**
 * A loopback proxy that makes a distance: every octet comes out so many milliseconds after it came in, in both
 * directions, however many there are. It also tells when something was passed on, for measuring at the wire.
 */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Where a server listens. */
interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface DelayProxyOptions {
  readonly server: Endpoint;
  /** Milliseconds there and back. 0 passes octets on at once. */
  readonly roundTrip: number;
  /** Told of each chunk when it is passed on: from the server, or to it. */
  readonly passed?: (direction: "from-server" | "to-server", chunk: Buffer) => void;
}

export interface DelayProxy extends AsyncDisposable {
  readonly endpoint: Endpoint;
}

/** Octets on the way in one direction beyond which it reads no more: far more than any distance here holds. */
const onTheWay = 64 * 1024 * 1024;

/** Opens one. */
export async function openDelayProxy(options: DelayProxyOptions): Promise<DelayProxy> {
  const open = new Set<Socket>();
  const proxy = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const server = connect({ ...options.server, noDelay: true, allowHalfOpen: true });
    for (const socket of [client, server]) {
      open.add(socket);
      socket.once("close", () => open.delete(socket));
      socket.on("error", () => socket.destroy());
    }
    carry(client, server, options.roundTrip / 2, (chunk) => options.passed?.("to-server", chunk));
    carry(server, client, options.roundTrip / 2, (chunk) => options.passed?.("from-server", chunk));
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    endpoint: { host: "127.0.0.1", port: address.port },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

function carry(from: Socket, to: Socket, delay: number, passed: (chunk: Buffer) => void): void {
  const queue: { readonly due: number; readonly chunk: Buffer | null }[] = [];
  let octets = 0;
  let isScheduled = false;
  const passOn = (): void => {
    isScheduled = false;
    const now = performance.now();
    for (let first = queue[0]; first && first.due <= now; first = queue[0]) {
      queue.shift();
      if (first.chunk === null) to.end();
      else {
        octets -= first.chunk.length;
        to.write(first.chunk);
        passed(first.chunk);
      }
    }
    // While the receiver is slow the rest stays here, and in the end the sender waits.
    if (to.writableLength > onTheWay || octets > onTheWay) from.pause();
    else if (from.isPaused()) from.resume();
    const next = queue[0];
    if (next) schedule(next.due - now);
  };
  const schedule = (milliseconds: number): void => {
    if (!isScheduled) setTimeout(passOn, Math.max(1, milliseconds));
    isScheduled = true;
  };
  const accept = (chunk: Buffer | null): void => {
    octets += chunk?.length ?? 0;
    queue.push({ due: performance.now() + delay, chunk });
    if (delay === 0) passOn();
    else schedule(delay);
  };
  from.on("data", accept);
  from.once("end", () => accept(null));
  from.once("close", () => {
    if (!from.readableEnded) to.destroy();
  });
  to.on("drain", () => {
    if (from.isPaused() && octets <= onTheWay) from.resume();
  });
}
