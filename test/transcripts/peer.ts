import { once } from "node:events";
import type { Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { goodPem } from "../tls/certificates.ts";

/** A client's end of one connection: sends octets as told, and collects the lines that come. */
export class Peer {
  #socket: Socket;
  #pending = "";
  #ended = false;
  #changed: () => void = () => undefined;
  readonly #lines: string[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#attach();
  }

  #attach(): void {
    this.#socket.setNoDelay(true);
    this.#socket.on("data", (chunk) => {
      this.#pending += chunk.toString("latin1");
      // Only CRLF ends a line: what a server sends otherwise is part of one.
      const lines = this.#pending.split("\r\n");
      this.#pending = lines.pop() ?? "";
      this.#lines.push(...lines);
      this.#changed();
    });
    for (const event of ["end", "close", "error"] as const) {
      this.#socket.on(event, () => {
        this.#ended = true;
        this.#changed();
      });
    }
  }

  /** Lines that came and were not taken, and the octets of one that has no end yet. */
  get unread(): readonly string[] {
    return this.#pending === "" ? this.#lines : [...this.#lines, this.#pending];
  }

  /** @param singly every octet by itself, in a segment of its own as far as the system lets us */
  async send(octets: string, singly: boolean): Promise<void> {
    if (!singly) {
      this.#socket.write(octets, "latin1");
      return;
    }
    for (const octet of octets) {
      if (this.#ended) return;
      this.#socket.write(octet, "latin1");
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The next line; null when the server has closed, or when nothing came for as long as a test may wait. */
  async line(): Promise<string | null> {
    const limit = AbortSignal.timeout(5000);
    while (this.#lines.length === 0) {
      if (this.#ended || limit.aborted) return null;
      await this.#change(limit);
    }
    return this.#lines.shift() ?? null;
  }

  /** Whether the server closes the connection. */
  async isClosed(): Promise<boolean> {
    const limit = AbortSignal.timeout(5000);
    while (!this.#ended && !limit.aborted) await this.#change(limit);
    return this.#ended;
  }

  async #change(limit: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#changed = resolve;
      limit.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  async startTls(): Promise<void> {
    this.#socket.removeAllListeners();
    const raw = this.#socket;
    raw.on("error", () => undefined);
    const socket = tlsConnect({ socket: raw, ca: goodPem, servername: "localhost" });
    try {
      await once(socket, "secureConnect");
    } finally {
      this.#socket = socket;
      this.#attach();
    }
  }

  shut(): void {
    this.#socket.end();
  }

  drop(): void {
    this.#socket.destroy();
  }
}
