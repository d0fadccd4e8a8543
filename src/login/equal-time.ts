/**
 * Refusals take equally long, whoever made them: the password here in a twentieth of a second, a memory at once, the
 * old server in the time that it takes to refuse, which many stretch. Otherwise time would tell guessers who is here,
 * who is there, and who is nobody.
 */
import { setTimeout as wait } from "node:timers/promises";

/** Milliseconds that only go forward, and a wait. */
export interface Stopwatch {
  now(): number;
  wait(milliseconds: number): Promise<void>;
}

export const systemStopwatch: Stopwatch = {
  now: () => performance.now(),
  wait: async (milliseconds) => void (await wait(milliseconds)),
};

const second = 1000;
/** Every refusal takes one of these, or several: what differs by less does not show. Milliseconds. */
const grid = 500;
/** An old server that takes longer is not waited for by others. */
const longest = 5 * second;
/** What an old server took is forgotten after so long. */
const memory = 60 * 60 * second;

export class EqualTime {
  readonly #watch: Stopwatch;
  #slowest = { took: 0, at: Number.NEGATIVE_INFINITY };

  constructor(watch: Stopwatch = systemStopwatch) {
    this.#watch = watch;
  }

  /** A login begins. @returns when, to be handed back */
  begin(): number {
    return this.#watch.now();
  }

  /** An old server has refused a password of a login that began then. */
  learn(began: number): void {
    const at = this.#watch.now();
    const took = Math.min(at - began, longest);
    const isOld = at - this.#slowest.at > memory;
    if (isOld || took >= this.#slowest.took) this.#slowest = { took, at };
  }

  /** Resolves when a refusal of a login that began then may be told. */
  async reached(began: number): Promise<void> {
    const took = this.#watch.now() - began;
    const isOld = this.#watch.now() - this.#slowest.at > memory;
    const equal = Math.max(took, isOld ? 0 : this.#slowest.took);
    const due = (Math.floor(equal / grid) + 1) * grid;
    await this.#watch.wait(due - took);
  }
}
