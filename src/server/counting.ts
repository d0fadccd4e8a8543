/**
 * Figures that are long in the counting, for everybody who looks on: counted once for all of them, and never for more
 * than a small part of the time, whatever changes meanwhile. Whoever asks gets all that was committed until then.
 */
import { setTimeout as wait } from "node:timers/promises";

export interface CountingParts<T> {
  /** Counts for one domain; the number of domains is bounded by who calls. */
  readonly count: (domain: string) => Promise<T>;
  /** Grows with everything that is committed. */
  readonly touches: () => number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Milliseconds: what is not committed anywhere is counted anew so often, or as often as its cost allows. */
const countedEvery = 1000;
/** However many look on, and whatever changes: a count that takes long is at most this part of the time. */
const counting = { long: 5, part: 1 / 25 };

interface Counted<T> {
  readonly begun: number;
  /** How much had been committed by then. */
  readonly touches: number;
  readonly figures: Promise<T>;
  /** From the beginning until the next may begin, milliseconds; null while it goes on. */
  readonly pause: number | null;
}

/** Counts one domain at a time once; a failure is told to everybody who waits for it, and not kept. */
export function countForAll<T>({ count, touches, now }: CountingParts<T>): (domain: string) => Promise<T> {
  const counted = new Map<string, Counted<T>>();
  return async (domain) => {
    const asked = { at: now(), touches: touches() };
    for (let known = counted.get(domain); known; known = counted.get(domain)) {
      // Nobody waits for the pause to end where nothing was committed meanwhile.
      const until = known.begun + Math.max(countedEvery, known.pause ?? 0);
      const isStill = known.touches >= asked.touches && asked.at < until;
      if (isStill || known.begun > asked.at) return await known.figures;
      if (known.pause === null) {
        // How it ends is told to those for whom it was begun.
        await known.figures.catch(() => null);
        continue;
      }
      const pause = known.begun + known.pause - now();
      if (pause <= 0) break;
      await wait(pause);
    }
    const [begun, seen] = [now(), touches()];
    const figures = count(domain);
    const made = { begun, touches: seen, figures };
    counted.set(domain, { ...made, pause: null });
    try {
      await figures;
    } catch (error) {
      counted.delete(domain);
      throw error;
    }
    const cost = now() - begun;
    counted.set(domain, { ...made, pause: cost < counting.long ? 0 : cost / counting.part });
    return await figures;
  };
}
