import { randomBytes } from "node:crypto";

/** Time digits to the year 5188. */
const timeDigits = 9;

/**
 * An id for a queued recipient, never used before or again: it ascends with the time of arrival, goes on with
 * 80 random bits, and is made of digits and lower-case letters alone, so that it is easily typed and fits into
 * a loop mark, with or without an addition after a hyphen (queue/mark-id).
 * @param receivedAt epoch milliseconds
 */
export function newQueueId(receivedAt: number): string {
  const time = Math.max(0, Math.trunc(receivedAt)).toString(36).padStart(timeDigits, "0");
  return time + randomBytes(10).toString("hex");
}

/** The queue-recipient id in the id of a mark, which may say more after a hyphen. */
export function queueIdOfMark(mark: string): string {
  const hyphen = mark.indexOf("-");
  return hyphen === -1 ? mark : mark.slice(0, hyphen);
}
