import { createHash } from "node:crypto";
import { settledSha256 } from "#mail/settled-hash";
import { type ContentStage, type ContentWriter, StoreUnavailable } from "#mailbox/content";
import type { FetchedContent } from "../ledger.ts";
import type { MessageSink } from "../old-server/old-server.ts";
import { Slab } from "./slab.ts";

/** A whole message that was fetched. Who does not hand its content on disposes of it. */
export interface Fetched extends AsyncDisposable {
  readonly content: FetchedContent;
  readonly size: number;
  /** The octets it begins with: the whole header, unless that is enormous. */
  readonly beginning: Uint8Array;
  /** Octets that it occupies in memory. */
  readonly inMemory: number;
  /** SHA-256 in lower-case hex. Only before the content is handed on, which may take its octets away. */
  sha256(): string;
  /** The same without what mail stores write into messages; null where there is no such thing. Only before, too. */
  settledSha256(): string | null;
}

/** Largest header that is looked at, in octets. */
const longestBeginning = 64 * 1024;
const firstCapacity = 4096;

/**
 * One message on its way: in memory while it is small, through the stage once it is not. A store that cannot
 * take it is noticed at the end, so that the session with the old server stays in step.
 */
export class IncomingMessage implements MessageSink {
  readonly #stage: ContentStage;
  readonly #smallMessage: number;
  readonly #came: () => void;
  #octets: Uint8Array<ArrayBuffer>;
  #size = 0;
  #writer: ContentWriter | null = null;
  #failure: StoreUnavailable | null = null;

  /**
   * @param expected octets according to the listing, a hint
   * @param came told whenever octets came
   * @param slab where the memory for it is taken from
   */
  constructor(
    stage: ContentStage,
    smallMessage: number,
    expected: number,
    came: () => void,
    slab: Slab = new Slab(),
  ) {
    this.#came = came;
    this.#stage = stage;
    this.#smallMessage = smallMessage;
    this.#octets = slab.take(Math.min(expected > 0 ? expected : firstCapacity, smallMessage));
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#came();
    if (this.#failure) return;
    const fits = this.#size + chunk.length <= this.#smallMessage;
    if (!this.#writer && fits) this.#keep(chunk);
    else await this.#write(chunk);
    this.#size += chunk.length;
  }

  /** Whether it is too large to be kept in memory: finishing it takes a sync. */
  get isStaged(): boolean {
    return this.#writer !== null;
  }

  /** The octets that have come of its beginning, whether there will be more or not. Only until it is finished. */
  get beginning(): Uint8Array {
    return this.#octets.subarray(0, Math.min(this.#size, longestBeginning));
  }

  /** The message is whole. Throws StoreUnavailable. */
  async finish(): Promise<Fetched> {
    if (this.#failure) throw this.#failure;
    const size = this.#size;
    if (!this.#writer) {
      const content = size === this.#octets.length ? this.#octets : this.#octets.subarray(0, size);
      return {
        content,
        size,
        beginning: content.subarray(0, longestBeginning),
        inMemory: this.#octets.length,
        sha256: () => createHash("sha256").update(content).digest("hex"),
        settledSha256: () => settledSha256(content),
        [Symbol.asyncDispose]: async () => undefined,
      };
    }
    const staged = await this.#writer.finish();
    return {
      content: staged,
      size,
      beginning: this.#octets,
      inMemory: this.#octets.length,
      sha256: () => staged.facts.sha256,
      settledSha256: () => staged.facts.settledSha256 ?? null,
      [Symbol.asyncDispose]: () => staged[Symbol.asyncDispose](),
    };
  }

  /** It will never be whole. */
  async abandon(): Promise<void> {
    await this.#writer?.[Symbol.asyncDispose]();
    this.#writer = null;
  }

  #keep(chunk: Uint8Array): void {
    const needed = this.#size + chunk.length;
    if (needed > this.#octets.length) {
      const larger = new Uint8Array(Math.min(Math.max(needed, 2 * this.#octets.length), this.#smallMessage));
      larger.set(this.#octets.subarray(0, this.#size));
      this.#octets = larger;
    }
    this.#octets.set(chunk, this.#size);
  }

  async #write(chunk: Uint8Array): Promise<void> {
    try {
      if (!this.#writer) {
        this.#writer = this.#stage.begin();
        const kept = this.#octets.slice(0, this.#size);
        if (kept.length > 0) await this.#writer.write(kept);
        // Of a large message only the beginning stays in memory.
        this.#octets = beginningOf(kept, chunk);
      }
      await this.#writer.write(chunk);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#failure = error;
      await this.abandon();
    }
  }
}

function beginningOf(kept: Uint8Array, chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  const beginning = new Uint8Array(Math.min(kept.length + chunk.length, longestBeginning));
  beginning.set(kept.subarray(0, beginning.length));
  beginning.set(chunk.subarray(0, beginning.length - Math.min(kept.length, beginning.length)), kept.length);
  return beginning;
}
