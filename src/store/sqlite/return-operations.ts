/** Giving mailboxes back to the old server, and letting their owners come again (migration/return). */
import type { MessageFacts } from "#mail/facts";
import type { MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { MailboxReturn, SentState } from "#migration/return/mailbox-return";
import type { Seen, ToSend } from "#migration/return/return-store";
import type { QueuedMessage } from "#queue/queue-store";
import type { WriterDb } from "./db.ts";
import { leaveBody, recordMarks } from "./delivery-rows.ts";
import { insertQueued, type NumberedQueued } from "./queue-rows.ts";
import { readMigration } from "./transfer-rows.ts";

const notHere = failed("not-permitted", "It has not moved here, or has no old mailbox to go back to.");

function beginReturn(db: WriterDb, way: MailboxReturn): Outcome<void> {
  const { mailbox } = way;
  const isAway = db.get("SELECT 1 FROM returned_mailbox WHERE mailbox = ?", mailbox) !== undefined;
  if (!isAway) {
    const left = db.run(
      `UPDATE mailbox SET admitted = 0 WHERE id = ?1 AND address IS NOT NULL AND admitted = 1
       AND EXISTS (SELECT 1 FROM transfer WHERE mailbox = ?1)`,
      mailbox,
    );
    if (left === 0) return notHere;
  }
  db.run(
    `INSERT INTO returned_mailbox (mailbox, may_come, unfinished, detail) VALUES (?1, 0, 1, ?2)
     ON CONFLICT DO UPDATE SET may_come = 0, unfinished = 1, detail = ?2`,
    mailbox,
    detailOf(way),
  );
  db.run(
    "UPDATE transfer SET state = 'returned', reason = NULL, next_try = 0, failures = 0 WHERE mailbox = ?",
    mailbox,
  );
  return done(undefined);
}

interface Progress {
  readonly way: MailboxReturn;
  readonly words: string;
}

function returnProgress(db: WriterDb, { way, words }: Progress): void {
  const unfinished = way.phase === "sending" || way.phase === "proving";
  const kept = db.run(
    "UPDATE returned_mailbox SET unfinished = ?, detail = ? WHERE mailbox = ?",
    Number(unfinished),
    detailOf(way),
    way.mailbox,
  );
  if (kept === 0) return;
  db.run(
    "UPDATE transfer SET reason = ?, next_try = ? WHERE mailbox = ? AND state = 'returned'",
    words,
    unfinished ? way.nextTry : 0,
    way.mailbox,
  );
}

function permitReturned(db: WriterDb, mailbox: MailboxId): Outcome<boolean> {
  const away = db.get<{ domain: string }>(
    `SELECT domain FROM returned_mailbox JOIN mailbox ON mailbox.id = returned_mailbox.mailbox
     WHERE mailbox = ? AND address IS NOT NULL`,
    mailbox,
  );
  if (!away) return failed("not-found", "Its owner did not go back to the old server.");
  if (readMigration(db, away.domain)) {
    db.run("UPDATE returned_mailbox SET may_come = 1 WHERE mailbox = ?", mailbox);
    return done(false);
  }
  // There is no old server to be asked any more: the password here decides, as everywhere in the domain.
  db.run("UPDATE mailbox SET admitted = 1 WHERE id = ?", mailbox);
  db.run("UPDATE transfer SET state = 'settled', reason = NULL WHERE mailbox = ?", mailbox);
  db.run("DELETE FROM returned_mailbox WHERE mailbox = ?", mailbox);
  return done(true);
}

/** What the queue is told of one content; `link` is a name of its own for the queue, of a content in a file. */
export interface KeptToSend {
  readonly way: Pick<MailboxReturn, "mailbox">;
  readonly toSend: ToSend;
  readonly message: QueuedMessage;
  readonly recipient: NumberedQueued;
  readonly link: string | null;
}

interface BodyRow {
  readonly facts: string;
  readonly octets: Uint8Array | null;
  readonly file: string | null;
}

function sendReturned(db: WriterDb, { way, toSend, message, recipient, link }: KeptToSend): Outcome<boolean> {
  const { mailbox } = way;
  const isAway = db.get("SELECT 1 FROM returned_mailbox WHERE mailbox = ?", mailbox) !== undefined;
  const body = db.get<BodyRow>(
    `SELECT facts, octets, file FROM content JOIN body ON body.content = content.id
     WHERE content.id = ? AND mailbox = ? AND forsaken = 0`,
    toSend.content,
    mailbox,
  );
  if (!isAway || !body) return failed("not-found", "The message is gone, or its owner came over again.");
  const { sent } = db.get<{ sent: number }>(
    "SELECT count(*) AS sent FROM returned_message WHERE content = ? AND state IN ('queued', 'accepted')",
    toSend.content,
  ) ?? { sent: 0 };
  if (sent > 0) {
    if (link !== null) leaveBody(db, { kind: "file", name: link });
    return done(false);
  }
  const octets = body.octets ?? new Uint8Array(0);
  insertQueued(
    db,
    message,
    {
      facts: JSON.parse(body.facts) as MessageFacts,
      body: link === null ? { kind: "inline", octets } : { kind: "file", name: link },
    },
    [recipient],
  );
  // Whatever way it comes back, it is here already.
  recordMarks(db, mailbox, [recipient.id], true);
  db.run(
    `INSERT OR REPLACE INTO returned_message (content, mailbox, recipient, state, octets, message_id, sha256)
     VALUES (?, ?, ?, 'queued', ?, ?, ?)`,
    toSend.content,
    mailbox,
    recipient.id,
    toSend.size,
    toSend.messageId,
    toSend.sha256,
  );
  return done(true);
}

function returnedFound(db: WriterDb, seen: readonly Seen[]): void {
  for (const { content, how, seenAs } of seen) {
    db.run("UPDATE returned_message SET found = ?, seen_as = ? WHERE content = ?", how, seenAs, content);
  }
}

/** A queued recipient leaves the queue: what it was, if it was sent after somebody who went back. */
export function noteReturned(db: WriterDb, recipient: string, state: SentState): void {
  db.run("UPDATE returned_message SET state = ? WHERE recipient = ?", state, recipient);
}

/** How somebody's way back stands: `away` until it is permitted to come again. */
export function returnStateOf(db: WriterDb, mailbox: MailboxId): "away" | "may-come" | null {
  const row = db.get<{ may_come: number }>(
    "SELECT may_come FROM returned_mailbox WHERE mailbox = ?",
    mailbox,
  );
  if (!row) return null;
  return row.may_come === 1 ? "may-come" : "away";
}

function detailOf({ mailbox: _, address: _a, domain: _d, mayCome: _m, ...detail }: MailboxReturn): string {
  return JSON.stringify(detail);
}

export const returnOperations = { beginReturn, returnProgress, permitReturned, sendReturned, returnedFound };
