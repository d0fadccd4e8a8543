/** Logging in on an old server that may bear fewer connections than we open: turned away, we wait for one of ours. */
import type { Clock } from "#jobs/clock";
import type { Place } from "./connections.ts";
import type { Verdict } from "./old-server.ts";

/** A server counts an ended connection for a moment longer. Milliseconds. */
const pause = 500;

/**
 * Asks for a verdict from this place until the old server has room to give one.
 * @param whileWaiting gives up waiting for room
 * @returns null when that came first
 */
export async function loginFrom(
  place: Place,
  ask: () => Promise<Verdict>,
  clock: Clock,
  whileWaiting: AbortSignal,
): Promise<Verdict | null> {
  for (let isLast = false; ; ) {
    const verdict = await ask();
    if (verdict.verdict !== "cannot-tell" || verdict.trouble !== "turned-away" || isLast) return verdict;
    const next = await place.turnedAway(whileWaiting);
    if (next === null) return null;
    // No other connection of ours explains it: once more, and then it is trouble.
    isLast = next === "alone";
    await clock.wait(pause, whileWaiting);
    if (whileWaiting.aborted) return null;
  }
}
