/**
 * Large content on its way into files: octets are gathered in large buffers, and a thread of its own writes and
 * digests them (see `digester`). It promises that a file is synced once its facts are told.
 */
import { once } from "node:events";
import { type FileHandle, open } from "node:fs/promises";
import type { MessageFacts } from "#mail/facts";
import { startThread, type Thread } from "../sqlite/thread.ts";
import type { FromDigester, ToDigester } from "./digester.ts";

/** Octets gathered before they are handed over. */
const gathered = 128 * 1024;
/** Buffers of one file that are being written, while another one is filled. */
const mostUnderWay = 2;
/** Empty buffers that are kept for whoever comes next. */
const mostSpare = 16;

/** The thread, and the buffers that go to it and come back. */
export class LargeContent implements AsyncDisposable {
  readonly #files = new Map<number, LargeFile>();
  readonly #spare: ArrayBuffer[] = [];
  /** Started when it is first needed. */
  #thread: Thread | null = null;
  #lastFile = 0;

  /** Creates a file that is not there yet. Throws what the system says. */
  async create(path: string): Promise<LargeFile> {
    const handle = await open(path, "wx", 0o600);
    const number = ++this.#lastFile;
    const file = new LargeFile(handle, {
      number,
      spare: () => this.#spare.pop() ?? new ArrayBuffer(gathered),
      send: (message, transfer = []) => this.#port.postMessage(message, transfer),
      ended: () => this.#files.delete(number),
    });
    this.#files.set(number, file);
    return file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#thread) return;
    const { port, worker } = this.#thread;
    const ended = once(worker, "exit");
    port.postMessage({ kind: "close" } satisfies ToDigester);
    await ended;
  }

  get #port(): Thread["port"] {
    this.#thread ??= this.#start();
    return this.#thread.port;
  }

  #start(): Thread {
    const thread = startThread("../content/digester", {});
    const end = (error: Error): void => {
      if (this.#thread !== thread) return;
      this.#thread = null;
      for (const file of this.#files.values()) file.lose(error);
    };
    thread.worker.on("error", end);
    thread.port.on("close", () => end(new Error("the digesting thread ended")));
    thread.port.on("message", (message: FromDigester) => this.#hear(message));
    // Whoever waits for it is kept alive by what brought the octets.
    thread.worker.unref();
    thread.port.unref();
    return thread;
  }

  #hear(message: FromDigester): void {
    const file = this.#files.get(message.file);
    if (message.kind === "facts") file?.digested(message.facts);
    else {
      if (this.#spare.length < mostSpare) this.#spare.push(message.buffer);
      file?.written(message.trouble);
    }
  }
}

interface LargeFileOptions {
  readonly number: number;
  readonly spare: () => ArrayBuffer;
  readonly send: (message: ToDigester, transfer?: ArrayBuffer[]) => void;
  /** Nothing more is to be heard of it. */
  readonly ended: () => void;
}

/** One file that is being written. */
export class LargeFile {
  readonly #handle: FileHandle;
  readonly #options: LargeFileOptions;
  readonly #facts = Promise.withResolvers<MessageFacts>();
  #buffer: Uint8Array<ArrayBuffer> | null = null;
  #length = 0;
  #underWay = 0;
  #failure: Error | null = null;
  /** Resolved whenever a buffer was written. */
  #room = Promise.withResolvers<void>();

  constructor(handle: FileHandle, options: LargeFileOptions) {
    this.#handle = handle;
    this.#options = options;
    // Nobody may be waiting for them when they fail.
    this.#facts.promise.catch(() => undefined);
  }

  /** The chunk is copied when this resolves. Throws what the system says of these octets or some before. */
  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      this.#buffer ??= new Uint8Array(this.#options.spare());
      const part = chunk.subarray(at, at + this.#buffer.length - this.#length);
      this.#buffer.set(part, this.#length);
      this.#length += part.length;
      at += part.length;
      if (this.#length === this.#buffer.length) await this.#send();
    }
  }

  /** Everything is durable, and the file closed. */
  async finish(): Promise<MessageFacts> {
    await this.#send();
    this.#options.send({ kind: "finish", file: this.#options.number });
    const facts = await this.#facts.promise;
    this.#options.ended();
    await this.#handle.sync();
    await this.#handle.close();
    return facts;
  }

  /** It will never be whole: closed once nobody writes to it any more. */
  async abandon(): Promise<void> {
    while (this.#underWay > 0) await this.#room.promise;
    if (!this.#failure) this.#options.send({ kind: "forget", file: this.#options.number });
    this.#options.ended();
    await this.#handle.close().catch(() => undefined);
  }

  written(trouble: string | null): void {
    this.#underWay--;
    if (trouble !== null) this.#fail(new Error(trouble));
    this.#wake();
  }

  /** Nobody writes to it any more. */
  lose(error: Error): void {
    this.#underWay = 0;
    this.#fail(error);
    this.#wake();
  }

  digested(facts: MessageFacts): void {
    this.#facts.resolve(facts);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#facts.reject(error);
  }

  #wake(): void {
    this.#room.resolve();
    this.#room = Promise.withResolvers();
  }

  async #send(): Promise<void> {
    while (this.#underWay >= mostUnderWay && !this.#failure) await this.#room.promise;
    if (this.#failure) throw this.#failure;
    const { buffer } = this.#buffer ?? {};
    if (!buffer) return;
    const [length, descriptor] = [this.#length, this.#handle.fd];
    this.#buffer = null;
    this.#length = 0;
    this.#underWay++;
    const file = this.#options.number;
    this.#options.send({ kind: "octets", file, descriptor, buffer, length }, [buffer]);
  }
}
