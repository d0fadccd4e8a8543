/**
 * The limits that hold now: of each old server, by host and port, the strictest that any of its domains' moves
 * has; the hours of copying by domain. They are taken over while transfers run, which ask for them at each message.
 */
import type { Clock } from "#jobs/clock";
import type { Migration } from "../migration.ts";
import { type ConnectionBudgets, serverKey } from "../old-server/connections.ts";
import type { OldServerAddress } from "../old-server/old-server.ts";
import { Bandwidth } from "./bandwidth.ts";
import { type CopyHours, openingText, opensAt, parseCopyHours, type WallClock } from "./copy-hours.ts";
import { noLimits } from "./migration-limits.ts";

/** Why old mail of a domain is not copied now. */
export interface Hold {
  /** When it may go on, epoch milliseconds. */
  readonly until: number;
  /** For people; null where it is a matter of moments. */
  readonly reason: string | null;
}

/** One domain's hours, and what is known of them for the minute that runs. */
interface Hours {
  readonly text: string;
  readonly hours: CopyHours;
  minute: number;
  opens: number;
}

const waitsFor = "waits for ";
const aMinute = 60_000;

/** Whether a transfer's reason is that it is not the hour of copying. */
export function isOutOfHours(reason: string | null): boolean {
  return reason?.startsWith(waitsFor) ?? false;
}

type Strictest = { bandwidth: number | null; connections: number | null };

export class LimitsInForce {
  readonly #budgets: ConnectionBudgets;
  readonly #clock: Pick<Clock, "now">;
  readonly #wall: WallClock;
  readonly #bandwidths = new Map<string, Bandwidth>();
  readonly #hours = new Map<string, Hours>();
  /** When copying of a domain was last held for its hours, epoch milliseconds. */
  readonly #heldAt = new Map<string, number>();

  constructor(budgets: ConnectionBudgets, clock: Pick<Clock, "now">, wall: WallClock) {
    this.#budgets = budgets;
    this.#clock = clock;
    this.#wall = wall;
  }

  /** Takes over what all migrations that are on say now. */
  take(migrations: readonly Pick<Migration, "domain" | "oldServer" | "limits">[]): void {
    const strictest = new Map<string, Strictest>();
    for (const { oldServer, limits } of migrations) {
      const { bandwidth, connections } = limits ?? noLimits;
      const key = serverKey(oldServer);
      const other = strictest.get(key);
      strictest.set(key, {
        bandwidth: stricter(bandwidth, other?.bandwidth ?? null),
        connections: stricter(connections, other?.connections ?? null),
      });
    }
    for (const [key, bandwidth] of this.#bandwidths) bandwidth.limit(strictest.get(key)?.bandwidth ?? null);
    for (const { oldServer } of migrations) {
      const here = strictest.get(serverKey(oldServer));
      this.bandwidth(oldServer).limit(here?.bandwidth ?? null);
      this.#budgets.of(oldServer).limit(here?.connections ?? null);
    }
    this.#takeHours(migrations);
  }

  #takeHours(migrations: readonly Pick<Migration, "domain" | "limits">[]): void {
    const texts = new Map(migrations.map(({ domain, limits }) => [domain, limits?.copyHours ?? null]));
    for (const [domain, { text }] of this.#hours) {
      if (texts.get(domain) !== text) this.#hours.delete(domain);
    }
    for (const [domain, text] of texts) {
      if (text === null || this.#hours.has(domain)) continue;
      const parsed = parseCopyHours(text);
      if (!parsed.ok) throw new Error(parsed.problem.text);
      if (parsed.value) this.#hours.set(domain, { text, hours: parsed.value, minute: -1, opens: 0 });
    }
    for (const domain of texts.keys()) this.outOfHours(domain);
  }

  /** What copying may take of this server's line. */
  bandwidth(server: Pick<OldServerAddress, "host" | "port">): Bandwidth {
    const key = serverKey(server);
    const bandwidth = this.#bandwidths.get(key) ?? new Bandwidth(this.#clock);
    this.#bandwidths.set(key, bandwidth);
    return bandwidth;
  }

  /** What holds at this server, of all moves from it together. */
  at(server: Pick<OldServerAddress, "host" | "port">): { bandwidth: number | null; connections: number } {
    return { bandwidth: this.bandwidth(server).perSecond, connections: this.#budgets.of(server).size };
  }

  /** Why old mail of a domain is not copied now: it is not the hour; null within its hours. */
  outOfHours(domain: string): Hold | null {
    const known = this.#hours.get(domain);
    if (!known) return null;
    const now = this.#clock.now();
    const minute = Math.floor(now / aMinute);
    if (known.minute !== minute) {
      if (known.minute < 0 || known.opens <= now) known.opens = opensAt(known.hours, this.#wall, now);
      known.minute = minute;
    }
    if (known.opens <= now) return null;
    this.#heldAt.set(domain, now);
    return { until: known.opens, reason: `${waitsFor}${openingText(known.opens, now, this.#wall)}` };
  }

  /** When copying of a domain was last held for its hours, epoch milliseconds; 0 where it never was. */
  heldAt(domain: string): number {
    return this.outOfHours(domain) ? this.#clock.now() : (this.#heldAt.get(domain) ?? 0);
  }
}

function stricter(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
