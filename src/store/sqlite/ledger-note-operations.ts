/** What a listing or a failed fetch tells of rows that stay what they are. */
import type { MessageHeading } from "#mail/message-heading";
import type { MailboxId } from "#mailbox/ids";
import type { OldIdentity, Reidentified } from "#migration/ledger";
import type { WriterDb } from "./db.ts";
import { headingText } from "./heading-text.ts";
import { recordSetAside } from "./set-aside.ts";

interface FetchFailed {
  readonly row: number;
  readonly reason: string;
  readonly nextTry: number;
  readonly heading: MessageHeading | null;
}

function fetchFailed(db: WriterDb, { row, reason, nextTry, heading }: FetchFailed): void {
  const failed = db.get<{ mailbox: MailboxId; uidl: string; size: number; failures: number }>(
    `UPDATE ledger SET failures = failures + 1, reason = ?, next_try = ?, heading = coalesce(?, heading)
     WHERE id = ? AND state = 'remote' RETURNING mailbox, uidl, size, failures`,
    reason,
    nextTry,
    headingText(heading),
    row,
  );
  if (failed?.failures === 1) recordSetAside(db, "message-set-aside", { ...failed, reason });
}

interface Describe {
  readonly row: number;
  readonly heading: MessageHeading;
}

function describe(db: WriterDb, { row, heading }: Describe): void {
  db.run("UPDATE ledger SET heading = ? WHERE id = ?", headingText(heading), row);
}

interface RetryRows {
  readonly mailbox: MailboxId;
  readonly uidl: string | null;
}

function retryRows(db: WriterDb, { mailbox, uidl }: RetryRows): number {
  return db.run(
    `UPDATE ledger SET next_try = 0 WHERE mailbox = ?1 AND state = 'remote' AND (?2 IS NULL OR uidl = ?2)`,
    mailbox,
    uidl,
  );
}

interface Missing {
  readonly rows: readonly number[];
  readonly since: number | null;
}

function missing(db: WriterDb, { rows, since }: Missing): void {
  for (const row of rows) {
    db.run(
      "UPDATE ledger SET missing_since = iif(?1 IS NULL, NULL, coalesce(missing_since, ?1)) WHERE id = ?2",
      since,
      row,
    );
  }
}

interface LeaveOut extends OldIdentity {
  readonly mailbox: MailboxId;
  readonly reason: string;
  readonly heading: MessageHeading | null;
}

function leaveOut(db: WriterDb, { mailbox, uidl, size, occurrence, reason, heading }: LeaveOut): void {
  const isNew = db.run(
    `INSERT INTO ledger (mailbox, uidl, size, occurrence, state, reason, heading)
     SELECT id, ?, ?, ?, 'skipped', ?, ? FROM mailbox WHERE id = ? ON CONFLICT DO NOTHING`,
    uidl,
    size,
    occurrence,
    reason,
    headingText(heading),
    mailbox,
  );
  if (isNew > 0) recordSetAside(db, "message-skipped", { mailbox, uidl, size, reason });
}

interface Reidentify {
  readonly mailbox: MailboxId;
  readonly known: readonly Reidentified[];
}

/**
 * Identities may change places: a row whose identity another one takes has none until its own turn comes, or
 * keeps none when the old server does not show it any more.
 */
function reidentify(db: WriterDb, { mailbox, known }: Reidentify): void {
  for (const { row, uidl, size, occurrence } of known) {
    db.run(
      `UPDATE ledger SET occurrence = -id
       WHERE mailbox = ? AND uidl = ? AND size = ? AND occurrence = ? AND id <> ?`,
      mailbox,
      uidl,
      size,
      occurrence,
      row,
    );
    db.run(
      "UPDATE ledger SET uidl = ?, size = ?, occurrence = ? WHERE id = ? AND mailbox = ?",
      uidl,
      size,
      occurrence,
      row,
      mailbox,
    );
  }
}

export const ledgerNoteOperations = { leaveOut, fetchFailed, describe, retryRows, missing, reidentify };
