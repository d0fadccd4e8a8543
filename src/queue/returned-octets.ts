import type { QueuedMessage } from "./queue-store.ts";

/** Octets of a header that go back at most, and of a whole message that was asked for (RET=FULL) or was not. */
const longestHeader = 64 * 1024;
const longestAsked = 1024 * 1024;
const longestUnasked = 64 * 1024;

/**
 * What a report returns of a message: all of it after a failure, where it is short or the sender asked
 * (RFC 3461 §5.1 wants no more than the header otherwise), else its header.
 */
export async function returnedOctets(
  message: QueuedMessage,
  hasFailed: boolean,
  content: AsyncIterable<Uint8Array> | null,
): Promise<{ readonly octets: Uint8Array; readonly whole: boolean }> {
  const size = message.size - message.traceLength;
  const limit = message.ret === "FULL" ? longestAsked : message.ret === null ? longestUnasked : 0;
  const whole = hasFailed && content !== null && size <= limit;
  const octets =
    content === null ? Buffer.alloc(0) : await beginning(content, whole ? limit : longestHeader, whole);
  return { octets: whole ? octets : headerOf(octets), whole };
}

async function beginning(content: AsyncIterable<Uint8Array>, limit: number, whole: boolean): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= limit || (!whole && Buffer.from(chunk).includes("\r\n\r\n"))) break;
  }
  return Buffer.concat(chunks).subarray(0, limit);
}

/** Up to the empty line, whole lines only. */
function headerOf(octets: Buffer): Buffer {
  if (octets.subarray(0, 2).toString("latin1") === "\r\n") return octets.subarray(0, 0);
  const end = octets.indexOf("\r\n\r\n");
  return octets.subarray(0, (end >= 0 ? end : octets.lastIndexOf("\r\n")) + 2);
}
