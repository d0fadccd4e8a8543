/** Counting failures, so that guessing gets slow while good work never notices. */
import { isIPv6 } from "node:net";

export interface FailureLimit {
  /** So many failures within the window, and the key is blocked until the oldest of them is out of it. */
  readonly failures: number;
  readonly windowMilliseconds: number;
  /** Most keys remembered; the one whose last failure is longest ago goes first. */
  readonly capacity: number;
}

/** Failures per key in a sliding window. Memory is bounded by capacity × failures. */
export class FailureCounter {
  readonly #limit: FailureLimit;
  readonly #clock: () => number;
  /** Times of the latest failures, oldest first; keys in the order of their last failure. */
  readonly #failures = new Map<string, readonly number[]>();

  /** @param clock epoch milliseconds */
  constructor(limit: FailureLimit, clock: () => number) {
    this.#limit = limit;
    this.#clock = clock;
  }

  get keys(): number {
    return this.#failures.size;
  }

  /** For how many milliseconds the key is still blocked; 0: it is not. */
  blockedFor(key: string): number {
    const times = this.#recent(key);
    const decisive = times.at(-this.#limit.failures);
    return decisive === undefined ? 0 : decisive + this.#limit.windowMilliseconds - this.#clock();
  }

  /** How many failures of the key are in the window; never more than block it. */
  count(key: string): number {
    return this.#recent(key).length;
  }

  isBlocked(key: string): boolean {
    return this.blockedFor(key) > 0;
  }

  fail(key: string): void {
    const times = [...this.#recent(key), this.#clock()].slice(-this.#limit.failures);
    this.#failures.delete(key);
    this.#failures.set(key, times);
    if (this.#failures.size > this.#limit.capacity) {
      const oldest = this.#failures.keys().next();
      if (!oldest.done) this.#failures.delete(oldest.value);
    }
  }

  /** The key has shown that it is trusted after all. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  #recent(key: string): readonly number[] {
    const start = this.#clock() - this.#limit.windowMilliseconds;
    const times = this.#failures.get(key)?.filter((time) => time > start) ?? [];
    if (times.length === 0) this.#failures.delete(key);
    return times;
  }
}

/**
 * What one person can have many of: an IPv4 address counts by itself, IPv6 addresses by their /64, because
 * that is what one connection to the Internet gets (RFC 6177).
 */
export function addressGroup(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  if (!isIPv6(plain)) return plain;
  const [head = "", tail] = plain.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
  const prefix = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(":")}::/64`;
}
