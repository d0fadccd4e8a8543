/**
 * What a message is without the fields that old mail stores write into messages by themselves: mbox and POP3 servers
 * keep unique-ids, UIDs and read states there, and change them from one session to the next.
 */
import { createHash, type Hash } from "node:crypto";

/** A field of a mail store, with the lines that continue it. */
const storeField =
  /^(?:X-UIDL|X-UID|X-IMAP|X-IMAPbase|X-Keywords|X-Status|Status|X-Mozilla-Status2?|X-Mozilla-Keys):[^\n]*\n(?:[ \t][^\n]*\n)*/gim;
/** A header longer than this is taken as it is. */
const longestHeader = 64 * 1024;

/** Learns the settled hash of a message from its octets as they pass, in chunks of any size. */
export class SettledHash {
  #header: Buffer | null = Buffer.alloc(0);
  #hash: Hash | null = null;

  write(chunk: Uint8Array): void {
    if (this.#header === null) {
      this.#hash?.update(chunk);
      return;
    }
    // Looked at where it lies, and copied only when there is more to come.
    const seen =
      this.#header.length === 0
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
        : Buffer.concat([this.#header, chunk]);
    const end = headerEnd(seen);
    if (end === null) this.#header = Buffer.from(seen);
    else this.#decide(seen, end);
  }

  /** SHA-256 in lower-case hex; null when the message has no field of a mail store: then it is the message's own. */
  digest(): string | null {
    if (this.#header !== null) this.#decide(this.#header, this.#header.length);
    return this.#hash?.digest("hex") ?? null;
  }

  #decide(seen: Buffer, end: number): void {
    this.#header = null;
    const header = seen.toString("latin1", 0, Math.min(end, longestHeader));
    const settled = header.replace(storeField, "");
    if (settled.length === header.length) return;
    this.#hash = createHash("sha256").update(settled, "latin1");
    this.#hash.update(seen.subarray(header.length));
  }
}

/** Of a message that is all in memory; null when it has no field of a mail store. */
export function settledSha256(octets: Uint8Array): string | null {
  const hash = new SettledHash();
  hash.write(octets);
  return hash.digest();
}

/** Where the empty line begins that ends the header; null when it has not come yet. */
function headerEnd(octets: Buffer): number | null {
  const crlf = octets.indexOf("\r\n\r\n");
  const lf = octets.indexOf("\n\n");
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return crlf + 2;
  if (lf >= 0) return lf + 1;
  return octets.length >= longestHeader ? longestHeader : null;
}
