/** How often somebody may ask: so much at once, and so much a second from then on. */

export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
  /** Most keys remembered; whoever asked longest ago is forgotten first. */
  readonly capacity: number;
}

/** Requests per key. Memory is bounded by the capacity. */
export class RequestRate {
  readonly #rate: Rate;
  readonly #now: () => number;
  readonly #left = new Map<string, { readonly left: number; readonly at: number }>();

  /** @param now epoch milliseconds */
  constructor(rate: Rate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Counts a request. @returns 0 when it may go on, otherwise the seconds after which one may */
  take(key: string): number {
    const { burst, perSecond, capacity } = this.#rate;
    const at = this.#now();
    const before = this.#left.get(key) ?? { left: burst, at };
    const left = Math.min(burst, before.left + (Math.max(0, at - before.at) / 1000) * perSecond);
    this.#left.delete(key);
    this.#left.set(key, { left: left >= 1 ? left - 1 : left, at });
    if (this.#left.size > capacity) this.#left.delete(this.#left.keys().next().value ?? "");
    return left >= 1 ? 0 : Math.max(1, Math.ceil((1 - left) / perSecond));
  }
}
