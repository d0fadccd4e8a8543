/**
 * One listener: an address and a port where connections come in, each handed as a `Wire` to whoever serves
 * them. It bounds how many there are, in all and from one address, and closes in good order.
 */
import { createServer, type Server, type Socket } from "node:net";
import type { Log } from "#observe/log";
import type { ServerCertificate } from "./certificate.ts";
import { addressGroup } from "./limits.ts";
import { Wire, WireClosed } from "./wire.ts";

/**
 * Serves one connection to its end. The wire is closed once this resolves. When `signal` aborts, the wire has
 * stopped reading: a dialogue that waits for a command ends by itself with `stopped`.
 */
export type Serve = (wire: Wire, signal: AbortSignal) => Promise<void>;

export interface ListenerSettings {
  /** As the config calls it: "pop3s". */
  readonly name: string;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Null: in clear at first. Otherwise TLS from the first octet (RFC 8314). */
  readonly implicitTls: ServerCertificate | null;
  readonly maxConnections: number;
  /** From one IPv4 address or one IPv6 /64. */
  readonly maxPerAddress: number;
  /** For reads and blocked writes until the one who serves sets another limit, and for the TLS handshake. */
  readonly idleMilliseconds: number;
  /** What a connection hears that is one too many, with its CRLF; never said where TLS is implicit. */
  readonly tooMany: string;
  readonly serve: Serve;
  readonly log: Log;
}

/** The listener cannot be opened. The message names it and its address, and says what to do. */
export class ListenTrouble extends Error {
  readonly code: string;
  constructor(code: string, text: string) {
    super(text);
    this.name = "ListenTrouble";
    this.code = code;
  }
}

const handshakeMilliseconds = 30_000;

export class Listener implements AsyncDisposable {
  readonly #settings: ListenerSettings;
  readonly #server: Server;
  readonly #stopping = new AbortController();
  readonly #sessions = new Map<Wire, Promise<void>>();
  readonly #perAddress = new Map<string, number>();

  private constructor(settings: ListenerSettings) {
    this.#settings = settings;
    // Half-open, so that a peer that says all it has to say and shuts its side still gets its answers.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Binds and begins to serve. Throws ListenTrouble. */
  static async open(settings: ListenerSettings): Promise<Listener> {
    const listener = new Listener(settings);
    await listener.#listen();
    return listener;
  }

  /** Where it really listens. */
  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === "object" ? address.port : 0;
  }
  get host(): string {
    const address = this.#server.address();
    return address !== null && typeof address === "object" ? address.address : this.#settings.host;
  }
  /** How many connections are open. */
  get connections(): number {
    return this.#sessions.size;
  }

  /** Accepts no more, lets every session end what it is at, and cuts those that take longer. */
  async close(milliseconds = 5000): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#stopping.abort();
    for (const wire of this.#sessions.keys()) wire.stopReading();
    const cut = setTimeout(() => {
      for (const wire of this.#sessions.keys()) wire.destroy();
    }, milliseconds);
    // A session that does not notice that its connection is gone must not keep the program from ending.
    let giveUp: NodeJS.Timeout | undefined;
    const bound = new Promise<void>((resolve) => {
      giveUp = setTimeout(resolve, milliseconds + 1000);
    });
    await Promise.race([Promise.allSettled(this.#sessions.values()), bound]);
    clearTimeout(cut);
    clearTimeout(giveUp);
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #listen(): Promise<void> {
    const { host, port } = this.#settings;
    await new Promise<void>((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException): void => reject(listenTrouble(error, this.#settings));
      this.#server.once("error", failed);
      this.#server.listen({ host, port, backlog: 1024 }, () => {
        this.#server.off("error", failed);
        // Running out of file descriptors is reported here; the listener goes on when there are some again.
        this.#server.on("error", (error) =>
          this.#settings.log.error({ error: error.message }, "cannot accept"),
        );
        resolve();
      });
    });
  }

  #accept(socket: Socket): void {
    const { log, name, tooMany, implicitTls } = this.#settings;
    const group = addressGroup(socket.remoteAddress ?? "");
    const fromHere = this.#perAddress.get(group) ?? 0;
    if (this.#sessions.size >= this.#settings.maxConnections || fromHere >= this.#settings.maxPerAddress) {
      log.warn({ listener: name, peer: socket.remoteAddress }, "too many connections");
      socket.on("error", () => socket.destroy());
      socket.end(implicitTls ? "" : tooMany, () => socket.destroy());
      return;
    }
    this.#perAddress.set(group, fromHere + 1);
    const wire = new Wire(socket, implicitTls ? handshakeMilliseconds : this.#settings.idleMilliseconds);
    const session = this.#run(wire).finally(() => {
      this.#sessions.delete(wire);
      const left = (this.#perAddress.get(group) ?? 1) - 1;
      if (left > 0) this.#perAddress.set(group, left);
      else this.#perAddress.delete(group);
    });
    this.#sessions.set(wire, session);
  }

  /** Never rejects: what happens to one connection is no business of the others. */
  async #run(wire: Wire): Promise<void> {
    const { implicitTls, idleMilliseconds, log, name, serve } = this.#settings;
    try {
      if (implicitTls) {
        await wire.startTlsServer(implicitTls.context);
        wire.idleMilliseconds = idleMilliseconds;
      }
      await serve(wire, this.#stopping.signal);
    } catch (error) {
      const context = { listener: name, peer: wire.peerAddress };
      if (error instanceof WireClosed) log.debug({ ...context, end: error.reason }, "connection ended");
      else if (implicitTls && !wire.isSecure)
        log.info({ ...context, error: textOf(error) }, "TLS handshake failed");
      else log.error({ ...context, error }, "session failed");
    } finally {
      await wire.close();
    }
  }
}

/** Why an address could not be bound, in words that say what to do. */
export function listenTrouble(
  error: NodeJS.ErrnoException,
  { name, host, port }: Pick<ListenerSettings, "name" | "host" | "port">,
): ListenTrouble {
  const code = error.code ?? "";
  const where = `listener ${name}: ${host.includes(":") ? `[${host}]` : host}:${port}`;
  const advice = new Map([
    ["EADDRINUSE", "is in use by another program; stop it, or choose another port"],
    [
      "EACCES",
      "needs a privilege (ports below 1024 do); give the program CAP_NET_BIND_SERVICE, or choose another port",
    ],
    ["EADDRNOTAVAIL", "is no address of this machine"],
    ["ENOTFOUND", "is no address that can be found"],
  ]);
  return new ListenTrouble(code, `${where} ${advice.get(code) ?? `cannot be opened: ${error.message}`}`);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
