import type { MessageFacts } from "#mail/facts";
import {
  type ContentStage,
  type ContentWriter,
  type StagedContent,
  StoreUnavailable,
} from "#mailbox/content";

/** A stage in memory that knows what it holds, and can be full. */
export class MemoryStage implements ContentStage {
  /** Octets it takes of one message before it is full. */
  room = Number.POSITIVE_INFINITY;
  /** Writers and contents that were begun and not disposed of. */
  open = 0;
  /** Largest chunk that was ever written. */
  largestChunk = 0;
  /** Octets written in all, those of messages that were given up included. */
  written = 0;
  /** Whether octets are kept; big messages are only counted. */
  keeps = true;

  begin(): ContentWriter {
    this.open++;
    return new MemoryWriter(this);
  }
}

class MemoryWriter implements ContentWriter {
  readonly #stage: MemoryStage;
  readonly #chunks: Buffer[] = [];
  #isOpen = true;
  size = 0;

  constructor(stage: MemoryStage) {
    this.#stage = stage;
  }

  async write(chunk: Uint8Array): Promise<void> {
    await Promise.resolve();
    this.size += chunk.length;
    this.#stage.written += chunk.length;
    this.#stage.largestChunk = Math.max(this.#stage.largestChunk, chunk.length);
    if (this.size > this.#stage.room) throw new StoreUnavailable("the disk is full");
    if (this.#stage.keeps) this.#chunks.push(Buffer.from(chunk));
  }

  async finish(): Promise<StagedContent> {
    this.#isOpen = false;
    const octets = Buffer.concat(this.#chunks);
    const facts = { size: this.size } as MessageFacts;
    const stage = this.#stage;
    let isHeld = true;
    return {
      facts,
      body: { kind: "inline", octets },
      async [Symbol.asyncDispose]() {
        if (isHeld) stage.open--;
        isHeld = false;
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOpen) this.#stage.open--;
    this.#isOpen = false;
  }
}
