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
/** Octets gathered before they are written to a file. */
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
  #inMemory = 0;
  #size = 0;
  #file: FileHandle | null = null;
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
    if (this.#inMemory + chunk.length > (this.#file ? gathered : inlineLimit)) {
      await this.#trying(() => this.#flush(chunk));
    } else {
      this.#chunks.push(new Uint8Array(chunk));
      this.#inMemory += chunk.length;
    }
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
    const file = this.#file;
    this.#file = null;
    await file.close().catch(() => undefined);
    await unlink(this.#path).catch(() => undefined);
  }

  async #flush(last: Uint8Array): Promise<void> {
    this.#file ??= await open(this.#path, "wx", 0o600);
    const waiting = [...this.#chunks, last];
    this.#chunks = [];
    this.#inMemory = 0;
    for (const octets of waiting.length > 1 ? [Buffer.concat(waiting)] : waiting) {
      for (let written = 0; written < octets.length; ) {
        written += (await this.#file.write(octets, written)).bytesWritten;
      }
    }
  }

  async #close(): Promise<StagedBody> {
    if (!this.#file) return { kind: "inline", octets: joined(this.#chunks, this.#inMemory) };
    if (this.#inMemory > 0) await this.#flush(new Uint8Array(0));
    await this.#file.sync();
    const file = this.#file;
    this.#file = null;
    await file.close();
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
