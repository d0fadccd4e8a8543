import { firstField } from "#mail/header";

/**
 * Whether this is no mail but the bookkeeping of an old server's mail store (University of Washington and those
 * who took it over): the first message of a mbox file, which some servers show.
 * @param beginning the octets the message begins with
 */
export function isInternalData(beginning: Uint8Array): boolean {
  const head = beginning.subarray(0, 2048);
  const octets = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (!octets.includes("FOLDER INTERNAL DATA")) return false;
  const subject = firstField(head, "Subject") ?? "";
  const from = firstField(head, "From") ?? "";
  return /^DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA$/.test(subject) && /internal/i.test(from);
}
