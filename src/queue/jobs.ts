import type { Destinations } from "./destinations.ts";
import type { QueuedRecipient, Via } from "./queue-store.ts";

/** What one attempt is about: one message for recipients that leave together. */
export interface Job {
  readonly via: Via;
  /** At least one, all of the same message; of a pipe exactly one, for its mark is made for it. */
  readonly recipients: readonly QueuedRecipient[];
}

/** Puts together what can leave in one transaction, in the order of what is due first. */
export function jobsOf(due: readonly QueuedRecipient[]): readonly Job[] {
  const jobs = new Map<string, QueuedRecipient[]>();
  for (const recipient of due) {
    const { kind, to } = recipient.via;
    const key = kind === "pipe" ? recipient.id : JSON.stringify([recipient.message.id, to]);
    const together = jobs.get(key);
    if (together) together.push(recipient);
    else jobs.set(key, [recipient]);
  }
  return [...jobs.values()].flatMap((recipients) => {
    const [first] = recipients;
    return first ? [{ via: first.via, recipients }] : [];
  });
}

/** Jobs that were read and wait for a place at their destination. */
export class Ready {
  readonly #jobs = new Map<string, Job[]>();
  readonly #known = new Set<string>();

  /** Adds what is due; what is here already is passed over. */
  add(due: readonly QueuedRecipient[]): void {
    const news = due.filter(({ id }) => !this.#known.has(id));
    for (const { id } of news) this.#known.add(id);
    for (const job of jobsOf(news)) {
      const waiting = this.#jobs.get(job.via.to);
      if (waiting) waiting.push(job);
      else this.#jobs.set(job.via.to, [job]);
    }
  }

  /** Recipients. */
  get size(): number {
    return this.#known.size;
  }

  get isEmpty(): boolean {
    return this.#jobs.size === 0;
  }

  has(destination: string): boolean {
    return this.#jobs.has(destination);
  }

  /** The jobs for which there are places, one from each destination in turn; the places are taken with them. */
  take(destinations: Destinations): readonly Job[] {
    const taken: Job[] = [];
    for (let before = -1; taken.length > before; ) {
      before = taken.length;
      for (const [name, waiting] of this.#jobs) {
        const [job] = waiting;
        if (!job || !destinations.take(name)) continue;
        waiting.shift();
        if (waiting.length === 0) this.#jobs.delete(name);
        for (const { id } of job.recipients) this.#known.delete(id);
        taken.push(job);
      }
    }
    return taken;
  }
}
