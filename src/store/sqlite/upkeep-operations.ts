/** What the store does for itself: clearing away what is gone, keeping within its size. */
import type { ContentId, FolderId, MailboxId } from "#mailbox/ids";
import type { WriterDb } from "./db.ts";

/**
 * Takes away a slice of what a removed mailbox has in one table, at most some hundred rows.
 * @returns how many rows went; 0 when none was left
 */
export type Clearing = (db: WriterDb, mailbox: MailboxId) => number;

/** In this order: a table is empty before one it refers to is cleared. */
const clearings: readonly Clearing[] = [
  clearMessages,
  clearContents,
  clearExpunged,
  clearFolders,
  clearSubscriptions,
  clearTransfer,
  clearReturn,
  clearLedger,
  clearMarks,
  clearCameByMail,
];

/** Milliseconds one slice may take, so that mail that arrives meanwhile never waits behind much. */
const slice = 4;

/**
 * Clears away a slice of what was marked as gone: contents without a message, removed mailboxes.
 * @returns whether anything is left
 */
function clearRemains(db: WriterDb): boolean {
  const end = performance.now() + slice;
  while (clearForsaken(db) || clearMailbox(db)) {
    if (performance.now() > end) return true;
  }
  return false;
}

function clearForsaken(db: WriterDb): boolean {
  const contents = db.all<GoneContent>("SELECT id, file FROM content WHERE forsaken = 1 LIMIT 8");
  deleteContents(db, contents);
  return contents.length > 0;
}

function clearMailbox(db: WriterDb): boolean {
  const mailbox = db.get<{ id: MailboxId }>("SELECT id FROM mailbox WHERE address IS NULL LIMIT 1");
  if (!mailbox) return false;
  if (clearings.some((clear) => clear(db, mailbox.id) > 0)) return true;
  db.run("DELETE FROM mailbox WHERE id = ?", mailbox.id);
  return true;
}

function clearMessages(db: WriterDb, mailbox: MailboxId): number {
  return db.run(
    "DELETE FROM message WHERE id IN (SELECT id FROM message WHERE mailbox = ? LIMIT 100)",
    mailbox,
  );
}

function clearContents(db: WriterDb, mailbox: MailboxId): number {
  const contents = db.all<GoneContent>("SELECT id, file FROM content WHERE mailbox = ? LIMIT 8", mailbox);
  deleteContents(db, contents);
  return contents.length;
}

function clearExpunged(db: WriterDb, mailbox: MailboxId): number {
  const folder = db.get<{ folder: FolderId }>(
    `SELECT folder FROM expunged WHERE folder IN (SELECT id FROM folder WHERE mailbox = ?) LIMIT 1`,
    mailbox,
  );
  if (!folder) return 0;
  return db.run(
    `DELETE FROM expunged WHERE folder = ?1 AND (modseq, uid) IN
     (SELECT modseq, uid FROM expunged WHERE folder = ?1 LIMIT 200)`,
    folder.folder,
  );
}

function clearFolders(db: WriterDb, mailbox: MailboxId): number {
  return db.run("DELETE FROM folder WHERE mailbox = ?", mailbox);
}

function clearSubscriptions(db: WriterDb, mailbox: MailboxId): number {
  return db.run(
    "DELETE FROM subscription WHERE mailbox = ?1 AND name IN (SELECT name FROM subscription WHERE mailbox = ?1 LIMIT 200)",
    mailbox,
  );
}

function clearMarks(db: WriterDb, mailbox: MailboxId): number {
  return db.run(
    "DELETE FROM mark WHERE mailbox = ?1 AND mark IN (SELECT mark FROM mark WHERE mailbox = ?1 LIMIT 200)",
    mailbox,
  );
}

function clearCameByMail(db: WriterDb, mailbox: MailboxId): number {
  return db.run(
    "DELETE FROM came_by_mail WHERE id IN (SELECT id FROM came_by_mail WHERE mailbox = ? LIMIT 200)",
    mailbox,
  );
}

function clearTransfer(db: WriterDb, mailbox: MailboxId): number {
  return db.run("DELETE FROM transfer WHERE mailbox = ?", mailbox);
}

function clearReturn(db: WriterDb, mailbox: MailboxId): number {
  return (
    db.run("DELETE FROM returned_mailbox WHERE mailbox = ?", mailbox) +
    db.run(
      "DELETE FROM returned_message WHERE content IN (SELECT content FROM returned_message WHERE mailbox = ? LIMIT 200)",
      mailbox,
    )
  );
}

function clearLedger(db: WriterDb, mailbox: MailboxId): number {
  return db.run(
    "DELETE FROM ledger WHERE id IN (SELECT id FROM ledger WHERE mailbox = ? LIMIT 200)",
    mailbox,
  );
}

interface GoneContent {
  readonly id: ContentId;
  readonly file: string | null;
}

function deleteContents(db: WriterDb, contents: readonly GoneContent[]): void {
  for (const { id, file } of contents) {
    db.run("DELETE FROM body WHERE content = ?", id);
    db.run("DELETE FROM envelope WHERE content = ?", id);
    db.run("DELETE FROM content WHERE id = ?", id);
    if (file !== null) db.forgetFile(file);
  }
}

/** Lets the database grow to so many octets (never below what it has), or as the disk allows. */
function limitSize(db: WriterDb, octets: number | null): void {
  db.limitSize(octets);
}

export const upkeepOperations = { clearRemains: (db: WriterDb, _: null) => clearRemains(db), limitSize };
