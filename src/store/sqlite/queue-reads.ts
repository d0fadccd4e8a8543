/** What the queue asks of the store: short reads of one committed state. */
import type { QueuedRecipient, QueueTotals, Via } from "#queue/queue-store";
import type { Db } from "./db.ts";
import { selectRecipients } from "./queue-rows.ts";

/** Recipients due at `now`, oldest due first, without those of the destinations `except`. */
export function readDue(db: Db, now: number, limit: number, except: readonly Via[]): QueuedRecipient[] {
  // The inner query reads nothing but its index until it knows the few that it wants.
  return selectRecipients(
    db,
    `WHERE r.id IN (
       SELECT id FROM queued_recipient
       WHERE held = 0 AND begun = 0 AND next_try <= ?1
         AND via_kind || ' ' || via_to NOT IN (SELECT value FROM json_each(?2))
       ORDER BY next_try, id LIMIT ?3)
     ORDER BY r.next_try, r.id`,
    now,
    JSON.stringify(except.map((via) => `${via.kind} ${via.to}`)),
    limit,
  );
}

/** When the next recipient is due that is neither held nor begun; null when there is none. */
export function readNextDue(db: Db): number | null {
  const row = db.get<{ next: number | null }>(
    "SELECT min(next_try) AS next FROM queued_recipient WHERE held = 0 AND begun = 0",
  );
  return row?.next ?? null;
}

/** One recipient; null when it is gone. */
export function readRecipient(db: Db, id: string): QueuedRecipient | null {
  return selectRecipients(db, "WHERE r.id = ?", id)[0] ?? null;
}

/** Recipients in id order, after an id (exclusive). */
export function readRecipients(db: Db, after: string, limit: number): QueuedRecipient[] {
  return selectRecipients(db, "WHERE r.id > ? ORDER BY r.id LIMIT ?", after, limit);
}

/** What waits for each destination; `oldest` is the arrival that is longest ago. */
export function readTotals(db: Db): QueueTotals[] {
  return db
    .all<{ kind: Via["kind"]; to: string; recipients: number; oldest: number }>(
      `SELECT via_kind AS kind, via_to AS "to", count(*) AS recipients, min(received_at) AS oldest
       FROM queued_recipient GROUP BY via_kind, via_to ORDER BY via_kind, via_to`,
    )
    .map(({ kind, to, recipients, oldest }) => ({ via: { kind, to }, recipients, oldest }));
}
