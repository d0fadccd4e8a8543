/** What the queue tells the log and the metrics: once per recipient and attempt. */
import type { Log } from "#observe/log";
import type { Metrics } from "#observe/metrics";
import type { QueuedRecipient } from "./queue-store.ts";
import { replyLine, type Verdict } from "./trouble.ts";

/** Who hears of it. */
interface Listeners {
  readonly log: Log;
  readonly metrics?: Pick<Metrics, "attempted" | "deliveredHere"> | undefined;
}

/** What came of an attempt at another server. */
export function tellVerdict({ log, metrics }: Listeners, recipient: QueuedRecipient, verdict: Verdict): void {
  metrics?.attempted(recipient.via.kind, verdict.kind);
  const line = { ...about(recipient), reply: replyLine(verdict.reply) };
  switch (verdict.kind) {
    case "delivered":
      log.info(line, "delivered");
      return;
    case "deferred": {
      const nextTry = new Date(verdict.nextTry).toISOString();
      if (verdict.alarm)
        log.error({ ...line, nextTry }, "held back: the other server refuses us, not the recipient");
      else log.warn({ ...line, nextTry }, "deferred");
      return;
    }
    case "failed":
      log.warn({ ...line, reported: verdict.report }, "failed");
  }
}

/** A queued recipient turned out to live here by now. */
export function tellDeliveredHere(
  { log, metrics }: Listeners,
  recipient: QueuedRecipient,
  outcome: "delivered" | "already-here",
): void {
  if (outcome === "delivered") metrics?.deliveredHere();
  log.info(
    about(recipient),
    outcome === "delivered" ? "delivered here: its owner has come" : "already here: a sweep brought it",
  );
}

function about({ id, message, address, via, attempts }: QueuedRecipient) {
  return {
    recipient: id,
    message: message.id,
    from: message.reversePath,
    to: address,
    via: `${via.kind} ${via.to}`,
    attempt: attempts + 1,
  };
}
