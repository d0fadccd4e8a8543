/** Creating, renaming, removing and subscribing to folders (RFC 3501 §6.3.3 to §6.3.7). */
import type { Folder, SpecialUse } from "#mailbox/folder";
import { folderName } from "#mailbox/folder-name";
import type { ContentId, FolderId, MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import { forsakeContents } from "./content-rows.ts";
import type { Db, WriterDb } from "./db.ts";
import { insertFolder } from "./mailbox-rows.ts";
import { nextModSeq } from "./message-rows.ts";
import { folderOf, selectFolders } from "./rows.ts";
import { addSubscription, carrySubscriptions, removeSubscription } from "./subscription-rows.ts";

/** Beyond that no client is usable, and somebody's program runs wild. */
const maximumFolders = 10_000;
export const noFolder = failed("not-found", "There is no such folder.");
const badName = failed("invalid", "A folder cannot have this name.");

/** A folder by its id; null when it, or its mailbox, was removed. */
export function folderById(db: Db, id: FolderId): Folder | null {
  const row = db.get<Parameters<typeof folderOf>[0]>(`${selectFolders} AND id = ?`, id);
  return row ? folderOf(row) : null;
}

interface CreateFolder {
  readonly mailbox: MailboxId;
  readonly name: string;
  readonly specialUse: SpecialUse | null;
  readonly now: number;
}

function createFolder(db: WriterDb, { mailbox, name, specialUse, now }: CreateFolder): Outcome<Folder> {
  const spelled = folderName(name);
  if (spelled === null) return badName;
  const folders = db.get<{ count: number }>(
    `SELECT count(folder.id) AS count FROM mailbox LEFT JOIN folder ON folder.mailbox = mailbox.id
     WHERE mailbox.id = ? AND address IS NOT NULL AND admitted = 1 GROUP BY mailbox.id`,
    mailbox,
  );
  if (!folders) return failed("not-found", "There is no such mailbox.");
  if (folders.count >= maximumFolders) return failed("not-permitted", "The mailbox has too many folders.");
  if (isTaken(db, mailbox, spelled)) return failed("exists", "A folder of this name exists.");
  const folder = folderById(db, insertFolder(db, mailbox, spelled, specialUse, now));
  return folder ? done(folder) : noFolder;
}

function renameFolder(db: WriterDb, { folder, name }: { folder: FolderId; name: string }): Outcome<void> {
  const before = folderById(db, folder);
  if (!before) return noFolder;
  const to = folderName(name);
  if (to === null || to.startsWith(`${before.name}/`)) return badName;
  if (before.name === "INBOX") return failed("not-permitted", "INBOX cannot be renamed.");
  if (to === before.name) return failed("exists", "The folder has this name.");
  const below = db.all<{ id: FolderId; name: string }>(
    "SELECT id, name FROM folder WHERE mailbox = ?1 AND (id = ?2 OR substr(name, 1, length(?3)) = ?3)",
    before.mailbox,
    folder,
    `${before.name}/`,
  );
  for (const one of below) {
    const renamed = folderName(to + one.name.slice(before.name.length));
    if (renamed === null) return badName;
    if (isTaken(db, before.mailbox, renamed)) return failed("exists", `A folder ${renamed} exists.`);
    db.run("UPDATE folder SET name = ? WHERE id = ?", renamed, one.id);
  }
  carrySubscriptions(db, before.mailbox, before.name, to);
  return done(undefined);
}

/** What lies below it stays, as RFC 3501 §6.3.4 wants it. */
function removeFolder(db: WriterDb, folder: FolderId): Outcome<void> {
  const before = folderById(db, folder);
  if (!before) return noFolder;
  if (before.name === "INBOX") return failed("not-permitted", "INBOX cannot be removed.");
  // Whoever has it open looks, and finds it gone.
  nextModSeq(db, folder);
  const contents = db.all<{ content: ContentId }>(
    "SELECT DISTINCT content FROM message WHERE folder = ?",
    folder,
  );
  db.run("DELETE FROM message WHERE folder = ?", folder);
  db.run("DELETE FROM expunged WHERE folder = ?", folder);
  db.run("DELETE FROM folder WHERE id = ?", folder);
  forsakeContents(
    db,
    contents.map((row) => row.content),
  );
  return done(undefined);
}

interface Subscribe {
  readonly mailbox: MailboxId;
  readonly name: string;
  readonly subscribed: boolean;
}

/** Only to a folder that is there, as RFC 3501 §6.3.6 lets us; from any name. */
function subscribe(db: WriterDb, { mailbox, name, subscribed }: Subscribe): Outcome<void> {
  const spelled = folderName(name);
  if (!subscribed) {
    if (spelled !== null) removeSubscription(db, mailbox, spelled);
    return done(undefined);
  }
  if (spelled === null || !isTaken(db, mailbox, spelled)) return noFolder;
  return addSubscription(db, mailbox, spelled);
}

function isTaken(db: Db, mailbox: MailboxId, name: string): boolean {
  return db.get("SELECT 1 FROM folder WHERE mailbox = ? AND name = ?", mailbox, name) !== undefined;
}

export const folderOperations = { createFolder, renameFolder, removeFolder, subscribe };
