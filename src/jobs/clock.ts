/**
 * What runs by itself runs by this clock and these few tools: `Clock` (time and waiting, handed in so that
 * tests move it), `Alarm` (sleep until a time or until woken) and `backoff`. The room relies on nothing of ours
 * and promises that every wait ends with its signal.
 */

/** Time, and waiting for it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after so many milliseconds, or at once when the signal aborts; never rejects. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Longest delay that Node's timers take; a longer wait is made of several. */
const longestTimer = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async wait(milliseconds, signal) {
    const end = performance.now() + milliseconds;
    for (let left = milliseconds; left > 0 && !signal?.aborted; left = end - performance.now()) {
      await timer(Math.min(left, longestTimer), signal);
    }
  },
};

async function timer(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      clearTimeout(handle);
      signal?.removeEventListener("abort", finish);
      resolve();
    };
    const handle = setTimeout(finish, milliseconds);
    signal?.addEventListener("abort", finish, { once: true });
  });
}
