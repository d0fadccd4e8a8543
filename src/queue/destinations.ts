/**
 * What is known of the places where mail goes, while the program runs: how many attempts each has under way,
 * and which of them cannot be reached at the moment.
 */
import type { RemoteReply } from "./courier.ts";
import type { Via } from "./queue-store.ts";

export interface DestinationLimits {
  /** Attempts at once, in all and to one destination. */
  readonly total: number;
  readonly perDestination: number;
}

/** Ten at once keep a busy route busy without being a burden to it. */
export const usualLimits: DestinationLimits = { total: 50, perDestination: 10 };

/** Consecutive attempts that found no server, after which a destination is left in peace. */
const failuresToSuspend = 3;
const firstSuspension = 10_000;
const longestSuspension = 60_000;

interface Suspension {
  failures: number;
  until: number;
  reply: RemoteReply;
}

export class Destinations {
  readonly #limits: DestinationLimits;
  readonly #underWay = new Map<string, number>();
  readonly #unreachable = new Map<string, Suspension>();
  #total = 0;

  constructor(limits: DestinationLimits = usualLimits) {
    this.#limits = limits;
  }

  /** Attempts that may still be started. */
  get free(): number {
    return this.#limits.total - this.#total;
  }

  /** Takes a place for an attempt; false when there is none. */
  take(name: string): boolean {
    const underWay = this.#underWay.get(name) ?? 0;
    if (this.free <= 0 || underWay >= this.#limits.perDestination) return false;
    this.#underWay.set(name, underWay + 1);
    this.#total++;
    return true;
  }

  giveBack(name: string): void {
    const underWay = (this.#underWay.get(name) ?? 0) - 1;
    if (underWay > 0) this.#underWay.set(name, underWay);
    else this.#underWay.delete(name);
    this.#total--;
  }

  /** Whether an attempt more would be one too many. */
  isFull(name: string): boolean {
    return (this.#underWay.get(name) ?? 0) >= this.#limits.perDestination;
  }

  /** Those that are full, as the store is asked to leave them out. */
  full(): readonly Via[] {
    const names = [...this.#underWay.keys()].filter((name) => this.isFull(name));
    return names.flatMap((to) => [{ kind: "pipe", to } as const, { kind: "relay", to } as const]);
  }

  /** Why a destination is not even tried at the moment; null when it is. */
  suspended(name: string, now: number): RemoteReply | null {
    const found = this.#unreachable.get(name);
    return found && found.failures >= failuresToSuspend && now < found.until ? found.reply : null;
  }

  /** An attempt found no server. */
  unreached(name: string, reply: RemoteReply, now: number): void {
    const failures = (this.#unreachable.get(name)?.failures ?? 0) + 1;
    const wait = Math.min(
      longestSuspension,
      firstSuspension * 2 ** Math.max(0, failures - failuresToSuspend),
    );
    this.#unreachable.set(name, { failures, until: now + wait, reply });
  }

  /** A server answered. @returns whether none had before, so that what waits for it may go */
  reached(name: string): boolean {
    return this.#unreachable.delete(name);
  }
}
