/** Queued recipients for tests. */
import type { QueuedMessage, QueuedRecipient } from "#queue/queue-store";
import { testMessage } from "../courier/consignment.ts";

/** A recipient behind the pipe to big-company.old, due now. */
export function queuedRecipient(
  change: Partial<QueuedRecipient> = {},
  message: Partial<QueuedMessage> = {},
): QueuedRecipient {
  return {
    id: "r1",
    message: { ...testMessage, ...message },
    address: "anna@big-company.com",
    notify: null,
    originalRecipient: null,
    via: { kind: "pipe", to: "big-company.old" },
    attempts: 0,
    nextTry: testMessage.receivedAt,
    expires: testMessage.receivedAt + 5 * 24 * 60 * 60_000,
    held: false,
    lastReply: null,
    mayHaveArrived: false,
    delayReported: false,
    ...change,
  };
}
