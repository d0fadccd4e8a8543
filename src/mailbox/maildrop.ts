/**
 * The maildrop: the POP3 view of INBOX (RFC 1939 §5). A snapshot holds a few numbers and a unique-id for each
 * message, in arrays and not in objects, because it is kept for as long as a session lasts; it holds no lock and
 * no transaction, so any number of sessions may have one, or share one: it never changes.
 */

import { setImmediate } from "node:timers/promises";
import type { MessageEntry } from "./folder.ts";
import type { ContentId, FolderId, MailboxId, MessageId, Uid } from "./ids.ts";
import type { MailStore } from "./mail-store.ts";
import { Numbers } from "./numbers.ts";
import { PackedStrings } from "./packed-strings.ts";
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
  readonly #ids: Packed;
  readonly #contents: Packed;
  readonly #sizes: Packed;
  readonly #uidls: PackedStrings;

  constructor(mailbox: MailboxId, folder: FolderId, messages: Iterable<MaildropMessage> | Packing) {
    const packing = messages instanceof Packing ? messages : new Packing().with(messages);
    this.mailbox = mailbox;
    this.folder = folder;
    this.length = packing.uidls.length;
    this.octets = packing.octets;
    this.#ids = compact(packing.ids.whole());
    this.#contents = compact(packing.contents.whole());
    this.#sizes = compact(packing.sizes.whole());
    packing.uidls.trim();
    this.#uidls = packing.uidls;
  }

  /** The message of a number, counted from 1; null when there is none. */
  message(number: number): MaildropMessage | null {
    const index = number - 1;
    const [id, content, size] = [this.#ids[index], this.#contents[index], this.#sizes[index]];
    if (id === undefined || content === undefined || size === undefined) return null;
    return { id: id as MessageId, content: content as ContentId, size, uidl: this.#uidls.at(index) };
  }

  /** All messages in their order. */
  *[Symbol.iterator](): Generator<MaildropMessage> {
    for (let number = 1; number <= this.length; number++) {
      const message = this.message(number);
      if (message) yield message;
    }
  }
}

/** What becomes a maildrop, message by message: of a very large one there are never all as objects. */
class Packing {
  readonly ids = new Numbers();
  readonly contents = new Numbers();
  readonly sizes = new Numbers();
  readonly uidls = new PackedStrings();
  octets = 0;

  with(messages: Iterable<MaildropMessage>): this {
    for (const message of messages) this.add(message);
    return this;
  }

  add({ id, content, uidl, size }: MaildropMessage): void {
    this.ids.push(id);
    this.contents.push(content);
    this.sizes.push(size);
    this.uidls.push(uidl);
    this.octets += size;
  }
}

type Packed = Uint32Array | Float64Array;

const largestUint32 = 2 ** 32 - 1;

/** Numbers in as little room as they need: what an old server says of a size may be anything. */
function compact(numbers: Float64Array): Packed {
  return numbers.every((number) => number <= largestUint32) ? new Uint32Array(numbers) : numbers;
}

const batch = 5000;

/** Takes a snapshot of a mailbox's INBOX, in UID order (old mail in its old order first). */
export async function openMaildrop(store: MailStore, mailbox: MailboxId): Promise<Outcome<Maildrop>> {
  const inbox = await store.inbox(mailbox);
  if (!inbox) return failed("temporary", "The mailbox is not ready yet.");
  const packing = new Packing();
  let after: Uid | 0 = 0;
  for (;;) {
    const entries: readonly MessageEntry[] = await store.entries(inbox.id, after, batch);
    for (const { id, content, uidl, listedSize, size } of entries) {
      packing.add({ id, content, uidl, size: listedSize ?? size ?? 0 });
    }
    const last = entries.at(-1);
    if (!last || entries.length < batch) break;
    after = last.uid;
    // Others have their turn in between.
    await setImmediate();
  }
  return done(new Maildrop(mailbox, inbox.id, packing));
}
