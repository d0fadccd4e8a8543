import { makeMark } from "#mail/loop-mark";
import { composeReceived } from "#mail/received";
import { markId } from "./mark-id.ts";
import type { QueuedRecipient } from "./queue-store.ts";

/**
 * The one Received field that we put on top of what leaves (RFC 5321 §4.4), the same at every attempt. Of a
 * pipe it carries the mark of its one recipient.
 * @param recipients of one message
 */
export function outgoingTrace(
  recipients: readonly QueuedRecipient[],
  hostname: string,
  markKey: Uint8Array,
): string {
  const [first, ...others] = recipients;
  if (!first) return "";
  const { message } = first;
  const id = first.via.kind === "pipe" ? makeMark(markKey, markId(first.id, first.address)) : message.id;
  return composeReceived({
    from: message.helo,
    peerAddress: message.peerAddress,
    by: hostname,
    with: message.protocol,
    id,
    for: others.length === 0 ? first.address : null,
    date: new Date(message.receivedAt),
  });
}
