/** Starting, changing and ending the moves of domains and mailboxes. */
import type { MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { Ledger } from "#migration/ledger";
import type { MigrationLimits } from "#migration/limits/migration-limits";
import type { Migration } from "#migration/migration";
import type { WriterDb } from "./db.ts";
import { domainOf } from "./domain-operations.ts";
import { createInitialFolders } from "./mailbox-rows.ts";

function setMigration(db: WriterDb, migration: Migration): Outcome<void> {
  if (domainOf(db, migration.domain)?.kind !== "local") {
    return failed("not-found", `${migration.domain} is no local domain: add it first.`);
  }
  const isRunning = db.get("SELECT 1 FROM migration WHERE domain = ?", migration.domain) !== undefined;
  if (!isRunning) takeUpAgain(db, migration);
  db.run(
    "INSERT INTO migration (domain, settings) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET settings = ?2",
    migration.domain,
    JSON.stringify(migration),
  );
  return done(undefined);
}

interface LimitMigration {
  readonly domain: string;
  readonly limits: MigrationLimits;
}

/** One that has ended meanwhile stays ended. */
function limitMigration(db: WriterDb, { domain, limits }: LimitMigration): Outcome<void> {
  const isOn = db.run(
    "UPDATE migration SET settings = json_set(settings, '$.limits', json(?)) WHERE domain = ?",
    JSON.stringify(limits),
    domain,
  );
  return isOn === 0 ? failed("not-found", `${domain} is not migrating.`) : done(undefined);
}

/** What an earlier migration had settled is followed again, as soon as somebody's login brings the old password. */
function takeUpAgain(db: WriterDb, { domain, startedAt }: Migration): void {
  db.run(
    `UPDATE transfer SET state = 'needs-password', next_try = ?, failures = 0, reason = ?
     WHERE state = 'settled' AND mailbox IN (SELECT id FROM mailbox WHERE domain = ?)`,
    startedAt,
    passwordsDestroyed,
    domain,
  );
}

const passwordsDestroyed =
  "the old passwords were destroyed when the migration ended: the next login brings it";

/**
 * In a domain that does not migrate every mailbox is admitted: those that were only prepared are from this
 * commit on. Whoever went back to the old server stays there until an administrator says otherwise.
 */
function endMigration(
  db: WriterDb,
  { domain, now }: { readonly domain: string; readonly now: number },
): Outcome<void> {
  const unhashed = db.get(
    "SELECT 1 FROM unhashed_password JOIN mailbox ON mailbox.id = unhashed_password.mailbox WHERE domain = ? LIMIT 1",
    domain,
  );
  if (unhashed !== undefined) {
    return failed("in-use", "Somebody came a moment ago, and their password is not hashed yet: try again.");
  }
  if (db.run("DELETE FROM migration WHERE domain = ?", domain) === 0) {
    return failed("not-found", `${domain} is not migrating.`);
  }
  db.run(
    `UPDATE transfer SET sealed_password = NULL, state = iif(state = 'returned', state, 'settled'), reason = NULL
     WHERE mailbox IN (SELECT id FROM mailbox WHERE domain = ?)`,
    domain,
  );
  // Another migration is to see for itself what reading does there.
  db.run("DELETE FROM reading_effect WHERE domain = ?", domain);
  const prepared = db.all<{ id: MailboxId }>(
    `UPDATE mailbox SET admitted = 1 WHERE domain = ? AND admitted = 0
     AND NOT EXISTS (SELECT 1 FROM returned_mailbox WHERE returned_mailbox.mailbox = mailbox.id) RETURNING id`,
    domain,
  );
  for (const { id } of prepared) createInitialFolders(db, id, now);
  return done(undefined);
}

interface SetSealedPassword {
  readonly mailbox: MailboxId;
  readonly sealed: Uint8Array;
  readonly loginName: string;
}

/** Nothing is kept once the migration has ended: its passwords are gone for good. */
function setSealedPassword(db: WriterDb, { mailbox, sealed, loginName }: SetSealedPassword): void {
  db.run(
    `UPDATE transfer SET sealed_password = ?, login_name = ?
     WHERE mailbox = ? AND mailbox IN
       (SELECT id FROM mailbox WHERE domain IN (SELECT domain FROM migration))`,
    sealed,
    loginName,
    mailbox,
  );
}

interface SetTransfer {
  readonly mailbox: MailboxId;
  readonly change: Parameters<Ledger["setTransfer"]>[1];
}

function setTransfer(db: WriterDb, { mailbox, change }: SetTransfer): void {
  db.run(
    `UPDATE transfer SET state = ?, reason = ?, next_try = ?, failures = ?,
       last_sweep = coalesce(?, last_sweep), last_stat = coalesce(?, last_stat), told_apart = max(?, told_apart),
       met = coalesce(?, met), notes = coalesce(?, notes)
     WHERE mailbox = ? AND state <> 'returned'`,
    change.state,
    change.reason,
    change.nextTry,
    change.failures,
    change.lastSweep ?? null,
    change.lastStat ?? null,
    change.isToldApart ? 1 : 0,
    change.met ? JSON.stringify(change.met) : null,
    change.notes ? JSON.stringify(change.notes) : null,
    mailbox,
  );
}

export const transferOperations = {
  setMigration,
  limitMigration,
  endMigration,
  setSealedPassword,
  setTransfer,
};
