/**
 * The maildrop: the POP3 view of INBOX (RFC 1939 §5). A snapshot is an array of small records taken at
 * the start of a session; it holds no lock and no transaction, so any number of sessions may have one.
 */

import type { MessageEntry } from "./folder.ts";
import type { FolderId, MailboxId, MessageId, Uid } from "./ids.ts";
import type { MailStore } from "./mail-store.ts";
import { done, failed, type Outcome } from "./problem.ts";

/** One message of the snapshot; its number is its index plus one. */
export interface MaildropMessage {
  readonly id: MessageId;
  readonly content: MessageEntry["content"];
  readonly uidl: string;
  /** What STAT and LIST say, in octets: the old server's own figure for mail that came from there. */
  readonly size: number;
}

export interface Maildrop {
  readonly mailbox: MailboxId;
  readonly folder: FolderId;
  readonly messages: readonly MaildropMessage[];
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
    for (const entry of entries) {
      messages.push({
        id: entry.id,
        content: entry.content,
        uidl: entry.uidl,
        size: entry.listedSize ?? entry.size ?? 0,
      });
    }
    const last = entries.at(-1);
    if (!last || entries.length < batch) break;
    after = last.uid;
  }
  return done({ mailbox, folder: inbox.id, messages });
}
