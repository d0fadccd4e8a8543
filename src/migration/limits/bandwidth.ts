/**
 * What copying may take of one old server's line: octets a second, averaged over about one. Whatever comes from
 * there is counted, and copying alone waits for its turn: after a message that is larger than a second's worth,
 * or after others have read much, it waits until that is paid back.
 */
import type { Clock } from "#jobs/clock";

/** How long nothing has to be taken until as much as ever may come at once. Milliseconds. */
const burst = 1000;
/** Copying that waited goes on when so much of a burst is there again, not octet by octet. */
const shareOfBurst = 1 / 4;

export class Bandwidth {
  readonly #clock: Pick<Clock, "now">;
  #perSecond: number | null = null;
  /** Octets that may come; below 0 what has to be paid back. */
  #left = 0;
  #countedAt: number;
  /** Octets of messages that copying has asked for and that have not come whole. */
  #asked = 0;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
    this.#countedAt = clock.now();
  }

  /** Octets a second; null: no limit. */
  get perSecond(): number | null {
    return this.#perSecond;
  }

  /** From now on; null: no limit. */
  limit(perSecond: number | null): void {
    if (perSecond === this.#perSecond) return;
    this.#count();
    if (perSecond !== null)
      this.#left = this.#perSecond === null ? perSecond : Math.min(this.#left, perSecond);
    this.#perSecond = perSecond;
  }

  /** Octets came from the old server, for whatever purpose. */
  came(octets: number): void {
    this.#count();
    if (this.#perSecond !== null) this.#left -= octets;
  }

  /** A copier asks for a message; false when it has to wait. What it was granted is given back by `whole`. */
  ask(octets: number): boolean {
    this.#count();
    if (this.#perSecond !== null && this.#left - this.#asked <= 0) return false;
    this.#asked += octets;
    return true;
  }

  /** A message that was asked for has come whole, or will not come. */
  whole(octets: number): void {
    this.#asked -= octets;
  }

  /** When copying that has to wait may ask again, epoch milliseconds; not later than now where it need not wait. */
  get readyAt(): number {
    this.#count();
    const now = this.#clock.now();
    if (this.#perSecond === null) return now;
    const wanted = (this.#perSecond * shareOfBurst * burst) / 1000;
    const missing = wanted - (this.#left - this.#asked);
    return missing <= 0 ? now : now + Math.ceil((missing * 1000) / this.#perSecond);
  }

  #count(): void {
    const now = this.#clock.now();
    const passed = Math.max(0, now - this.#countedAt);
    this.#countedAt = now;
    if (this.#perSecond === null) return;
    const most = (this.#perSecond * burst) / 1000;
    this.#left = Math.min(most, this.#left + (this.#perSecond * passed) / 1000);
  }
}
