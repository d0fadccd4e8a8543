/** How long to wait after a failure: twice as long each time, within bounds, never two jobs in step. */
export interface BackoffTimes {
  /** Milliseconds after the first failure. */
  readonly first: number;
  /** Milliseconds that are never exceeded. */
  readonly longest: number;
}

/**
 * @param failures consecutive failures so far, from 1
 * @param random a number in [0, 1): the delay is spread over its upper half
 * @returns milliseconds
 */
export function backoff(times: BackoffTimes, failures: number, random: number): number {
  const full = Math.min(times.longest, times.first * 2 ** Math.min(Math.max(failures, 1) - 1, 40));
  return Math.round(full * (0.5 + random / 2));
}
