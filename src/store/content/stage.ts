/**
 * Content on its way in (mailbox/content): kept in memory while it is small, in a file of DATA/spool once it is
 * not, and digested: at its end, or beside its writing (`large-content`). It relies on `mail/facts`, and promises that
 * a file is synced before anyone is given it. The spool is worth nothing after a restart.
 */
import { randomBytes } from "node:crypto";
import { readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { factsOf } from "#mail/facts";
import {
  type ContentStage,
  type ContentWriter,
  type StagedContent,
  StoreUnavailable,
} from "#mailbox/content";
import { LargeContent, type LargeFile } from "./large-content.ts";

/**
 * Octets up to which content stays in memory, and then in the database: one sync per message instead of four.
 * Measured on one SSD at 1/10/50 producers, acknowledged a second in the database and as files: 16 KB
 * 1111/3071/4332 and 408/1386/1940; 60 KB 831/1499/1340 and 198/570/1082; 250 KB 246/400/450 and 213/608/601.
 */
export const inlineLimit = 64 * 1024;
/** Opens the stage on its directory, which is emptied. */
export async function openStage(spool: string): Promise<ContentStage & AsyncDisposable> {
  for (const name of await readdir(spool)) await unlink(join(spool, name));
  const large = new LargeContent();
  return {
    begin: () => new StageWriter(join(spool, randomBytes(16).toString("hex")), large),
    [Symbol.asyncDispose]: () => large[Symbol.asyncDispose](),
  };
}

class StageWriter implements ContentWriter {
  readonly #path: string;
  readonly #large: LargeContent;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #file: LargeFile | null = null;
  #state: "open" | "finished" | "broken" = "open";

  constructor(path: string, large: LargeContent) {
    this.#path = path;
    this.#large = large;
  }

  get size(): number {
    return this.#size;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#expectOpen();
    this.#size += chunk.length;
    if (!this.#file && this.#size <= inlineLimit) this.#chunks.push(new Uint8Array(chunk));
    else await this.#trying(() => this.#toFile(chunk));
  }

  async finish(): Promise<StagedContent> {
    this.#expectOpen();
    const { facts, body } = await this.#trying(() => this.#close());
    this.#state = "finished";
    const path = this.#path;
    return {
      facts,
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
      this.#file = await this.#large.create(this.#path);
      for (const kept of this.#chunks) await this.#file.write(kept);
      this.#chunks = [];
    }
    await this.#file.write(chunk);
  }

  async #close(): Promise<Pick<StagedContent, "facts" | "body">> {
    if (!this.#file) {
      const octets = joined(this.#chunks, this.#size);
      return { facts: factsOf(octets), body: { kind: "inline", octets } };
    }
    const facts = await this.#file.finish();
    return { facts, body: { kind: "file", path: this.#path } };
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
