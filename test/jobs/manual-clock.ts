import type { Clock } from "#jobs/clock";

interface Waiting {
  readonly at: number;
  readonly resolve: () => void;
}

/** A clock that stands still until a test moves it. Waits end in the order of their times. */
export class ManualClock implements Clock {
  #now: number;
  readonly #waiting = new Set<Waiting>();

  constructor(now = Date.UTC(2030, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** How many waits have not ended. */
  get waits(): number {
    return this.#waiting.size;
  }

  async wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (milliseconds <= 0 || signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const entry: Waiting = {
        at: this.#now + milliseconds,
        resolve: () => {
          this.#waiting.delete(entry);
          signal?.removeEventListener("abort", entry.resolve);
          resolve();
        },
      };
      this.#waiting.add(entry);
      signal?.addEventListener("abort", entry.resolve, { once: true });
    });
  }

  /** Moves time on, stopping at each wait that ends so that what it wakes runs at its own time. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      await settle();
      const next = [...this.#waiting].sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.#now = Math.max(this.#now, next.at);
      next.resolve();
    }
    this.#now = end;
    await settle();
  }
}

/** Lets everything that can run without time passing run: promises, and a few turns of the event loop. */
export async function settle(turns = 5): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}
