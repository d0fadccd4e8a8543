/** The queue's lines in the log: one per recipient and attempt. */
import type { Log } from "#observe/log";
import type { QueuedRecipient } from "./queue-store.ts";
import { replyLine, type Verdict } from "./trouble.ts";

/** What came of an attempt at another server. */
export function logVerdict(log: Log, recipient: QueuedRecipient, verdict: Verdict): void {
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
export function logDeliveredHere(
  log: Log,
  recipient: QueuedRecipient,
  outcome: "delivered" | "already-here",
): void {
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
