/**
 * The id inside a loop mark (`#mail/loop-mark`): the queue-recipient id, and a piece of a hash of the recipient's
 * address. With it whoever reads a mark knows for whom we piped the message without asking the queue, which may
 * have forgotten the recipient long ago.
 */
import { createHash } from "node:crypto";
import { addressKey, parseAddress } from "#mail/address";

/** 8 hex digits; a hyphen before them, since a mark allows no dot in its id. */
const form = /^([A-Za-z0-9_-]{1,55})-([0-9a-f]{8})$/;

/** What an id inside a mark says. */
export interface MarkId {
  readonly queueRecipientId: string;
  /** First 8 hex digits of the SHA-256 of the recipient's address key. */
  readonly recipientHash: string;
}

/**
 * The id that goes into the mark of a piped message for one recipient.
 * @param queueRecipientId 1 to 55 of letters, digits, "-", "_"
 * @param address the recipient as it is queued, in any spelling
 */
export function markId(queueRecipientId: string, address: string): string {
  const id = `${queueRecipientId}-${recipientHash(address)}`;
  if (!form.test(id)) throw new RangeError("a queue-recipient id does not fit into a mark");
  return id;
}

/** Reads an id that `readMarks` gave; null if `markId` did not make it. */
export function parseMarkId(id: string): MarkId | null {
  const match = form.exec(id);
  if (!match) return null;
  const [, queueRecipientId = "", hash = ""] = match;
  return { queueRecipientId, recipientHash: hash };
}

/** Whether the message with this id in its mark was piped for `address`. */
export function isMarkOf(id: string, address: string): boolean {
  return parseMarkId(id)?.recipientHash === recipientHash(address);
}

function recipientHash(address: string): string {
  const parsed = parseAddress(address);
  const key = parsed ? addressKey(parsed) : address.toLowerCase();
  return createHash("sha256").update(key).digest("hex").slice(0, 8);
}
