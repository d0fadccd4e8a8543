/**
 * The mark that piped mail carries: the id of its queue entry for that recipient, in the one Received field we
 * add, with a code that only this server can make. When the mail comes back it tells a loop, and when a sweep
 * finds it on the old server it tells that it was delivered here already. Nobody else can forge one, and an
 * id without its code is no mark.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { headerFields, headerSize } from "./header.ts";

/** 128 bits of HMAC-SHA256 (RFC 2104 §5 allows half). */
const codeOctets = 16;
const token = /(?:^|\s)id\s+([A-Za-z0-9_-]{1,64})\.([0-9a-f]{32})(?![\w.-])/g;
/** What every token has, and hardly any header of somebody else's. */
const codeLike = /\.[0-9a-f]{32}/;
const plainId = /^[A-Za-z0-9_-]{1,64}$/;
/** More hops than any message survives, and more marks than one of our fields carries. */
const maximumFields = 100;
const maximumTokensInField = 4;

function codeOf(key: Uint8Array, queueRecipientId: string): Buffer {
  // The prefix keeps this use of the key apart from every other.
  return createHmac("sha256", key).update(`loop-mark\0${queueRecipientId}`).digest().subarray(0, codeOctets);
}

/**
 * The token for `id` in the Received field of piped mail.
 * @param queueRecipientId 1 to 64 of letters, digits, "-", "_"; anything else is a defect and throws
 */
export function makeMark(key: Uint8Array, queueRecipientId: string): string {
  if (!plainId.test(queueRecipientId)) throw new RangeError("a queue-recipient id does not fit into a mark");
  return `${queueRecipientId}.${codeOf(key, queueRecipientId).toString("hex")}`;
}

/**
 * The queue-recipient ids of the authentic marks in the Received fields of a message or its header, newest first. Only the first 100
 * Received fields are read.
 */
export function readMarks(key: Uint8Array, message: Uint8Array): string[] {
  const octets = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const header = octets.subarray(0, headerSize(octets));
  if (!codeLike.test(header.toString("latin1"))) return [];
  const ids: string[] = [];
  let fields = 0;
  for (const field of headerFields(header)) {
    if (field.name.toLowerCase() !== "received") continue;
    if (++fields > maximumFields) break;
    let tokens = 0;
    for (const [, id = "", code = ""] of field.value.matchAll(token)) {
      if (++tokens > maximumTokensInField) break;
      if (timingSafeEqual(Buffer.from(code, "hex"), codeOf(key, id)) && !ids.includes(id)) ids.push(id);
    }
  }
  return ids;
}
