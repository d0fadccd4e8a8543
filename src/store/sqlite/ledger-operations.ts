/** What becomes of a message of the old server: copied, brought by a sweep, or given up. */
import { forwardedSha256 } from "#mail/below-trace";
import { factsOf, type MessageFacts } from "#mail/facts";
import type { MessageHeading } from "#mail/message-heading";
import { internalDateOf } from "#mail/received";
import type { ContentId, FolderId, MailboxId, MessageId } from "#mailbox/ids";
import type { LedgerState, OldIdentity } from "#migration/ledger";
import { takeCameByMail } from "./came-by-mail.ts";
import { type Filling, fillContents } from "./content-rows.ts";
import type { WriterDb } from "./db.ts";
import { arrivalOf, type KeptMessage, leaveBody, putIntoInbox, recordMarks } from "./delivery-rows.ts";
import { headingOfFacts, headingText } from "./heading-text.ts";
import { expungeMessages } from "./message-rows.ts";
import { markReadBefore } from "./read-before.ts";
import { recordSetAside } from "./set-aside.ts";

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
  readonly wasRead: boolean;
}

/** Why a message whose mark is known is not kept once more. */
const whyTwice = {
  delivered: "It was delivered here from the queue.",
  "came-over":
    "The old server has this very message twice: it was piped there again after an unanswered attempt.",
} as const;

/** The one that is here carries the same mark in a Received field, and the log tells what became of that id. */
function markedAs(marks: readonly string[]): string {
  return `Its mark is ${marks.join(", ")}.`;
}

function arrive(db: WriterDb, { mailbox, arrived, now }: Arrive): void {
  const remote = stillRemote(db, mailbox, arrived);
  const fillings: ArrivedFilling[] = [];
  const read = new Set<ContentId>();
  for (const { row, content, marks, wasRead } of arrived) {
    const before = remote.get(row);
    if (!before) {
      leaveBody(db, bodyOf(content));
      continue;
    }
    remote.delete(row);
    const { facts, body } = digested(content);
    const arrival = arrivalOf(db, mailbox, marks);
    if (arrival) {
      leaveBody(db, body);
      skip(db, row, facts, `${whyTwice[arrival]} ${markedAs(marks)}`);
      expungeContent(db, before.content);
    } else {
      if (wasRead) read.add(before.content);
      fillings.push({ row, ...before, facts, body, internalDate: dateOf(facts, now) });
      recordMarks(db, mailbox, marks, false);
    }
  }
  noteCopied(db, mailbox, fillContents(db, mailbox, fillings));
  markReadBefore(db, mailbox, [...read]);
}

interface Remote {
  readonly content: ContentId;
  readonly listedSize: number;
}

interface ArrivedFilling extends Filling, Remote {
  readonly row: number;
}

/** Those of the rows whose content is remote and wanted. */
function stillRemote(
  db: WriterDb,
  mailbox: MailboxId,
  rows: readonly Pick<KeptArrived, "row">[],
): Map<number, Remote> {
  const found = db.rows<[number, ContentId, number]>(
    `SELECT ledger.id, content.id, coalesce(listed_size, 0) FROM json_each(?)
     CROSS JOIN ledger ON ledger.id = value CROSS JOIN content ON content.id = ledger.content
     WHERE ledger.mailbox = ? AND state = 'remote' AND forsaken = 0 AND content.size IS NULL`,
    JSON.stringify(rows.map(({ row }) => row)),
    mailbox,
  );
  return new Map(found.map(([row, content, listedSize]) => [row, { content, listedSize }]));
}

function noteCopied(db: WriterDb, mailbox: MailboxId, copied: readonly ArrivedFilling[]): void {
  if (copied.length === 0) return;
  db.run(
    `UPDATE ledger SET state = 'copied', sha256 = value ->> 1, settled_sha256 = value ->> 2, reason = NULL,
       heading = NULL, failures = 0, missing_since = NULL
     FROM json_each(?) WHERE ledger.id = value ->> 0`,
    JSON.stringify(copied.map(({ row, facts }) => [row, facts.sha256, facts.settledSha256])),
  );
  const here = copied.reduce((sum, { facts }) => sum + facts.size, 0);
  const listed = copied.reduce((sum, { listedSize }) => sum + listedSize, 0);
  count(db, mailbox, { messages: 0, octets: here - listed }, { messages: copied.length, octets: here });
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
  /** What came-by-mail has to know of a message in a file; null: nothing. */
  readonly belowTrace: string | null;
}

function adopt(db: WriterDb, { mailbox, swept, now }: Adopt): { stored: number; alreadyHere: number } {
  let stored = 0;
  let alreadyHere = 0;
  for (const one of swept) {
    const message = isKnown(db, mailbox, one) ? null : digested(one.content);
    if (!message) {
      leaveBody(db, bodyOf(one.content));
      continue;
    }
    const here = whyHere(db, mailbox, one, message, now);
    if (here !== null) {
      leaveBody(db, message.body);
      insertRow(db, mailbox, one, "skipped", message.facts, null, here);
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
      const stillMore = { messages: 1, octets: message.facts.size };
      count(db, mailbox, stillMore, stillMore);
      stored++;
    }
  }
  return { stored, alreadyHere };
}

/** Why a message that a sweep found is not stored once more; null when it is not here. */
function whyHere(
  db: WriterDb,
  mailbox: MailboxId,
  { marks, content, belowTrace }: KeptSwept,
  { facts, body }: KeptMessage,
  now: number,
): string | null {
  if (arrivalOf(db, mailbox, marks) !== null) return `It was here already. ${markedAs(marks)}`;
  const learn = () => {
    if (content.kind === "plain") return forwardedSha256(content.octets);
    return body.kind === "inline" ? forwardedSha256(body.octets) : belowTrace;
  };
  const came = takeCameByMail(db, mailbox, facts.messageId, learn, now);
  if (came === null) return null;
  const date = new Date(came).toISOString().slice(0, 10);
  return `It is kept once: it came by mail on ${date}, the same below its trace fields.`;
}

interface GiveUp {
  readonly row: number;
  readonly reason: string;
  readonly heading: MessageHeading | null;
}

function giveUp(db: WriterDb, { row, reason, heading }: GiveUp): void {
  const given = db.get<{ mailbox: MailboxId; uidl: string; size: number; content: ContentId | null }>(
    `UPDATE ledger SET state = 'skipped', reason = ?, heading = coalesce(?, heading)
     WHERE id = ? AND state = 'remote' RETURNING mailbox, uidl, size, content`,
    reason,
    headingText(heading),
    row,
  );
  if (!given) return;
  if (given.content !== null) expungeContent(db, given.content);
  recordSetAside(db, "message-skipped", { ...given, reason });
}

/** A message is digested where it is committed: this thread parses and hashes, not the one that people wait for. */
function digested(content: KeptFetched): KeptMessage {
  if (content.kind === "digested") return content.kept;
  return { facts: factsOf(content.octets), body: bodyOf(content) };
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
  facts: MessageFacts,
  content: ContentId | null,
  reason: string | null,
): void {
  const { sha256, settledSha256 } = facts;
  db.run(
    `INSERT INTO ledger (mailbox, uidl, size, occurrence, state, sha256, settled_sha256, content, reason, heading)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    mailbox,
    uidl,
    size,
    occurrence,
    state,
    sha256,
    settledSha256 ?? null,
    content,
    reason,
    content === null ? headingText(headingOfFacts(facts)) : null,
  );
}

function skip(db: WriterDb, row: number, facts: MessageFacts, reason: string): void {
  const { sha256, settledSha256 } = facts;
  db.run(
    `UPDATE ledger SET state = 'skipped', sha256 = ?, settled_sha256 = ?, reason = ?, heading = ?, failures = 0,
       missing_since = NULL
     WHERE id = ?`,
    sha256,
    settledSha256 ?? null,
    reason,
    headingText(headingOfFacts(facts)),
    row,
  );
}

/** All that is counted of a transfer when messages have come; `grown` is by how much there is more to do. */
function count(
  db: WriterDb,
  mailbox: MailboxId,
  grown: { readonly messages: number; readonly octets: number },
  here: { readonly messages: number; readonly octets: number },
): void {
  db.run(
    `UPDATE transfer SET messages = messages + ?, octets = octets + ?,
       messages_here = messages_here + ?, octets_here = octets_here + ? WHERE mailbox = ?`,
    grown.messages,
    grown.octets,
    here.messages,
    here.octets,
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
