import { setImmediate } from "node:timers/promises";

/** Milliseconds of work after which others have their turn: nobody who uses the server notices as much. */
const turn = 4;

/** Work that goes on for long gives way now and then. */
export class Turns {
  #began = performance.now();

  /** To be awaited between two small pieces of work. */
  async giveWay(): Promise<void> {
    if (performance.now() - this.#began < turn) return;
    await setImmediate();
    this.#began = performance.now();
  }
}

/** Runs a computation that yields between its pieces, and gives way there. */
export async function inTurns<T>(work: Generator<void, T>): Promise<T> {
  const turns = new Turns();
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    await turns.giveWay();
  }
}

/** The same at once, for what is small. */
export function atOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** One after the other, in the order in which they ask. */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  async run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return await result;
  }
}
