/** What becomes of a message of the old server: copied, brought by a sweep, or given up. */
import { FactsReader, type MessageFacts } from "#mail/facts";
import { internalDateOf } from "#mail/received";
import type { ContentId, FolderId, MailboxId, MessageId } from "#mailbox/ids";
import type { LedgerState, OldIdentity } from "#migration/ledger";
import { fillContent } from "./content-rows.ts";
import type { WriterDb } from "./db.ts";
import { arrivalOf, type KeptMessage, leaveBody, putIntoInbox, recordMarks } from "./delivery-rows.ts";
import { expungeMessages } from "./message-rows.ts";

/** A fetched message as it travels to the writer: digested already, or octets that are digested here. */
export type KeptFetched =
  | { readonly kind: "digested"; readonly kept: KeptMessage }
  /** `file` is where large octets were written as well. */
  | { readonly kind: "plain"; readonly octets: Uint8Array; readonly file: string | null };

interface Arrive {
  readonly mailbox: MailboxId;
  readonly arrived: readonly KeptArrived[];
  readonly now: number;
}

export interface KeptArrived {
  readonly row: number;
  readonly content: KeptFetched;
  readonly marks: readonly string[];
}

/** Why a message whose mark is known is not kept once more. */
const whyTwice = {
  delivered: "It was delivered here from the queue.",
  "came-over":
    "The old server has this very message twice: it was piped there again after an unanswered attempt.",
} as const;

function arrive(db: WriterDb, { mailbox, arrived, now }: Arrive): void {
  for (const { row, content, marks } of arrived) {
    const remote = db.get<{ content: ContentId; listed_size: number }>(
      `SELECT content.id AS content, listed_size FROM ledger JOIN content ON content.id = ledger.content
       WHERE ledger.id = ? AND ledger.mailbox = ? AND state = 'remote' AND forsaken = 0`,
      row,
      mailbox,
    );
    const message = remote ? digested(content) : null;
    const before = message && arrivalOf(db, mailbox, marks);
    if (!remote || !message) {
      leaveBody(db, bodyOf(content));
    } else if (before) {
      leaveBody(db, message.body);
      decide(db, row, "skipped", message.facts, whyTwice[before]);
      expungeContent(db, remote.content);
    } else {
      fillContent(db, remote.content, message.facts, message.body, dateOf(message.facts, now));
      decide(db, row, "copied", message.facts, null);
      recordMarks(db, mailbox, marks, false);
      count(db, mailbox, { messages: 0, octets: message.facts.size - remote.listed_size }, message.facts);
    }
  }
}

interface Adopt {
  readonly mailbox: MailboxId;
  readonly swept: readonly KeptSwept[];
  readonly now: number;
}

export interface KeptSwept extends OldIdentity {
  readonly entryUidl: string;
  readonly content: KeptFetched;
  readonly marks: readonly string[];
}

function adopt(db: WriterDb, { mailbox, swept, now }: Adopt): { stored: number; alreadyHere: number } {
  let stored = 0;
  let alreadyHere = 0;
  for (const one of swept) {
    const message = isKnown(db, mailbox, one) ? null : digested(one.content);
    if (!message) {
      leaveBody(db, bodyOf(one.content));
    } else if (arrivalOf(db, mailbox, one.marks) !== null) {
      leaveBody(db, message.body);
      insertRow(db, mailbox, one, "skipped", message.facts, null, "It was here already, by its mark.");
      alreadyHere++;
    } else {
      const filing = { internalDate: dateOf(message.facts, now), uidl: one.entryUidl };
      const content = putIntoInbox(db, mailbox, message, filing);
      if (content === null) {
        leaveBody(db, message.body);
        continue;
      }
      insertRow(db, mailbox, one, "copied", message.facts, content, null);
      recordMarks(db, mailbox, one.marks, false);
      count(db, mailbox, { messages: 1, octets: message.facts.size }, message.facts);
      stored++;
    }
  }
  return { stored, alreadyHere };
}

function giveUp(db: WriterDb, { row, reason }: { readonly row: number; readonly reason: string }): void {
  const given = db.get<{ content: ContentId | null }>(
    "UPDATE ledger SET state = 'skipped', reason = ? WHERE id = ? AND state = 'remote' RETURNING content",
    reason,
    row,
  );
  if (given && given.content !== null) expungeContent(db, given.content);
}

/** A message is digested where it is committed: this thread parses and hashes, not the one that people wait for. */
function digested(content: KeptFetched): KeptMessage {
  if (content.kind === "digested") return content.kept;
  const reader = new FactsReader();
  reader.write(content.octets);
  return { facts: reader.finish(), body: bodyOf(content) };
}

function bodyOf(content: KeptFetched): KeptMessage["body"] {
  if (content.kind === "digested") return content.kept.body;
  if (content.file !== null) return { kind: "file", name: content.file };
  return { kind: "inline", octets: content.octets };
}

function dateOf(facts: MessageFacts, now: number): number {
  return internalDateOf(facts) ?? now;
}

function isKnown(db: WriterDb, mailbox: MailboxId, { uidl, size, occurrence }: OldIdentity): boolean {
  const sql = "SELECT 1 FROM ledger WHERE mailbox = ? AND uidl = ? AND size = ? AND occurrence = ?";
  return db.get(sql, mailbox, uidl, size, occurrence) !== undefined;
}

function insertRow(
  db: WriterDb,
  mailbox: MailboxId,
  { uidl, size, occurrence }: OldIdentity,
  state: LedgerState,
  { sha256 }: MessageFacts,
  content: ContentId | null,
  reason: string | null,
): void {
  db.run(
    `INSERT INTO ledger (mailbox, uidl, size, occurrence, state, sha256, content, reason)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    mailbox,
    uidl,
    size,
    occurrence,
    state,
    sha256,
    content,
    reason,
  );
}

function decide(
  db: WriterDb,
  row: number,
  state: LedgerState,
  { sha256 }: MessageFacts,
  reason: string | null,
): void {
  db.run(
    "UPDATE ledger SET state = ?, sha256 = ?, reason = ?, failures = 0, missing_since = NULL WHERE id = ?",
    state,
    sha256,
    reason,
    row,
  );
}

/** All that is counted of a transfer when one message has come; `grown` is by how much there is more to do. */
function count(
  db: WriterDb,
  mailbox: MailboxId,
  grown: { readonly messages: number; readonly octets: number },
  { size }: MessageFacts,
): void {
  db.run(
    `UPDATE transfer SET messages = messages + ?, octets = octets + ?,
       messages_here = messages_here + 1, octets_here = octets_here + ? WHERE mailbox = ?`,
    grown.messages,
    grown.octets,
    size,
    mailbox,
  );
}

/** Every entry of a content goes, in whatever folders. */
function expungeContent(db: WriterDb, content: ContentId): void {
  const entries = db.all<{ id: MessageId; folder: FolderId }>(
    "SELECT id, folder FROM message WHERE content = ?",
    content,
  );
  for (const { id, folder } of entries) expungeMessages(db, folder, [id]);
}

export const ledgerOperations = { arrive, adopt, giveUp };
