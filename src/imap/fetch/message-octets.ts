import { headerSize } from "#mail/header";
import type { OctetRange } from "#mail/mime-part";
import type { ContentId } from "#mailbox/ids";
import type { MailStore } from "#mailbox/mail-store";
import type { StreamedOctets } from "./piece.ts";

/** Up to so many octets a message is read once and kept while its sections are taken. */
const small = 64 * 1024;

/** The octets of one message, section by section. */
export class MessageOctets {
  readonly #store: MailStore;
  readonly #content: ContentId;
  readonly #size: number;
  #whole: Uint8Array | null = null;

  constructor(store: MailStore, content: ContentId, size: number) {
    this.#store = store;
    this.#content = content;
    this.#size = size;
  }

  get whole(): OctetRange {
    return { start: 0, end: this.#size };
  }

  /** Where the message's own header is, with the empty line that ends it; null when the message is gone. */
  async header(): Promise<OctetRange | null> {
    if (this.#size > small) {
      const facts = await this.#store.facts(this.#content);
      return facts && { start: 0, end: facts.headerSize };
    }
    const octets = await this.#read();
    return octets && { start: 0, end: headerSize(octets) };
  }

  /** The octets of a range; null when the message is gone. */
  async range({ start, end }: OctetRange): Promise<Uint8Array | StreamedOctets | null> {
    if (start >= end) return new Uint8Array(0);
    if (this.#size <= small) return (await this.#read())?.subarray(start, end) ?? null;
    const octets = await this.#store.read(this.#content, start);
    return octets && { length: end - start, octets };
  }

  /** The octets of a range in memory, of a long one only the first `limit`. Null when the message is gone. */
  async inMemory({ start, end }: OctetRange, limit: number): Promise<Uint8Array | null> {
    const octets = await this.range({ start, end: Math.min(end, start + limit) });
    return octets === null || octets instanceof Uint8Array ? octets : collected(octets);
  }

  async #read(): Promise<Uint8Array | null> {
    if (this.#whole) return this.#whole;
    const octets = await this.#store.read(this.#content);
    this.#whole = octets && (await collected({ length: this.#size, octets }));
    return this.#whole;
  }
}

async function collected({ length, octets }: StreamedOctets): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let have = 0;
  for await (const chunk of octets) {
    chunks.push(chunk);
    have += chunk.length;
    if (have >= length) break;
  }
  const [first] = chunks;
  const whole = chunks.length === 1 && first ? first : Buffer.concat(chunks);
  if (whole.length < length) throw new Error("a message is shorter than its facts say");
  return whole.subarray(0, length);
}
