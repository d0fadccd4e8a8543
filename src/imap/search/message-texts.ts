import { charsetStream, type TextStream, unnamedStream } from "#mail/charset";
import { decodeWords } from "#mail/encoded-word";
import type { MessageFacts } from "#mail/facts";
import { headerFields, unfoldToBlanks } from "#mail/header";
import type { ImapAddress } from "#mail/imap-envelope";
import type { OctetRange } from "#mail/mime-part";
import { comparable, type SearchablePart, searchableParts, TextFinder } from "#mail/searchable-text";
import { transferDecoder } from "#mail/transfer-decoding";
import type { MessageEntry } from "#mailbox/folder";
import type { MailStore } from "#mailbox/mail-store";
import type { Client } from "../client.ts";
import { MessageOctets } from "../fetch/message-octets.ts";
import { longestHeader } from "../fetch/section.ts";
import type { EnvelopeField } from "./program.ts";

/** The message went while it was looked at. */
export class MessageGone extends Error {}

/** The texts of one message whose content is here, read when they are asked for. What it throws is MessageGone. */
export class MessageTexts {
  readonly #store: MailStore;
  readonly #client: Client;
  readonly #entry: MessageEntry;
  readonly #octets: MessageOctets;
  #facts: MessageFacts | null = null;

  constructor(store: MailStore, client: Client, entry: MessageEntry) {
    this.#store = store;
    this.#client = client;
    this.#entry = entry;
    this.#octets = new MessageOctets(store, entry.content, entry.size ?? 0);
  }

  async facts(): Promise<MessageFacts> {
    this.#facts ??= await this.#store.facts(this.#entry.content);
    if (!this.#facts) throw new MessageGone();
    return this.#facts;
  }

  /** Whether a field of the ENVELOPE has the text in it. */
  async envelopeHas(field: EnvelopeField, text: string): Promise<boolean> {
    const { envelope } = await this.facts();
    const value = field === "subject" ? decodeWords(envelope.subject ?? "") : addresses(envelope[field]);
    return comparable(value).includes(comparable(text));
  }

  /** Whether a header field of that name has the text in it; the empty text: whether there is one. */
  async headerHas(name: string, text: string): Promise<boolean> {
    const { structure } = await this.facts();
    const wanted = comparable(text);
    for (const field of headerFields(await this.#header(structure.header))) {
      if (field.name.toLowerCase() !== name.toLowerCase()) continue;
      if (comparable(decodeWords(unfoldToBlanks(field.value))).includes(wanted)) return true;
    }
    return false;
  }

  /** Whether the header or the body has the text in it. */
  async has(text: string): Promise<boolean> {
    const { structure } = await this.facts();
    return (await this.#headerTextHas(structure.header, text)) || (await this.bodyHas(text));
  }

  /** Whether the body has the text in it: in one of its text parts, or in a message attached to it. */
  async bodyHas(text: string): Promise<boolean> {
    const { structure } = await this.facts();
    for (const part of searchableParts(structure)) {
      const found = part.is === "header" ? this.#headerTextHas(part.range, text) : this.#partHas(part, text);
      if (await found) return true;
    }
    return false;
  }

  async #headerTextHas(range: OctetRange, text: string): Promise<boolean> {
    const wanted = comparable(text);
    for (const { name, value } of headerFields(await this.#header(range))) {
      if (comparable(`${name}: ${decodeWords(unfoldToBlanks(value))}`).includes(wanted)) return true;
    }
    return false;
  }

  async #partHas({ range, is, encoding, charset }: SearchablePart, text: string): Promise<boolean> {
    const finder = new TextFinder(text, is === "html");
    const transfer = transferDecoder(encoding);
    const stream: TextStream = namedStream(charset) ?? unnamedStream();
    for await (const chunk of this.#chunks(range)) {
      if (finder.write(stream.write(transfer.write(chunk)))) return true;
      await this.#client.breathe();
    }
    return finder.write(stream.write(transfer.end()) + stream.end());
  }

  async #header(range: OctetRange): Promise<Uint8Array> {
    const header = await this.#octets.inMemory(range, longestHeader);
    if (!header) throw new MessageGone();
    return header;
  }

  async *#chunks(range: OctetRange): AsyncGenerator<Uint8Array> {
    const octets = await this.#octets.range(range);
    if (!octets) throw new MessageGone();
    if (octets instanceof Uint8Array) {
      yield octets;
      return;
    }
    let left = octets.length;
    for await (const chunk of octets.octets) {
      yield chunk.subarray(0, left);
      left -= chunk.length;
      if (left <= 0) return;
    }
  }
}

/** US-ASCII says little: programs name it and send something else. */
function namedStream(charset: string | null): TextStream | null {
  return charset === null || /^us-ascii$/i.test(charset) ? null : charsetStream(charset);
}

/** Addresses as people read them: names decoded, and what stands in angle brackets. */
function addresses(list: readonly ImapAddress[] | null): string {
  const texts = (list ?? []).map(([name, , mailbox, host]) => {
    const address = host === null ? (mailbox ?? "") : `<${mailbox ?? ""}@${host}>`;
    return name === null ? address : `${decodeWords(name)} ${address}`;
  });
  return texts.join(", ");
}
