/**
 * How many connections an old server has to bear. Half of them is kept free for people who wait (first
 * logins, and reading what is not copied yet); copying and sweeping share the other half. A server that bears
 * fewer than we may open shows it by turning one away: then there are as few as it bears, until it is tried
 * again some minutes later.
 */
import type { Clock } from "#jobs/clock";
import type { OldServerAddress } from "./old-server.ts";

/** prompt: somebody waits. background: copying and sweeping. */
export type Purpose = "prompt" | "background";

/** The right to one connection, until it is disposed of. */
export interface Place extends Disposable {
  readonly purpose: Purpose;
  /** Somebody who waits finds no free place, or there are fewer places now: an idle connection should go. */
  readonly isNeeded: boolean;
  /** Another mailbox waits for its turn at copying or sweeping. */
  readonly isContended: boolean;
  /**
   * A copier must go: nothing is kept free (few connections, or one) and somebody waits, or there are fewer places
   * now.
   */
  readonly mustYield: boolean;
  /** Tells whenever others came to wait or places became free, until it is disposed of. */
  watch(told: () => void): Disposable;
  /** Nobody waits any more and copying goes on: true when a background place is free for it. */
  becomeBackground(): boolean;
  /**
   * Nobody waits on this connection any more, and there is little to copy: true when that may be done on it, beside the
   * copiers. A few places stay free of this too: a server that stalls would hold them all.
   */
  mayFinish(): boolean;
  /**
   * The old server turned this connection away. Where others of ours are open, there will be no more than those,
   * and this one waits until it may be tried again as one of them; null when the signal aborts first.
   */
  turnedAway(signal: AbortSignal): Promise<"again" | "alone" | null>;
}

/** As long as no connection was turned away the number goes up again, to twice as many each time. Milliseconds. */
const calm = 5 * 60_000;

interface Waiter {
  readonly purpose: Purpose;
  readonly grant: () => void;
}

const purposes = ["prompt", "background"] as const;

/** The places at one old server. */
export class ConnectionBudget {
  readonly #usual: number;
  readonly #clock: Pick<Clock, "now">;
  readonly #taken: Record<Purpose, number> = { prompt: 0, background: 0 };
  /** Prompt places on which a little is copied. */
  #finishing = 0;
  readonly #waiting = new Set<Waiter>();
  readonly #watching = new Set<() => void>();
  #configured: number;
  #total: number;
  #growsAt = 0;

  /** @param total connections at once, at least 1 */
  constructor(total: number, clock: Pick<Clock, "now">) {
    this.#usual = total;
    this.#configured = total;
    this.#total = total;
    this.#clock = clock;
  }

  /** Connections at once, as far as the old server bears them. */
  get size(): number {
    return this.#configured;
  }

  /** From now on as many, at least 1; null: as at the beginning. Where more are open some end at their next message. */
  limit(connections: number | null): void {
    const wanted = connections ?? this.#usual;
    if (wanted === this.#configured) return;
    const isAll = this.#total === this.#configured;
    this.#configured = wanted;
    this.#total = isAll ? wanted : Math.min(this.#total, wanted);
    this.#grant();
  }

  /** Waits for a place, first come first served within a purpose; null when the signal aborts first. */
  async take(purpose: Purpose, signal: AbortSignal): Promise<Place | null> {
    if (signal.aborted) return null;
    if (this.#total < this.#configured) this.#grow();
    if (this.#isFree(purpose) && !this.#isWaiting(purpose)) this.#taken[purpose]++;
    else if (!(await this.#turn(purpose, signal))) return null;
    return this.#place(purpose);
  }

  /** Waits for its turn, which counts as taken; false when the signal aborts first. */
  async #turn(purpose: Purpose, signal: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiter: Waiter = { purpose, grant: () => resolve(true) };
    const giveUp = (): void => {
      if (this.#waiting.delete(waiter)) resolve(false);
    };
    if (signal.aborted) return false;
    this.#waiting.add(waiter);
    this.#tell();
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  #tell(): void {
    for (const told of this.#watching) told();
  }

  get #forBackground(): number {
    return Math.max(1, Math.floor(this.#total / 2));
  }

  get #alwaysFree(): number {
    return Math.max(1, Math.floor(this.#total / 8));
  }

  #isFree(purpose: Purpose): boolean {
    const { prompt, background } = this.#taken;
    if (prompt + background >= this.#total) return false;
    return purpose === "prompt" || background < this.#forBackground;
  }

  get #isOverfull(): boolean {
    return this.#taken.prompt + this.#taken.background > this.#total;
  }

  #isWaiting(purpose: Purpose): boolean {
    for (const waiter of this.#waiting) if (waiter.purpose === purpose) return true;
    return false;
  }

  #grow(): void {
    const now = this.#clock.now();
    if (now < this.#growsAt) return;
    this.#total = Math.min(this.#configured, this.#total * 2);
    this.#growsAt = now + calm;
    this.#grant();
  }

  /** Gives up what one connection took. @returns how many others there are */
  #turnAway(purpose: Purpose): number {
    this.#taken[purpose]--;
    const others = this.#taken.prompt + this.#taken.background;
    if (others === 0) return others;
    this.#total = Math.min(this.#total, others);
    this.#growsAt = this.#clock.now() + calm;
    return others;
  }

  #place(purpose: Purpose): Place {
    const taken = this.#taken;
    const isOverfull = (): boolean => this.#isOverfull;
    const isWaiting = (wanted: Purpose): boolean => this.#isWaiting(wanted);
    const isNothingKept = (): boolean =>
      this.#forBackground >= this.#total || taken.background > this.#forBackground;
    const demote = (): boolean => {
      if (taken.background >= this.#forBackground) return false;
      taken.prompt--;
      taken.background++;
      return true;
    };
    const give = (back: Purpose): void => {
      taken[back]--;
      this.#grant();
    };
    const turnAway = (): number => this.#turnAway(now);
    const turn = (signal: AbortSignal): Promise<boolean> => this.#turn(now, signal);
    const finish = (): boolean => {
      if (this.#finishing >= this.#total - this.#forBackground - this.#alwaysFree) return false;
      this.#finishing++;
      return true;
    };
    const finished = (): void => {
      if (isFinishing) this.#finishing--;
      isFinishing = false;
    };
    let now = purpose;
    let isFinishing = false;
    let isGivenBack = false;
    const watching = this.#watching;
    return {
      get purpose() {
        return now;
      },
      get isNeeded() {
        return isOverfull() || isWaiting("prompt");
      },
      get isContended() {
        return isWaiting("background");
      },
      get mustYield() {
        return now === "background" && (isOverfull() || (isNothingKept() && isWaiting("prompt")));
      },
      watch(told) {
        watching.add(told);
        return { [Symbol.dispose]: () => void watching.delete(told) };
      },
      becomeBackground() {
        if (now === "prompt" && demote()) now = "background";
        if (now === "background") finished();
        return now === "background";
      },
      mayFinish() {
        isFinishing ||= finish();
        return isFinishing;
      },
      async turnedAway(signal) {
        if (turnAway() === 0) {
          taken[now]++;
          return "alone";
        }
        const isAgain = await turn(signal);
        isGivenBack = !isAgain;
        return isAgain ? "again" : null;
      },
      [Symbol.dispose]() {
        if (isGivenBack) return;
        isGivenBack = true;
        finished();
        give(now);
      },
    };
  }

  #grant(): void {
    for (const purpose of purposes) {
      for (const waiter of this.#waiting) {
        if (waiter.purpose !== purpose) continue;
        if (!this.#isFree(purpose)) break;
        this.#waiting.delete(waiter);
        this.#taken[purpose]++;
        waiter.grant();
      }
    }
    this.#tell();
  }
}

/** One budget for each old server, by host and port. */
export class ConnectionBudgets {
  readonly #total: number;
  readonly #clock: Pick<Clock, "now">;
  readonly #budgets = new Map<string, ConnectionBudget>();

  constructor(total: number, clock: Pick<Clock, "now">) {
    this.#total = total;
    this.#clock = clock;
  }

  of(server: Pick<OldServerAddress, "host" | "port">): ConnectionBudget {
    const key = serverKey(server);
    const budget = this.#budgets.get(key) ?? new ConnectionBudget(this.#total, this.#clock);
    this.#budgets.set(key, budget);
    return budget;
  }
}

/** By what an old server is told from another. */
export function serverKey({ host, port }: Pick<OldServerAddress, "host" | "port">): string {
  return `${host}:${port}`;
}
