/** What one visit may copy now. What somebody reads, and new mail, only counts; it never asks here. */
import type { Clock } from "#jobs/clock";
import type { Migration } from "../migration.ts";
import type { ListedMessage } from "../old-server/old-server.ts";
import type { Hold, LimitsInForce } from "./limits-in-force.ts";

/** What a message counts for where the old server states no size. */
const assumedSize = 16 * 1024;

export class CopyingAllowance {
  readonly #inForce: LimitsInForce;
  readonly #migration: Migration;
  readonly #clock: Pick<Clock, "now">;
  /** Octets of messages that were asked for, by number. */
  readonly #asked = new Map<number, number>();

  constructor(inForce: LimitsInForce, migration: Migration, clock: Pick<Clock, "now">) {
    this.#inForce = inForce;
    this.#migration = migration;
    this.#clock = clock;
  }

  /** It is not the hour of copying; null within the hours. */
  get outOfHours(): Hold | null {
    return this.#inForce.outOfHours(this.#migration.domain);
  }

  /** Why nothing may be copied now; null: it may. */
  get hold(): Hold | null {
    const outOfHours = this.outOfHours;
    if (outOfHours) return outOfHours;
    const until = this.#bandwidth.readyAt;
    return until > this.#clock.now() ? { until, reason: null } : null;
  }

  /** Whether this message may be asked for now. */
  ask({ number, size }: ListedMessage): boolean {
    const octets = size ?? assumedSize;
    if (this.outOfHours || !this.#bandwidth.ask(octets)) return false;
    this.#asked.set(number, octets);
    return true;
  }

  /** It has come, or will not. */
  whole({ number }: ListedMessage): void {
    const octets = this.#asked.get(number);
    if (octets === undefined) return;
    this.#asked.delete(number);
    this.#bandwidth.whole(octets);
  }

  /** Nothing that was asked for is under way any more. */
  settle(): void {
    for (const octets of this.#asked.values()) this.#bandwidth.whole(octets);
    this.#asked.clear();
  }

  get #bandwidth() {
    return this.#inForce.bandwidth(this.#migration.oldServer);
  }
}
