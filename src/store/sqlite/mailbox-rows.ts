/** Writing mailboxes and folders: the primitives of the directory, of admission and of delivery. */
import type { NewMailbox } from "#directory/directory-store";
import { initialFolders, type SpecialUse } from "#mailbox/folder";
import type { FolderId, MailboxId, UidValidity } from "#mailbox/ids";
import type { Db, WriterDb } from "./db.ts";
import { addSubscription } from "./subscription-rows.ts";

/** The mailbox of an address, admitted or not; null when there is none. */
export function mailboxOf(db: Db, address: string): { id: MailboxId; admitted: boolean } | null {
  const row = db.get<{ id: MailboxId; admitted: number }>(
    "SELECT id, admitted FROM mailbox WHERE address = ?",
    address,
  );
  return row ? { id: row.id, admitted: row.admitted === 1 } : null;
}

/**
 * The INBOX of a mailbox; null when it was removed, or is not admitted: not yet, or not any more.
 * @param isOwnerAway also of one that was admitted once
 */
export function inboxOf(db: Db, mailbox: MailboxId, isOwnerAway = false): FolderId | null {
  const row = db.get<{ id: FolderId }>(
    `SELECT folder.id FROM folder JOIN mailbox ON mailbox.id = folder.mailbox
     WHERE folder.mailbox = ? AND name = 'INBOX' AND address IS NOT NULL AND (admitted = 1 OR ? = 1)`,
    mailbox,
    Number(isOwnerAway),
  );
  return row?.id ?? null;
}

/** Creates a mailbox for an address that has none, with its folders if it is admitted. */
export function createMailbox(db: WriterDb, mailbox: NewMailbox, now: number): MailboxId {
  const former = db.get<{ uid_validity: number }>(
    "SELECT uid_validity FROM former_mailbox WHERE address = ?",
    mailbox.address,
  );
  const id = db.insert<MailboxId>(
    `INSERT INTO mailbox (domain, address, admitted, password_hash, quota, uid_validity, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    mailbox.domain,
    mailbox.address,
    Number(mailbox.admitted),
    mailbox.passwordHash,
    mailbox.quota,
    former?.uid_validity ?? 1,
    now,
  );
  if (mailbox.admitted) createInitialFolders(db, id, now);
  return id;
}

/** The folders that every admitted mailbox has: created by the commit that admits it. */
export function createInitialFolders(db: WriterDb, mailbox: MailboxId, now: number): void {
  for (const { name, specialUse } of initialFolders) {
    insertFolder(db, mailbox, name, specialUse, now);
    addSubscription(db, mailbox, name);
  }
}

/** Creates a folder under a name that is free. */
export function insertFolder(
  db: WriterDb,
  mailbox: MailboxId,
  name: string,
  specialUse: SpecialUse | null,
  now: number,
): FolderId {
  return db.insert<FolderId>(
    "INSERT INTO folder (mailbox, name, uid_validity, special_use) VALUES (?, ?, ?, ?)",
    mailbox,
    name,
    takeUidValidity(db, mailbox, now),
    specialUse,
  );
}

/**
 * A UIDVALIDITY that no folder of this address ever had (RFC 3501 §2.3.1.1): the time in seconds, as the RFC
 * suggests, or the next number when folders come faster than seconds.
 */
function takeUidValidity(db: WriterDb, mailbox: MailboxId, now: number): UidValidity {
  const row = db.get<{ taken: UidValidity }>(
    `UPDATE mailbox SET uid_validity = max(uid_validity, ?) + 1 WHERE id = ?
     RETURNING uid_validity - 1 AS taken`,
    Math.floor(now / 1000),
    mailbox,
  );
  if (!row) throw new Error(`there is no mailbox ${mailbox}`);
  return row.taken;
}
