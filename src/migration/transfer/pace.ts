/**
 * How far one visit may go, and when it has to end: it gives way to others, keeps to pauses, hours, bandwidth and room,
 * and lingers for whoever reads. It decides; what is fetched is the visit's business.
 */
import { Alarm } from "#jobs/alarm";
import { CopyingAllowance } from "../limits/copying-allowance.ts";
import type { Migration } from "../migration.ts";
import type { Place } from "../old-server/connections.ts";
import type { CarefulStart } from "./careful-start.ts";
import type { Errands } from "./errands.ts";
import type { TransferTools } from "./transfer-tools.ts";

/**
 * So long a person who comes waits for somebody of whom little is left to copy to be finished, where all connections
 * are taken. Milliseconds.
 */
const finishing = 2000;

interface PaceOptions {
  readonly tools: Pick<TransferTools, "clock" | "inForce" | "limits" | "shortage">;
  readonly migration: Migration;
  readonly place: Place;
  readonly careful: CarefulStart;
  readonly isPaused: boolean;
  readonly signal: AbortSignal;
}

export class Pace {
  readonly allowance: CopyingAllowance;
  readonly #options: PaceOptions;
  readonly #alarm: Alarm;
  #isPaused: boolean;
  #fetchingSince = 0;
  #copyingSince: number | null = null;

  constructor(options: PaceOptions) {
    this.#options = options;
    this.#isPaused = options.isPaused;
    this.#alarm = new Alarm(options.tools.clock);
    this.allowance = new CopyingAllowance(options.tools.inForce, options.migration, options.tools.clock);
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Nothing is fetched any more but what somebody waits for. */
  pause(): void {
    this.#isPaused = true;
    this.wake();
  }

  /** Something has changed for whoever lingers. */
  wake(): void {
    this.#alarm.wake();
  }

  /** Fetching begins now. */
  begin(): void {
    this.#fetchingSince = this.#options.tools.clock.now();
  }

  /** Whether the visit has to end at the next message boundary. */
  get mustEnd(): boolean {
    const { tools, signal, place } = this.#options;
    if (signal.aborted || place.mustYield) return true;
    const now = tools.clock.now();
    if (now - this.#fetchingSince > tools.limits.longestVisit) return true;
    if (this.#copyingSince === null) return false;
    const copying = now - this.#copyingSince;
    if (place.purpose === "prompt" && copying > finishing && place.isNeeded) return true;
    const isSliceOver = copying > tools.limits.slice;
    return isSliceOver && (place.isContended || place.isNeeded);
  }

  /**
   * What may be fetched: more than what somebody waits for where there is room, a copier's place, and no pause; more
   * than new mail where the limits allow it. What is little is taken on the place of somebody who logged in, too: to
   * come again for it would cost the old server, and everybody who waits, more.
   */
  reach(errands: Errands): "all" | "news" | "urgent" {
    const { tools, place } = this.#options;
    if (!this.#mayCopy) return "urgent";
    if (!place.becomeBackground() && !(errands.isLittle && place.mayFinish())) return "urgent";
    this.#copyingSince ??= tools.clock.now();
    if (this.allowance.hold === null) return "all";
    return errands.hasNews ? "news" : "urgent";
  }

  #lacksOnlyPlace(errands: Errands): boolean {
    return errands.isLittle && this.#mayCopy && this.allowance.hold === null;
  }

  get #mayCopy(): boolean {
    const { tools, careful } = this.#options;
    return !this.#isPaused && tools.shortage() === null && careful.allows !== "none";
  }

  /**
   * Waits with an idle session for the next message that somebody reads, for a copier's place, or for its octets.
   * @returns whether there is something to fetch again
   */
  async linger(errands: Errands): Promise<boolean> {
    const { tools, signal, place } = this.#options;
    const { linger, slice } = tools.limits;
    const isSoon = this.allowance.hold?.reason === null;
    const began = tools.clock.now();
    const until = began + (isSoon ? Math.max(linger, slice) : linger);
    const patience = began + (this.#lacksOnlyPlace(errands) ? finishing : 0);
    using _ = place.watch(() => this.wake());
    while (!signal.aborted && tools.clock.now() < until) {
      if (errands.urgent > 0 || this.reach(errands) !== "urgent") return true;
      if (place.isNeeded && tools.clock.now() >= patience) return false;
      const again = this.allowance.hold?.until ?? Number.POSITIVE_INFINITY;
      const look = place.isNeeded ? patience : tools.clock.now() + 1000;
      await this.#alarm.sleep(Math.min(until, again, look), signal);
    }
    return false;
  }
}
