import type { Clock } from "#jobs/clock";

interface Waiting {
  readonly at: number;
  readonly over: () => void;
}

/** The machine's clock, which a test may put forward: waits that are over then end at once, in their order. */
export class ForwardClock implements Clock {
  #ahead = 0;
  readonly #waiting = new Set<Waiting>();

  now(): number {
    return Date.now() + this.#ahead;
  }

  async wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (milliseconds <= 0 || signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const waiting: Waiting = { at: this.now() + milliseconds, over: () => over() };
      const timer = setTimeout(waiting.over, Math.min(milliseconds, 2 ** 31 - 1));
      const over = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", over);
        this.#waiting.delete(waiting);
        resolve();
      };
      this.#waiting.add(waiting);
      signal?.addEventListener("abort", over, { once: true });
    });
  }

  /** Puts it forward by so many milliseconds. */
  forward(milliseconds: number): void {
    this.#ahead += milliseconds;
    const over = [...this.#waiting].filter(({ at }) => at <= this.now()).sort((a, b) => a.at - b.at);
    for (const waiting of over) waiting.over();
  }
}
