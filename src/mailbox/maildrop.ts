/**
 * The maildrop: the POP3 view of INBOX (RFC 1939 §5). A snapshot holds a few numbers and a unique-id for each
 * message, in arrays and not in objects, because it is kept for as long as a session lasts; it holds no lock and
 * no transaction, so any number of sessions may have one, or share one: it never changes.
 */

import type { MessageEntry } from "./folder.ts";
import type { ContentId, FolderId, MailboxId, MessageId, Uid } from "./ids.ts";
import type { MailStore } from "./mail-store.ts";
import { done, failed, type Outcome } from "./problem.ts";

/** One message of the snapshot. */
export interface MaildropMessage {
  readonly id: MessageId;
  readonly content: ContentId;
  readonly uidl: string;
  /** What STAT and LIST say, in octets: the old server's own figure for mail that came from there. */
  readonly size: number;
}

export class Maildrop implements Iterable<MaildropMessage> {
  readonly mailbox: MailboxId;
  readonly folder: FolderId;
  /** How many messages there are. */
  readonly length: number;
  /** Of all messages. */
  readonly octets: number;
  readonly #ids: Numbers;
  readonly #contents: Numbers;
  readonly #sizes: Numbers;
  /** All unique-ids, one after the other, and where each ends. */
  readonly #uidls: Buffer;
  readonly #uidlEnds: Uint32Array;

  constructor(mailbox: MailboxId, folder: FolderId, messages: readonly MaildropMessage[]) {
    this.mailbox = mailbox;
    this.folder = folder;
    this.length = messages.length;
    this.octets = messages.reduce((sum, { size }) => sum + size, 0);
    this.#ids = compact(messages.map(({ id }) => id));
    this.#contents = compact(messages.map(({ content }) => content));
    this.#sizes = compact(messages.map(({ size }) => size));
    this.#uidls = Buffer.from(messages.map(({ uidl }) => uidl).join(""), "latin1");
    this.#uidlEnds = new Uint32Array(messages.length);
    let end = 0;
    for (const [index, { uidl }] of messages.entries()) this.#uidlEnds[index] = end += uidl.length;
  }

  /** The message of a number, counted from 1; null when there is none. */
  message(number: number): MaildropMessage | null {
    const index = number - 1;
    const [id, content, size] = [this.#ids[index], this.#contents[index], this.#sizes[index]];
    if (id === undefined || content === undefined || size === undefined) return null;
    const uidl = this.#uidls.toString("latin1", this.#uidlEnds[index - 1] ?? 0, this.#uidlEnds[index]);
    return { id: id as MessageId, content: content as ContentId, size, uidl };
  }

  /** All messages in their order. */
  *[Symbol.iterator](): Generator<MaildropMessage> {
    for (let number = 1; number <= this.length; number++) {
      const message = this.message(number);
      if (message) yield message;
    }
  }
}

type Numbers = Uint32Array | Float64Array;

const largestUint32 = 2 ** 32 - 1;

/** Numbers in as little room as they need: what an old server says of a size may be anything. */
function compact(numbers: readonly number[]): Numbers {
  return numbers.every((number) => number <= largestUint32)
    ? Uint32Array.from(numbers)
    : Float64Array.from(numbers);
}

const batch = 5000;

/** Takes a snapshot of a mailbox's INBOX, in UID order (old mail in its old order first). */
export async function openMaildrop(store: MailStore, mailbox: MailboxId): Promise<Outcome<Maildrop>> {
  const inbox = await store.inbox(mailbox);
  if (!inbox) return failed("temporary", "The mailbox is not ready yet.");
  const messages: MaildropMessage[] = [];
  let after: Uid | 0 = 0;
  for (;;) {
    const entries: readonly MessageEntry[] = await store.entries(inbox.id, after, batch);
    for (const { id, content, uidl, listedSize, size } of entries) {
      messages.push({ id, content, uidl, size: listedSize ?? size ?? 0 });
    }
    const last = entries.at(-1);
    if (!last || entries.length < batch) break;
    after = last.uid;
  }
  return done(new Maildrop(mailbox, inbox.id, messages));
}
