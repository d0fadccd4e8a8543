/**
 * How many connections an old server has to bear. Half of them is kept free for people who wait (first
 * logins, and reading what is not copied yet); copying and sweeping share the other half.
 */
import type { OldServerAddress } from "./old-server.ts";

/** prompt: somebody waits. background: copying and sweeping. */
export type Purpose = "prompt" | "background";

/** The right to one connection, until it is disposed of. */
export interface Place extends Disposable {
  readonly purpose: Purpose;
  /** Somebody who waits finds no free place: an idle connection should go. */
  readonly isNeeded: boolean;
  /** Another mailbox waits for its turn at copying or sweeping. */
  readonly isContended: boolean;
  /** Nothing is kept free (a limit of one): a copier must let somebody who waits go first. */
  readonly mustYield: boolean;
  /** Nobody waits any more and copying goes on: true when a background place is free for it. */
  becomeBackground(): boolean;
}

interface Waiter {
  readonly purpose: Purpose;
  readonly grant: () => void;
}

/** The places at one old server. */
export class ConnectionBudget {
  readonly #total: number;
  readonly #forBackground: number;
  readonly #taken: Record<Purpose, number> = { prompt: 0, background: 0 };
  readonly #waiting = new Set<Waiter>();

  /** @param total connections at once, at least 1 */
  constructor(total: number) {
    this.#total = total;
    this.#forBackground = Math.max(1, Math.floor(total / 2));
  }

  /** Waits for a place, first come first served within a purpose; null when the signal aborts first. */
  async take(purpose: Purpose, signal: AbortSignal): Promise<Place | null> {
    if (signal.aborted) return null;
    if (this.#isFree(purpose) && !this.#isWaiting(purpose)) return this.#place(purpose);
    const { promise, resolve } = Promise.withResolvers<Place | null>();
    const waiter: Waiter = { purpose, grant: () => resolve(this.#place(purpose)) };
    const giveUp = (): void => {
      if (this.#waiting.delete(waiter)) resolve(null);
    };
    this.#waiting.add(waiter);
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  #isFree(purpose: Purpose): boolean {
    const { prompt, background } = this.#taken;
    if (prompt + background >= this.#total) return false;
    return purpose === "prompt" || background < this.#forBackground;
  }

  #isWaiting(purpose: Purpose): boolean {
    for (const waiter of this.#waiting) if (waiter.purpose === purpose) return true;
    return false;
  }

  #place(purpose: Purpose): Place {
    const taken = this.#taken;
    const isWaiting = (wanted: Purpose): boolean => this.#isWaiting(wanted);
    const nothingKeptFree = this.#forBackground >= this.#total;
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
    let now = purpose;
    let isGivenBack = false;
    taken[purpose]++;
    return {
      get purpose() {
        return now;
      },
      get isNeeded() {
        return isWaiting("prompt");
      },
      get isContended() {
        return isWaiting("background");
      },
      get mustYield() {
        return nothingKeptFree && now === "background" && isWaiting("prompt");
      },
      becomeBackground() {
        if (now === "prompt" && demote()) now = "background";
        return now === "background";
      },
      [Symbol.dispose]() {
        if (isGivenBack) return;
        isGivenBack = true;
        give(now);
      },
    };
  }

  #grant(): void {
    for (const purpose of ["prompt", "background"] as const) {
      for (const waiter of this.#waiting) {
        if (waiter.purpose !== purpose) continue;
        if (!this.#isFree(purpose)) break;
        this.#waiting.delete(waiter);
        waiter.grant();
      }
    }
  }
}

/** One budget for each old server, by host and port. */
export class ConnectionBudgets {
  readonly #total: number;
  readonly #budgets = new Map<string, ConnectionBudget>();

  constructor(total: number) {
    this.#total = total;
  }

  of(server: Pick<OldServerAddress, "host" | "port">): ConnectionBudget {
    const key = serverKey(server);
    const budget = this.#budgets.get(key) ?? new ConnectionBudget(this.#total);
    this.#budgets.set(key, budget);
    return budget;
  }
}

/** By what an old server is told from another. */
export function serverKey({ host, port }: Pick<OldServerAddress, "host" | "port">): string {
  return `${host}:${port}`;
}
