/** So many at once per key; the others wait for their turn, in order, as long as their signal lets them. */
export class Turns {
  readonly #limit: number;
  readonly #taken = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A turn, to be disposed of when it is over; null when the signal aborted first. */
  async take(key: string, signal: AbortSignal): Promise<Disposable | null> {
    if (signal.aborted) return null;
    const taken = this.#taken.get(key) ?? 0;
    if (taken < this.#limit) {
      this.#taken.set(key, taken + 1);
      return this.#turn(key);
    }
    return await new Promise((resolve) => {
      const waiting = this.#waiting.get(key) ?? [];
      this.#waiting.set(key, waiting);
      const go = (): void => {
        signal.removeEventListener("abort", leave);
        resolve(this.#turn(key));
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(go), 1);
        resolve(null);
      };
      waiting.push(go);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  /** The turn goes to whoever waits longest, or becomes free. */
  #turn(key: string): Disposable {
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (isOver) return;
        isOver = true;
        const next = this.#waiting.get(key)?.shift();
        if (next) return next();
        const taken = (this.#taken.get(key) ?? 1) - 1;
        if (taken > 0) this.#taken.set(key, taken);
        else {
          this.#taken.delete(key);
          this.#waiting.delete(key);
        }
      },
    };
  }
}
