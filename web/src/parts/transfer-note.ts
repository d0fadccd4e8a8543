import type { TransferView } from "#http/migrations";
import { say } from "../words/domain.ts";
import { time } from "../words/format.ts";

/** What is to be known of a mailbox's move, in a line. */
export function transferNote({
  state,
  reason,
  stalledSince,
  nextTry,
  lastSweep,
  skipped,
  notes,
}: TransferView): string {
  return [
    reason === null ? "" : say.sentence(reason),
    stalledSince === null ? "" : say.stalled(time(stalledSince)),
    state === "waiting" && nextTry !== null ? say.next(time(nextTry)) : "",
    reason === null && lastSweep !== null ? say.swept(time(lastSweep)) : "",
    skipped > 0 ? say.skipped(skipped) : "",
    ...notes,
  ]
    .filter((part) => part !== "")
    .join(" ");
}
