import type { Clock } from "./clock.ts";

/**
 * Sleep for whatever runs by itself: until a time, until somebody calls `wake`, or until the signal aborts.
 * A call of `wake` while nobody sleeps is remembered for the next sleep, so that no news is slept over.
 */
export class Alarm {
  readonly #clock: Clock;
  #woken = false;
  #sleeper: AbortController | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#woken = true;
    this.#sleeper?.abort();
  }

  /** @param until epoch milliseconds; null: until woken */
  async sleep(until: number | null, signal: AbortSignal): Promise<void> {
    if (!this.#woken && !signal.aborted) {
      const sleeper = new AbortController();
      this.#sleeper = sleeper;
      const either = AbortSignal.any([sleeper.signal, signal]);
      const left = until === null ? Number.MAX_SAFE_INTEGER : until - this.#clock.now();
      await this.#clock.wait(left, either);
      this.#sleeper = null;
    }
    this.#woken = false;
  }
}
