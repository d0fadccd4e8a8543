/** Putting messages into folders, copying, moving and expunging them. */
import type { MessageFacts } from "#mail/facts";
import { normalFlags } from "#mailbox/flags";
import type { MessageEntry } from "#mailbox/folder";
import type { FolderId, MailboxId, MessageId, Uid } from "#mailbox/ids";
import type { CopiedUid, Filing } from "#mailbox/mail-store";
import { done, failed, type Outcome } from "#mailbox/problem";
import { insertContent, type KeptBody } from "./content-rows.ts";
import type { WriterDb } from "./db.ts";
import { badFlags, flagOperations } from "./flag-operations.ts";
import { folderById, noFolder } from "./folder-operations.ts";
import { copyEntries, expungeMessages, insertMessage } from "./message-rows.ts";
import { isDeleted } from "./rows.ts";

interface Append {
  readonly folder: FolderId;
  readonly facts: MessageFacts;
  readonly body: KeptBody;
  readonly filing: Filing;
}

/** A session that was open when its owner went back to the old server; whatever it puts here would stay behind. */
const wentBack = failed("temporary", "This mailbox was moved back to the old server.");

function appendMessage(db: WriterDb, { folder, facts, body, filing }: Append): Outcome<MessageEntry> {
  const flags = normalFlags(filing.flags);
  if (!flags) return badFlags;
  const room = db.get<{ mailbox: MailboxId; admitted: number; is_over: number | null }>(
    `SELECT mailbox, admitted, octets + ? > quota AS is_over
     FROM folder JOIN mailbox ON mailbox.id = folder.mailbox
     WHERE folder.id = ? AND address IS NOT NULL`,
    facts.size,
    folder,
  );
  if (!room) return noFolder;
  if (room.admitted === 0) return wentBack;
  if (room.is_over === 1) return failed("over-quota", "The mailbox is full: delete messages first.");
  const content = insertContent(db, room.mailbox, facts, body);
  const { internalDate } = filing;
  const entry = { content, uidl: null, flags, internalDate, listedSize: null };
  const numbers = insertMessage(db, folder, entry);
  return done({ ...entry, ...numbers, folder, size: facts.size, isHere: true });
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
  const owner = db.get<{ admitted: number }>("SELECT admitted FROM mailbox WHERE id = ?", target.mailbox);
  if (owner?.admitted === 0) return wentBack;
  const ids = new Set(messages);
  const rows = db.all<CopyRow>(
    `SELECT id, mailbox, folder, uid FROM message WHERE id IN (SELECT value FROM json_each(?))
     ORDER BY folder, uid`,
    JSON.stringify([...ids]),
  );
  if (rows.length < ids.size) return failed("expunged", "One of the messages was deleted; none was copied.");
  if (rows.some((row) => row.mailbox !== target.mailbox))
    return failed("not-permitted", "Messages cannot be copied from one mailbox to another.");
  return done(rows);
}

/** The content is shared: copies cost nothing against the quota. A copy of remote content is remote, too. */
function copyRows(db: WriterDb, rows: readonly CopyRow[], to: FolderId): readonly CopiedUid[] {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const first = copyEntries(db, ids, to);
  return rows.map((row, index) => ({ from: row.uid, to: (first + index) as Uid }));
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
const expungedAtOnce = 1000;

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
  ...flagOperations,
  copyMessages,
  moveMessages,
  expunge,
  expungeDeleted,
};
