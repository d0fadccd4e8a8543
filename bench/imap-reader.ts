import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import type { Endpoint } from "../test/interop/loopback.ts";
import { anna, type ImapAccount } from "./imap-contestant.ts";

/** What a command was answered, and how long that took. */
export interface Timed {
  readonly milliseconds: number;
  readonly text: string;
}

/** Octets of a tagged answer: Dovecot tells all it can with the answer to LOGIN. */
const longest = 2000;

/** An IMAP client that does as little as it can while it waits, so that it measures the other side. */
export class ImapReader implements Disposable {
  readonly socket: Socket;
  #tags = 0;
  #chunks: Buffer[] = [];
  #tail = "";
  #isDone: () => boolean = () => false;
  #settle: (() => void) | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#tail = (this.#tail + chunk.subarray(-longest).toString("latin1")).slice(-longest);
      if (this.#isDone()) this.#settle?.();
    });
    socket.on("close", () => this.#settle?.());
    socket.on("error", () => undefined);
  }

  static async connect(
    endpoint: Endpoint,
    isTls = false,
    localAddress = "127.0.0.1",
    { address, password }: ImapAccount = anna,
  ): Promise<ImapReader> {
    const options = { ...endpoint, localAddress };
    // Node's types know no localAddress under TLS; Node does.
    const underTls: ConnectionOptions = Object.assign({ rejectUnauthorized: false }, options);
    const socket = isTls ? connectTls(underTls) : connect(options);
    const reader = new ImapReader(socket);
    const greeted = reader.until(() => reader.#tail.endsWith("\r\n"));
    await once(socket, isTls ? "secureConnect" : "connect");
    await greeted;
    await reader.command(`LOGIN ${address} "${password}"`);
    return reader;
  }

  /** Sends a command and waits for its answer, which must be OK. */
  async command(text: string): Promise<Timed> {
    const tag = `t${++this.#tags}`;
    const end = new RegExp(`(?:^|\\r\\n)${tag} ([A-Z]+) [^\\r\\n]*\\r\\n$`);
    this.#chunks = [];
    this.#tail = "";
    const began = performance.now();
    this.socket.write(`${tag} ${text}\r\n`, "latin1");
    await this.until(() => this.#tail.includes(`${tag} `) && end.test(this.#tail));
    const milliseconds = performance.now() - began;
    const answer = Buffer.concat(this.#chunks).toString("latin1");
    if (end.exec(this.#tail)?.[1] !== "OK") throw new Error(`${text.slice(0, 80)}: ${this.#tail}`);
    return { milliseconds, text: answer };
  }

  /** Begins to idle; there is no way back. */
  async idle(): Promise<void> {
    this.#tail = "";
    this.socket.write("i IDLE\r\n");
    await this.until(() => this.#tail.startsWith("+ "));
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  async until(isDone: () => boolean): Promise<void> {
    this.#isDone = isDone;
    if (isDone()) return;
    await new Promise<void>((resolve) => {
      this.#settle = resolve;
    });
    if (!isDone()) throw new Error(`the connection was closed after ${this.#tail.slice(-200)}`);
  }
}
