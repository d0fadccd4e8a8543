/**
 * Content on its way in (mailbox/content): kept in memory while it is small, in a file of DATA/spool once it is
 * not, and digested as it streams. It relies on `mail/facts`, and promises that a file is synced before anyone is
 * given it. The spool is worth nothing after a restart.
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, open, readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { FactsReader } from "#mail/facts";
import {
  type ContentStage,
  type ContentWriter,
  type StagedBody,
  type StagedContent,
  StoreUnavailable,
} from "#mailbox/content";

/**
 * Octets up to which content stays in memory, and then in the database: one sync per message instead of four.
 * Measured on one SSD at 1/10/50 producers, acknowledged a second in the database and as files: 16 KB
 * 1111/3071/4332 and 408/1386/1940; 60 KB 831/1499/1340 and 198/570/1082; 250 KB 246/400/450 and 213/608/601.
 */
export const inlineLimit = 64 * 1024;
/** Octets gathered before they are written to a file. While they are, as many more may come. */
const gathered = 128 * 1024;

/** Opens the stage on its directory, which is emptied. */
export async function openStage(spool: string): Promise<ContentStage> {
  for (const name of await readdir(spool)) await unlink(join(spool, name));
  return { begin: () => new StageWriter(join(spool, randomBytes(16).toString("hex"))) };
}

class StageWriter implements ContentWriter {
  readonly #path: string;
  readonly #facts = new FactsReader();
  #chunks: Uint8Array[] = [];
  #size = 0;
  #file: FileWriter | null = null;
  #state: "open" | "finished" | "broken" = "open";

  constructor(path: string) {
    this.#path = path;
  }

  get size(): number {
    return this.#size;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#expectOpen();
    this.#facts.write(chunk);
    this.#size += chunk.length;
    if (!this.#file && this.#size <= inlineLimit) this.#chunks.push(new Uint8Array(chunk));
    else await this.#trying(() => this.#toFile(chunk));
  }

  async finish(): Promise<StagedContent> {
    this.#expectOpen();
    const body = await this.#trying(() => this.#close());
    this.#state = "finished";
    const path = this.#path;
    return {
      facts: this.#facts.finish(),
      body,
      async [Symbol.asyncDispose]() {
        if (body.kind === "file") await unlink(path).catch(() => undefined);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === "finished") return;
    this.#state = "broken";
    this.#chunks = [];
    if (!this.#file) return;
    await this.#file.abandon();
    await unlink(this.#path).catch(() => undefined);
  }

  async #toFile(chunk: Uint8Array): Promise<void> {
    if (!this.#file) {
      this.#file = new FileWriter(await open(this.#path, "wx", 0o600));
      for (const kept of this.#chunks) await this.#file.write(kept);
      this.#chunks = [];
    }
    await this.#file.write(chunk);
  }

  async #close(): Promise<StagedBody> {
    if (!this.#file) return { kind: "inline", octets: joined(this.#chunks, this.#size) };
    await this.#file.finish();
    return { kind: "file", path: this.#path };
  }

  #expectOpen(): void {
    if (this.#state === "broken") throw new StoreUnavailable("the content could not be staged");
    if (this.#state === "finished") throw new Error("the content is staged already");
  }

  async #trying<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      this.#state = "broken";
      throw new StoreUnavailable("the content could not be staged", { cause: error });
    }
  }
}

/** A file that is written in large pieces from two buffers: while one is on its way, the other is filled. */
class FileWriter {
  readonly #file: FileHandle;
  #buffer = new Uint8Array(gathered);
  #other: Uint8Array<ArrayBuffer> | null = null;
  #length = 0;
  #underWay: Promise<void> = Promise.resolve();

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** The chunk is copied when this resolves. Throws what the system says of this write or one before. */
  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + this.#buffer.length - this.#length);
      this.#buffer.set(part, this.#length);
      this.#length += part.length;
      at += part.length;
      if (this.#length === this.#buffer.length) await this.#send();
    }
  }

  /** Everything is durable, and the file closed. */
  async finish(): Promise<void> {
    await this.#send();
    await this.#underWay;
    await this.#file.sync();
    await this.#file.close();
  }

  async abandon(): Promise<void> {
    await this.#underWay.catch(() => undefined);
    await this.#file.close().catch(() => undefined);
  }

  async #send(): Promise<void> {
    await this.#underWay;
    const full = this.#buffer;
    this.#underWay = writeAll(this.#file, full.subarray(0, this.#length));
    // It is heard of with the next piece or at the end.
    this.#underWay.catch(() => undefined);
    this.#buffer = this.#other ?? new Uint8Array(gathered);
    this.#other = full;
    this.#length = 0;
  }
}

async function writeAll(file: FileHandle, octets: Uint8Array): Promise<void> {
  for (let written = 0; written < octets.length; ) {
    written += (await file.write(octets, written)).bytesWritten;
  }
}

/** In an array buffer of its own, never a part of a larger one, so that it may travel between threads. */
function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
