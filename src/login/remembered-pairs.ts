import { createHmac } from "node:crypto";

export interface RememberedSettings {
  readonly milliseconds: number;
  /** Most pairs kept; the one that was noted or met longest ago goes first. */
  readonly capacity: number;
  /** Whether meeting a pair again starts its time anew. */
  readonly renews: boolean;
}

/** Under which key pairs are kept: of this process alone, so that what is kept says nothing to anybody else. */
export type PairKey = (...parts: readonly (string | Uint8Array)[]) => string;

/** Makes the keyed hash of a list of parts; no two lists share one. */
export function pairKey(secret: Uint8Array): PairKey {
  return (...parts) => {
    const hmac = createHmac("sha256", secret);
    for (const part of parts) {
      const octets = typeof part === "string" ? Buffer.from(part) : part;
      hmac.update(`${octets.length}:`).update(octets);
    }
    return hmac.digest("base64");
  };
}

/** Name and password pairs that were judged lately, known by their keyed hash alone. */
export class RememberedPairs {
  readonly #settings: RememberedSettings;
  readonly #clock: () => number;
  /** When each is forgotten; in that order, because all live equally long. */
  readonly #until = new Map<string, number>();

  /** @param clock epoch milliseconds */
  constructor(settings: RememberedSettings, clock: () => number) {
    this.#settings = settings;
    this.#clock = clock;
  }

  get size(): number {
    return this.#until.size;
  }

  note(key: string): void {
    this.#until.delete(key);
    this.#until.set(key, this.#clock() + this.#settings.milliseconds);
    const oldest = this.#until.keys().next();
    if (this.#until.size > this.#settings.capacity && !oldest.done) this.#until.delete(oldest.value);
  }

  has(key: string): boolean {
    const until = this.#until.get(key);
    if (until === undefined) return false;
    if (until <= this.#clock()) {
      this.#until.delete(key);
      return false;
    }
    if (this.#settings.renews) this.note(key);
    return true;
  }
}
