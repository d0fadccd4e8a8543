/**
 * What has changed, as topics and without any data: whoever looks at a topic asks the API again. It relies on being
 * told of every commit, and promises that nobody who reads on from where they were misses a topic: who was away for
 * too long, or is from an earlier start of the server, is told to ask for everything.
 */
import type { Random } from "../access/secret.ts";

/** Something that happened at once, with its place in the order of this start. */
export interface LiveEvent {
  readonly number: number;
  /** Null: everything may have changed. */
  readonly topics: ReadonlySet<string> | null;
}

/**
 * The topics of what was touched, such as `domains`, `domain:NAME`, `migration:NAME`, `mailbox:ADDRESS`, `queue`,
 * `log`; null: all.
 */
export type TopicsOf = (touches: ReadonlySet<string>) => ReadonlySet<string> | null;

/** So no topic is told more than four times a second. Milliseconds. */
const gathering = 250;
/** Events that are kept for those who were away. */
const kept = 1000;
/** Topics of one event; beyond that everything has changed. */
const mostTopics = 500;

/** What goes on beside the domains: each request notes when a session was last used. */
const aside: ReadonlySet<string> = new Set(["administrators", "log", "queue"]);

export class LiveEvents implements AsyncDisposable {
  readonly #topicsFrom: TopicsOf;
  /** Names this start of the server. */
  readonly epoch: string;
  readonly #events: LiveEvent[] = [];
  readonly #listeners = new Set<() => void>();
  #touched = new Set<string>();
  #last = 0;
  #touches = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(topicsOf: TopicsOf, random: Random) {
    this.#topicsFrom = topicsOf;
    this.epoch = Buffer.from(random(6)).toString("hex");
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The number of the last event. */
  get last(): number {
    return this.#last;
  }

  /** Grows with every commit that touched domains, mailboxes or moves. */
  get touches(): number {
    return this.#touches;
  }

  /** Something was committed that touched these. */
  touch(touches: readonly string[]): void {
    if (this.#isClosed || touches.length === 0) return;
    if (touches.some((one) => !aside.has(one))) this.#touches++;
    for (const one of touches) this.#touched.add(one);
    this.#timer ??= setTimeout(() => this.#tell(), gathering);
  }

  /** Events after a number; null when they are not all known any more. */
  since(number: number): readonly LiveEvent[] | null {
    if (number > this.#last || this.#last - number > this.#events.length) return null;
    return number === this.#last ? [] : this.#events.slice(number - this.#last);
  }

  /** Calls back when there is something new, and when it is over. */
  listen(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const listener of [...this.#listeners]) listener();
  }

  #tell(): void {
    this.#timer = undefined;
    const touched = this.#touched;
    this.#touched = new Set();
    const topics = this.#topicsOf(touched);
    if (topics?.size === 0) return;
    this.#events.push({ number: ++this.#last, topics });
    if (this.#events.length > kept) this.#events.shift();
    for (const listener of [...this.#listeners]) listener();
  }

  #topicsOf(touched: ReadonlySet<string>): ReadonlySet<string> | null {
    try {
      const topics = this.#topicsFrom(touched);
      return topics !== null && topics.size > mostTopics ? null : topics;
    } catch {
      // Where it cannot be found out what has changed, anything may have.
      return null;
    }
  }
}
