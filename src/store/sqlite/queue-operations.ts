/** What the queue writes. An attempt is begun before it starts and ended by its result, both durably. */
import type { MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { SentState } from "#migration/return/mailbox-return";
import type { QueuedMessage, Via } from "#queue/queue-store";
import { noteCameByMail } from "./came-by-mail.ts";
import type { KeptBody } from "./content-rows.ts";
import type { WriterDb } from "./db.ts";
import { arrivalOf, type KeptMessage, leaveBody, putIntoInbox, recordMarks } from "./delivery-rows.ts";
import { inboxOf } from "./mailbox-rows.ts";
import {
  insertQueued,
  type NumberedQueued,
  queuedBody,
  queuedFacts,
  removeRecipient,
  selectRecipients,
} from "./queue-rows.ts";
import { noteReturned } from "./return-operations.ts";

/** An intake whose content is kept, with a link for each mailbox and one for the queue. */
export interface KeptIntake {
  readonly message: QueuedMessage;
  readonly local: readonly { readonly mailbox: MailboxId; readonly kept: KeptMessage }[];
  readonly queued: { readonly recipients: readonly NumberedQueued[]; readonly kept: KeptMessage } | null;
  /** What came-by-mail has to know of a message in a file; null: nothing. */
  readonly belowTrace: string | null;
}

/** What one attempt came to; delivered and failed are the same here. The report is kept like any intake. */
export type KeptResult = {
  readonly recipient: string;
  readonly report: KeptIntake | null;
} & ({ readonly kind: "ended" } | Deferral);

interface Deferral {
  readonly kind: "deferred";
  readonly reply: string;
  readonly nextTry: number;
  readonly mayHaveArrived: boolean;
  readonly held: boolean;
}

const noSuchRecipient = "The queue has no such recipient (any more).";

function intake(db: WriterDb, { message, local, queued, belowTrace }: KeptIntake): Outcome<null> {
  for (const { mailbox, kept } of local) {
    if (!file(db, mailbox, kept, message)) return failed("not-found", "A recipient's mailbox is gone.");
    if (message.authenticated === null) noteCameByMail(db, mailbox, kept, belowTrace, message.receivedAt);
  }
  if (queued) insertQueued(db, message, queued.kept, queued.recipients);
  return done(null);
}

/** A report has nobody to be told that it could not be kept: what has lost its mailbox is passed over. */
function intakeReport(db: WriterDb, { message, local, queued }: KeptIntake): void {
  for (const { mailbox, kept } of local) {
    // It was routed before its recipient went back: there it is found and sent on (migration/return).
    const filing = { internalDate: message.receivedAt, uidl: null, isOwnerAway: true };
    if (putIntoInbox(db, mailbox, kept, filing) === null) leaveBody(db, kept.body);
  }
  if (queued) insertQueued(db, message, queued.kept, queued.recipients);
}

function leaveReport(db: WriterDb, { local, queued }: KeptIntake): void {
  for (const { kept } of local) leaveBody(db, kept.body);
  if (queued) leaveBody(db, queued.kept.body);
}

function file(db: WriterDb, mailbox: MailboxId, kept: KeptMessage, message: QueuedMessage): boolean {
  return putIntoInbox(db, mailbox, kept, { internalDate: message.receivedAt, uidl: null }) !== null;
}

function begin(db: WriterDb, recipients: readonly string[]): string[] {
  return recipients.filter(
    (id) =>
      db.run(
        `UPDATE queued_recipient SET begun = 1, attempts = attempts + 1
         WHERE id = ? AND begun = 0 AND held = 0`,
        id,
      ) === 1,
  );
}

function release(
  db: WriterDb,
  { recipients, nextTry }: { readonly recipients: readonly string[]; readonly nextTry: number },
): void {
  for (const id of recipients) {
    db.run(
      `UPDATE queued_recipient SET begun = 0, attempts = attempts - 1, next_try = ?
       WHERE id = ? AND begun = 1`,
      nextTry,
      id,
    );
  }
}

/** A result for a recipient that was dropped meanwhile changes nothing, and its report is not sent. */
function finish(db: WriterDb, results: readonly KeptResult[]): void {
  for (const result of results) {
    const ended = result.kind === "deferred" ? defer(db, result) : leave(db, result.recipient, "accepted");
    if (!result.report) continue;
    if (ended) intakeReport(db, result.report);
    else leaveReport(db, result.report);
  }
}

/** Takes a recipient out of the queue. */
function leave(db: WriterDb, recipient: string, state: SentState): boolean {
  if (!removeRecipient(db, recipient)) return false;
  noteReturned(db, recipient, state);
  return true;
}

function defer(db: WriterDb, result: KeptResult & Deferral): boolean {
  return (
    db.run(
      `UPDATE queued_recipient SET begun = 0, last_reply = ?, next_try = ?, held = max(held, ?),
         may_have_arrived = max(may_have_arrived, ?), delay_reported = max(delay_reported, ?)
       WHERE id = ? AND begun = 1`,
      result.reply,
      result.nextTry,
      Number(result.held),
      Number(result.mayHaveArrived),
      Number(result.report !== null),
      result.recipient,
    ) === 1
  );
}

/** @param args.link a name of its own for the mailbox, of a content that is in a file */
function deliverHere(
  db: WriterDb,
  args: { readonly recipient: string; readonly mailbox: MailboxId; readonly link: string | null },
): Outcome<"delivered" | "already-here"> {
  const { recipient: id, mailbox, link } = args;
  const [recipient] = selectRecipients(db, "WHERE r.id = ?", id);
  const body = recipient && queuedBody(db, recipient.message.id);
  const facts = recipient && queuedFacts(db, recipient.message.id);
  if (!recipient || !body || !facts) return failed("not-found", noSuchRecipient);
  if (inboxOf(db, mailbox) === null) return failed("not-found", "The mailbox is gone.");
  const isHere = arrivalOf(db, mailbox, [id]) !== null;
  if (isHere) {
    if (link !== null) db.forgetFile(link);
  } else {
    file(db, mailbox, { facts, body: ownBody(body, link) }, recipient.message);
  }
  recordMarks(db, mailbox, [id], !isHere);
  leave(db, id, "came-back");
  return done(isHere ? "already-here" : "delivered");
}

function ownBody(body: KeptBody, link: string | null): KeptBody {
  if (body.kind === "inline") return body;
  if (link === null) throw new Error("a content file has no link for the mailbox");
  return { kind: "file", name: link };
}

function recover(db: WriterDb, now: number): number {
  return db.run(
    "UPDATE queued_recipient SET begun = 0, may_have_arrived = 1, next_try = ? WHERE begun = 1",
    now,
  );
}

/** Recipients that are hurried in one operation. */
const hurried = 500;

/** @returns whether there may be more */
function hurry(db: WriterDb, { via, now }: { readonly via: Via; readonly now: number }): boolean {
  const changed = db.run(
    `UPDATE queued_recipient SET next_try = ?1 WHERE id IN (
       SELECT id FROM queued_recipient WHERE via_kind = ?2 AND via_to = ?3 AND next_try > ?1 LIMIT ?4)`,
    now,
    via.kind,
    via.to,
    hurried,
  );
  return changed === hurried;
}

function hold(
  db: WriterDb,
  args: { readonly recipient: string; readonly held: boolean; readonly now: number },
): Outcome<void> {
  const changed = args.held
    ? db.run("UPDATE queued_recipient SET held = 1 WHERE id = ?", args.recipient)
    : db.run(
        "UPDATE queued_recipient SET held = 0, next_try = min(next_try, ?) WHERE id = ?",
        args.now,
        args.recipient,
      );
  return changed === 1 ? done(undefined) : failed("not-found", noSuchRecipient);
}

/** Asking for a try now ends a hold, too: the attempt would not come otherwise. */
function retry(
  db: WriterDb,
  { recipient, now }: { readonly recipient: string; readonly now: number },
): Outcome<void> {
  const changed = db.run("UPDATE queued_recipient SET held = 0, next_try = ? WHERE id = ?", now, recipient);
  return changed === 1 ? done(undefined) : failed("not-found", noSuchRecipient);
}

function drop(db: WriterDb, recipient: string): Outcome<void> {
  return leave(db, recipient, "dropped") ? done(undefined) : failed("not-found", noSuchRecipient);
}

export const queueOperations = {
  queueIntake: intake,
  queueBegin: begin,
  queueRelease: release,
  queueFinish: finish,
  queueDeliverHere: deliverHere,
  queueRecover: recover,
  queueHurry: hurry,
  queueHold: hold,
  queueRetry: retry,
  queueDrop: drop,
};
