/**
 * One listener for the web: HTTP/1.1, in clear or under TLS from the first octet, bounded in connections, header
 * sizes and times. What is asked goes to one handler; who asks too slowly is cut off.
 */
import { createServer, type Server } from "node:http";
import { createServer as createPlainServer, type Server as PlainServer, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { getRequestListener } from "@hono/node-server";
import type { ServerCertificate } from "#net/certificate";
import { addressGroup } from "#net/limits";
import { listenTrouble } from "#net/listener";
import type { Log } from "#observe/log";

export interface WebListenerSettings {
  /** As the configuration calls it: "http" or "https". */
  readonly name: string;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Null: in clear. */
  readonly certificate: ServerCertificate | null;
  /** How long a request's header may take to come, from the connection on. */
  readonly headerMilliseconds?: number;
  /** Beside the request it gets what Node knows of the connection. */
  readonly fetch: (request: Request, environment: unknown) => Response | Promise<Response>;
  readonly log: Log;
}

export interface WebListener extends AsyncDisposable {
  readonly port: number;
}

const limits = { connections: 2000, perAddress: 200, header: 16 * 1024 };
const times = { header: 10_000, check: 1000, request: 60_000, keepAlive: 15_000, closing: 2000 };

/** Binds and begins to serve. Throws ListenTrouble. */
export async function openWebListener(settings: WebListenerSettings): Promise<WebListener> {
  const handle = getRequestListener(settings.fetch);
  const headersTimeout = settings.headerMilliseconds ?? times.header;
  const web = createServer(
    {
      maxHeaderSize: limits.header,
      headersTimeout,
      requestTimeout: times.request,
      keepAliveTimeout: times.keepAlive,
      connectionsCheckingInterval: Math.min(times.check, headersTimeout),
    },
    (request, response) => void handle(request, response),
  );
  const sockets = new Map<Socket, string>();
  const door = createPlainServer({ noDelay: true }, (socket) => {
    const group = addressGroup(socket.remoteAddress ?? "");
    const fromHere = [...sockets.values()].filter((one) => one === group).length;
    socket.on("error", () => socket.destroy());
    if (sockets.size >= limits.connections || fromHere >= limits.perAddress) {
      settings.log.warn({ listener: settings.name, peer: socket.remoteAddress }, "too many connections");
      socket.destroy();
      return;
    }
    sockets.set(socket, group);
    socket.once("close", () => sockets.delete(socket));
    web.emit("connection", settings.certificate ? secured(socket, settings.certificate) : socket);
  });
  await listening(door, settings);
  // It is handed connections instead of listening itself; only this makes it watch over their times.
  web.emit("listening");
  const address = door.address();
  return {
    port: address !== null && typeof address === "object" ? address.port : 0,
    [Symbol.asyncDispose]: () => close(door, web, sockets),
  };
}

/** Each connection takes the certificate as it is now, so a renewal is seen at once. */
function secured(socket: Socket, certificate: ServerCertificate): TLSSocket {
  const secure = new TLSSocket(socket, {
    isServer: true,
    secureContext: certificate.context,
    ALPNProtocols: ["http/1.1"],
  });
  secure.on("error", () => socket.destroy());
  return secure;
}

async function listening(door: PlainServer, settings: WebListenerSettings): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(listenTrouble(error, settings));
    door.once("error", failed);
    door.listen({ host: settings.host, port: settings.port, backlog: 256 }, () => {
      door.off("error", failed);
      door.on("error", (error) => settings.log.error({ error: error.message }, "cannot accept"));
      resolve();
    });
  });
}

/** Answers that are under way are finished, for a while. */
async function close(door: PlainServer, web: Server, sockets: ReadonlyMap<Socket, string>): Promise<void> {
  const closed = new Promise<void>((resolve) => door.close(() => resolve()));
  web.closeIdleConnections();
  web.close();
  const cut = setTimeout(() => {
    for (const socket of sockets.keys()) socket.destroy();
  }, times.closing);
  await closed;
  clearTimeout(cut);
}
