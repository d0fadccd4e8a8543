import { type Pop3Client, Pop3ProtocolError } from "#clients/pop3-client";

/** Octets of a header that are kept, and how much of a message that comes in its place is borne. */
const longestHeader = 64 * 1024;
const mostForHeader = 1024 * 1024;

/**
 * The header of one message by TOP (RFC 1939 §7), as far as the server gives it; null where it refuses. Throws when
 * the dialogue is out of step, or ended.
 */
export async function readHeader(client: Pop3Client, number: number): Promise<Uint8Array | null> {
  const reply = await client.command(`TOP ${number} 0`);
  if (!reply.ok) return null;
  const kept: Uint8Array[] = [];
  let octets = 0;
  await client.readBody((chunk) => {
    if (octets < longestHeader) kept.push(chunk.slice());
    octets += chunk.length;
    if (octets > mostForHeader) throw new Pop3ProtocolError("TOP gave a whole message");
  });
  // A server that answers TOP twice would give one message the name of another.
  const stat = await client.command("STAT");
  if (!/^\d+ \d+/.test(stat.text)) throw new Pop3ProtocolError("after TOP it is out of step");
  return Buffer.concat(kept).subarray(0, longestHeader);
}
