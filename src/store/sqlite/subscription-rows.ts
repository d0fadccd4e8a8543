/** Writing subscriptions: names that a mailbox's owner wants listed, whether or not a folder has them. */
import type { MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { Db, WriterDb } from "./db.ts";

/** Names that are gone stay subscribed: more of them than this come from a program that runs wild. */
const mostSubscriptions = 20_000;
const tooMany = failed("not-permitted", "The mailbox has too many subscriptions.");

/** Subscribes a mailbox to a name. */
export function addSubscription(db: WriterDb, mailbox: MailboxId, name: string): Outcome<void> {
  const row = db.get<{ count: number }>(
    "SELECT count(*) AS count FROM subscription WHERE mailbox = ?",
    mailbox,
  );
  if (row && row.count >= mostSubscriptions) return tooMany;
  db.run("INSERT OR IGNORE INTO subscription (mailbox, name) VALUES (?, ?)", mailbox, name);
  return done(undefined);
}

export function removeSubscription(db: WriterDb, mailbox: MailboxId, name: string): void {
  db.run("DELETE FROM subscription WHERE mailbox = ? AND name = ?", mailbox, name);
}

export function isSubscribed(db: Db, mailbox: MailboxId, name: string): boolean {
  return db.get("SELECT 1 FROM subscription WHERE mailbox = ? AND name = ?", mailbox, name) !== undefined;
}
