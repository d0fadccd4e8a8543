import { isOver, type Transfer } from "../migration.ts";

/** A copy that brings nothing for so long is stalled, whatever it waits for. Milliseconds. */
export const stalledAfter = 10 * 60_000;

/**
 * Since when a transfer brings nothing although something is left to bring; null when it moves, or need not.
 * @param progressed when something came last since this program started, or when that was. Epoch milliseconds
 */
export function stalledSince(transfer: Transfer, progressed: number, now: number): number | null {
  const { state, messages, messagesHere, startedAt } = transfer;
  if (messagesHere >= messages || state === "paused" || isOver(transfer)) return null;
  const since = Math.max(progressed, startedAt);
  return now - since >= stalledAfter ? since : null;
}
