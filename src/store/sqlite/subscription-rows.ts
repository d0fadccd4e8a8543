/** Writing subscriptions: names that a mailbox's owner wants listed, whether or not a folder has them. */
import type { MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { Db, WriterDb } from "./db.ts";

/** Names that are gone stay subscribed: more of them than this come from a program that runs wild. */
const mostSubscriptions = 20_000;
const tooMany = failed("not-permitted", "The mailbox has too many subscriptions.");

/** Subscribes a mailbox to a name. */
export function addSubscription(db: WriterDb, mailbox: MailboxId, name: string): Outcome<void> {
  if (roomIn(db, mailbox) === 0) return tooMany;
  db.run("INSERT OR IGNORE INTO subscription (mailbox, name) VALUES (?, ?)", mailbox, name);
  return done(undefined);
}

export function removeSubscription(db: WriterDb, mailbox: MailboxId, name: string): void {
  db.run("DELETE FROM subscription WHERE mailbox = ? AND name = ?", mailbox, name);
}

/**
 * Subscribes to the new names of folders that were renamed where somebody is subscribed to their old ones, which
 * stay subscribed: all of them, `from` and what was below it. Beyond the limit a folder is renamed all the same.
 */
export function carrySubscriptions(db: WriterDb, mailbox: MailboxId, from: string, to: string): void {
  db.run(
    `INSERT OR IGNORE INTO subscription (mailbox, name)
     SELECT folder.mailbox, folder.name FROM subscription AS old
     JOIN folder ON folder.mailbox = old.mailbox AND folder.name = ?3 || substr(old.name, length(?2) + 1)
     WHERE old.mailbox = ?1 AND (old.name = ?2 OR substr(old.name, 1, length(?2) + 1) = ?2 || '/')
     LIMIT ?4`,
    mailbox,
    from,
    to,
    roomIn(db, mailbox),
  );
}

/** How many more it may have. */
function roomIn(db: Db, mailbox: MailboxId): number {
  const row = db.get<{ count: number }>(
    "SELECT count(*) AS count FROM subscription WHERE mailbox = ?",
    mailbox,
  );
  return Math.max(0, mostSubscriptions - (row?.count ?? 0));
}
