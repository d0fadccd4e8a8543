/**
 * What mail did, minute by minute, for the last day: for whoever looks now. It is kept in memory and begins anew with
 * the program; what has to last is in the metrics' counters, which somebody scrapes, and in the log.
 */

/** received: messages. The others are recipients: put into a mailbox here, piped, relayed, refused at RCPT. */
export const flowKinds = ["received", "delivered", "piped", "relayed", "refused"] as const;
export type FlowKind = (typeof flowKinds)[number];
export type FlowCounts = Readonly<Record<FlowKind, number>>;

/** One span of time. */
export interface FlowSpan extends FlowCounts {
  /** When it began, epoch milliseconds. */
  readonly from: number;
}

const minute = 60_000;
/** Minutes that are kept: a day. */
const most = 24 * 60;

export class MailFlow {
  readonly #now: () => number;
  /** By number of the minute, ascending. */
  readonly #minutes = new Map<number, Record<FlowKind, number>>();
  /** When it began to count, epoch milliseconds. */
  readonly since: number;

  constructor(now: () => number) {
    this.#now = now;
    this.since = now();
  }

  note(kind: FlowKind, count = 1): void {
    const at = Math.floor(this.#now() / minute);
    let counts = this.#minutes.get(at);
    if (!counts) {
      counts = { ...nothing };
      this.#minutes.set(at, counts);
      for (const old of this.#minutes.keys()) {
        if (old > at - most) break;
        this.#minutes.delete(old);
      }
    }
    counts[kind] += count;
  }

  /**
   * The last spans, the oldest first; the last one is the one that goes on.
   * @param spans how many, each of so many `minutes`; a day at most
   */
  series(spans: number, minutes: number): readonly FlowSpan[] {
    const last = Math.floor(this.#now() / minute / minutes);
    return Array.from({ length: spans }, (_, at) => {
      const span = last - spans + 1 + at;
      const counts = { ...nothing };
      for (let one = span * minutes; one < (span + 1) * minutes; one++) {
        const found = this.#minutes.get(one);
        if (found) for (const kind of flowKinds) counts[kind] += found[kind];
      }
      return { from: span * minutes * minute, ...counts };
    });
  }
}

const nothing: FlowCounts = { received: 0, delivered: 0, piped: 0, relayed: 0, refused: 0 };
