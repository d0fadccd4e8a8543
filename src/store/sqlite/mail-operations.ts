/** Putting messages into folders, changing their flags, copying, moving and expunging them. */
import type { MessageFacts } from "#mail/facts";
import { changedFlags, normalFlags } from "#mailbox/flags";
import type { MessageEntry } from "#mailbox/folder";
import type { ContentId, FolderId, MailboxId, MessageId, ModSeq, Uid } from "#mailbox/ids";
import type { CopiedUid, Filing, FlagChange } from "#mailbox/mail-store";
import { done, failed, type Outcome } from "#mailbox/problem";
import { insertContent, type KeptBody } from "./content-rows.ts";
import type { WriterDb } from "./db.ts";
import { folderById } from "./folder-operations.ts";
import { expungeMessages, insertMessage, nextModSeq } from "./message-rows.ts";
import { flagsOf, isDeleted } from "./rows.ts";

const noFolder = failed("not-found", "There is no such folder.");
const badFlags = failed("invalid", "One of the flags is none, or there are too many.");

interface Append {
  readonly folder: FolderId;
  readonly facts: MessageFacts;
  readonly body: KeptBody;
  readonly filing: Filing;
}

function appendMessage(db: WriterDb, { folder, facts, body, filing }: Append): Outcome<MessageEntry> {
  const flags = normalFlags(filing.flags);
  if (!flags) return badFlags;
  const room = db.get<{ mailbox: MailboxId; is_over: number | null }>(
    `SELECT mailbox, octets + ? > quota AS is_over FROM folder JOIN mailbox ON mailbox.id = folder.mailbox
     WHERE folder.id = ? AND address IS NOT NULL`,
    facts.size,
    folder,
  );
  if (!room) return noFolder;
  if (room.is_over === 1) return failed("over-quota", "The mailbox is full: delete messages first.");
  const content = insertContent(db, room.mailbox, facts, body);
  const { internalDate } = filing;
  const entry = { content, uidl: null, flags, internalDate, listedSize: null };
  const numbers = insertMessage(db, folder, entry);
  return done({ ...entry, ...numbers, folder, size: facts.size, isHere: true });
}

interface ChangeFlags {
  readonly folder: FolderId;
  readonly messages: readonly MessageId[];
  readonly change: FlagChange;
  readonly unchangedSince: ModSeq | null;
}

/** Messages that are gone are passed over; those that have the flags already do not get a new MODSEQ. */
function changeFlags(
  db: WriterDb,
  { folder, messages, change, unchangedSince }: ChangeFlags,
): Outcome<{ readonly leftAlone: readonly MessageId[] }> {
  const flags = normalFlags(change.flags);
  if (!flags) return badFlags;
  if (!folderById(db, folder)) return noFolder;
  const leftAlone: MessageId[] = [];
  let modSeq: ModSeq | null = null;
  for (const id of messages) {
    const row = db.get<{ flags: string; modseq: ModSeq }>(
      "SELECT flags, modseq FROM message WHERE id = ? AND folder = ?",
      id,
      folder,
    );
    if (!row) continue;
    // What this very change has touched was unchanged when it began.
    if (unchangedSince !== null && row.modseq > unchangedSince && row.modseq !== modSeq) {
      leftAlone.push(id);
      continue;
    }
    const after = changedFlags(flagsOf(row.flags), { how: change.how, flags });
    if (!after) continue;
    if (!normalFlags(after)) return badFlags;
    modSeq ??= nextModSeq(db, folder);
    db.run("UPDATE message SET flags = ?, modseq = ? WHERE id = ?", after.join(" "), modSeq, id);
  }
  return done({ leftAlone });
}

interface CopyMessages {
  readonly messages: readonly MessageId[];
  readonly to: FolderId;
}

interface CopyRow {
  readonly id: MessageId;
  readonly mailbox: MailboxId;
  readonly folder: FolderId;
  readonly uid: Uid;
  readonly content: ContentId;
  readonly flags: string;
  readonly internal_date: number | null;
  readonly listed_size: number | null;
}

function copyMessages(db: WriterDb, { messages, to }: CopyMessages): Outcome<readonly CopiedUid[]> {
  const rows = rowsToCopy(db, messages, to);
  return rows.ok ? done(copyRows(db, rows.value, to)) : rows;
}

function moveMessages(db: WriterDb, { messages, to }: CopyMessages): Outcome<readonly CopiedUid[]> {
  const rows = rowsToCopy(db, messages, to);
  if (!rows.ok) return rows;
  const copied = copyRows(db, rows.value, to);
  for (const [folder, moved] of Map.groupBy(rows.value, (row) => row.folder)) {
    expungeMessages(
      db,
      folder,
      moved.map((row) => row.id),
    );
  }
  return done(copied);
}

function rowsToCopy(db: WriterDb, messages: readonly MessageId[], to: FolderId): Outcome<readonly CopyRow[]> {
  const target = folderById(db, to);
  if (!target) return noFolder;
  const rows: CopyRow[] = [];
  for (const id of new Set(messages)) {
    const row = db.get<CopyRow>(
      `SELECT id, mailbox, folder, uid, content, flags, internal_date, listed_size FROM message WHERE id = ?`,
      id,
    );
    if (!row) return failed("expunged", "One of the messages was deleted; none was copied.");
    if (row.mailbox !== target.mailbox) {
      return failed("not-permitted", "Messages cannot be copied from one mailbox to another.");
    }
    rows.push(row);
  }
  return done(rows.sort((a, b) => a.folder - b.folder || a.uid - b.uid));
}

/** The content is shared: copies cost nothing against the quota. A copy of remote content is remote, too. */
function copyRows(db: WriterDb, rows: readonly CopyRow[], to: FolderId): readonly CopiedUid[] {
  return rows.map((row) => {
    const { uid } = insertMessage(db, to, {
      content: row.content,
      uidl: null,
      flags: flagsOf(row.flags),
      internalDate: row.internal_date,
      listedSize: row.listed_size,
    });
    return { from: row.uid, to: uid };
  });
}

interface Expunge {
  readonly folder: FolderId;
  readonly messages: readonly MessageId[];
}

function expunge(db: WriterDb, { folder, messages }: Expunge): Outcome<void> {
  if (!folderById(db, folder)) return noFolder;
  expungeMessages(db, folder, messages);
  return done(undefined);
}

interface ExpungeDeleted {
  readonly folder: FolderId;
  readonly among: readonly Uid[] | null;
}

/** So many at once, that no other write waits long. */
const expungedAtOnce = 500;

function expungeDeleted(db: WriterDb, { folder, among }: ExpungeDeleted): Outcome<number> {
  if (!folderById(db, folder)) return noFolder;
  const sql = `SELECT id FROM message WHERE folder = ? AND ${isDeleted}`;
  const rows = among
    ? db.all<{ id: MessageId }>(
        `${sql} AND uid IN (SELECT value FROM json_each(?)) LIMIT ?`,
        folder,
        JSON.stringify(among),
        expungedAtOnce,
      )
    : db.all<{ id: MessageId }>(`${sql} LIMIT ?`, folder, expungedAtOnce);
  return done(
    expungeMessages(
      db,
      folder,
      rows.map((row) => row.id),
    ),
  );
}

export const mailOperations = {
  appendMessage,
  changeFlags,
  copyMessages,
  moveMessages,
  expunge,
  expungeDeleted,
};
