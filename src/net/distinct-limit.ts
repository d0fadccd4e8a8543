/** Counting different things of one key, such as the recipients that one peer names. */

export interface DistinctLimitSettings {
  /** So many different values of one key within the window. */
  readonly most: number;
  readonly windowMilliseconds: number;
  /** Most keys remembered; the one that was used longest ago goes first. */
  readonly capacity: number;
}

/** A limit of different values per key in a sliding window. Memory is bounded by capacity × most. */
export class DistinctLimit {
  readonly #settings: DistinctLimitSettings;
  readonly #clock: () => number;
  /** When each value was first admitted, oldest first; keys in the order of their last use. */
  readonly #seen = new Map<string, ReadonlyMap<string, number>>();

  /** @param clock epoch milliseconds */
  constructor(settings: DistinctLimitSettings, clock: () => number) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Whether the key may have this value: one that it has already, or one more. It is counted then. */
  admits(key: string, value: string): boolean {
    const start = this.#clock() - this.#settings.windowMilliseconds;
    const recent = new Map([...(this.#seen.get(key) ?? [])].filter(([, since]) => since > start));
    const isAdmitted = recent.has(value) || recent.size < this.#settings.most;
    if (isAdmitted && !recent.has(value)) recent.set(value, this.#clock());
    this.#seen.delete(key);
    this.#seen.set(key, recent);
    if (this.#seen.size > this.#settings.capacity) {
      const oldest = this.#seen.keys().next();
      if (!oldest.done) this.#seen.delete(oldest.value);
    }
    return isAdmitted;
  }
}
