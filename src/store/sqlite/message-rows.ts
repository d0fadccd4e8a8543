/** Writing message entries: the only place where UIDs, MODSEQs and unique-ids are handed out. */
import type { ContentId, FolderId, MailboxId, MessageId, ModSeq, Uid } from "#mailbox/ids";
import { forsakeContents } from "./content-rows.ts";
import type { WriterDb } from "./db.ts";
import { newUidl, newUidlSql } from "./uidl.ts";

/** An entry to be made. */
export interface NewEntry {
  readonly content: ContentId;
  /** Null: one of our own. */
  readonly uidl: string | null;
  readonly flags: readonly string[];
  /** Null while the content is remote. */
  readonly internalDate: number | null;
  /** What the old server's own listing said; null for mail that did not come from there. */
  readonly listedSize: number | null;
}

/** The numbers that a new entry got. */
export interface Numbered {
  readonly id: MessageId;
  readonly uid: Uid;
  readonly uidl: string;
  readonly modSeq: ModSeq;
}

/** Puts an entry into a folder, which must exist. Whether an old unique-id is fit to be shown the caller has decided. */
export function insertMessage(db: WriterDb, folder: FolderId, entry: NewEntry): Numbered {
  const numbers = db.get<{ mailbox: MailboxId; uid: Uid; modseq: ModSeq }>(
    `UPDATE folder SET uid_next = uid_next + 1, highest_modseq = highest_modseq + 1, messages = messages + 1
     WHERE id = ? RETURNING mailbox, uid_next - 1 AS uid, highest_modseq AS modseq`,
    folder,
  );
  if (!numbers) throw new Error(`there is no folder ${folder}`);
  const uidl = entry.uidl ?? newUidl();
  const id = db.insert<MessageId>(
    `INSERT INTO message (mailbox, folder, uid, modseq, content, uidl, flags, internal_date, listed_size)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    numbers.mailbox,
    folder,
    numbers.uid,
    numbers.modseq,
    entry.content,
    uidl,
    entry.flags.join(" "),
    entry.internalDate,
    entry.listedSize,
  );
  db.changed(folder, numbers.modseq);
  return { id, uid: numbers.uid, uidl, modSeq: numbers.modseq };
}

/**
 * Puts copies of entries into a folder, which must exist, in the order of their folders and UIDs. All get one MODSEQ.
 * @returns the UID of the first; the others follow it one by one
 */
export function copyEntries(db: WriterDb, messages: readonly MessageId[], to: FolderId): Uid {
  const numbers = db.get<{ first: Uid; modseq: ModSeq }>(
    `UPDATE folder SET uid_next = uid_next + ?1, highest_modseq = highest_modseq + 1, messages = messages + ?1
     WHERE id = ?2 RETURNING uid_next - ?1 AS first, highest_modseq AS modseq`,
    messages.length,
    to,
  );
  if (!numbers) throw new Error(`there is no folder ${to}`);
  const copied = db.run(
    `INSERT INTO message (mailbox, folder, uid, modseq, content, uidl, flags, internal_date, listed_size)
     SELECT mailbox, ?1, ?2 + row_number() OVER (ORDER BY folder, uid) - 1, ?3, content, ${newUidlSql}, flags,
            internal_date, listed_size
     FROM message WHERE id IN (SELECT value FROM json_each(?4)) ORDER BY folder, uid`,
    to,
    numbers.first,
    numbers.modseq,
    JSON.stringify(messages),
  );
  if (copied !== messages.length)
    throw new Error(`${messages.length} entries were to be copied, ${copied} were`);
  db.changed(to, numbers.modseq);
  return numbers.first;
}

/**
 * Removes entries of a folder for good, and content with its last entry. Ids that are not in the folder (any
 * more) are passed over.
 * @returns how many were removed
 */
export function expungeMessages(db: WriterDb, folder: FolderId, messages: readonly MessageId[]): number {
  // One statement for all: a statement each takes ten times as long when tens of thousands go.
  const gone = db.all<{ uid: Uid; content: ContentId }>(
    `DELETE FROM message WHERE folder = ? AND id IN (SELECT value FROM json_each(?))
     RETURNING uid, content`,
    folder,
    JSON.stringify(messages),
  );
  if (gone.length === 0) return 0;
  db.run(
    "INSERT INTO expunged (folder, modseq, uid) SELECT ?, ?, value FROM json_each(?)",
    folder,
    nextModSeq(db, folder, -gone.length),
    JSON.stringify(gone.map((row) => row.uid)),
  );
  forsakeContents(db, new Set(gone.map((row) => row.content)));
  return gone.length;
}

/** Takes the next MODSEQ of a folder, for a change that adds `messages` entries (or takes them, below 0). */
export function nextModSeq(db: WriterDb, folder: FolderId, messages = 0): ModSeq {
  const row = db.get<{ modseq: ModSeq }>(
    `UPDATE folder SET highest_modseq = highest_modseq + 1, messages = messages + ?
     WHERE id = ? RETURNING highest_modseq AS modseq`,
    messages,
    folder,
  );
  if (!row) throw new Error(`there is no folder ${folder}`);
  db.changed(folder, row.modseq);
  return row.modseq;
}
