/** Putting a new message into a mailbox, and the marks that keep the same one from being put there twice. */
import type { MessageFacts } from "#mail/facts";
import type { ContentId, MailboxId } from "#mailbox/ids";
import { insertContent, type KeptBody } from "./content-rows.ts";
import type { Db, WriterDb } from "./db.ts";
import { inboxOf } from "./mailbox-rows.ts";
import { insertMessage } from "./message-rows.ts";

/** A message whose octets are kept already, one link for this taker. */
export interface KeptMessage {
  readonly facts: MessageFacts;
  readonly body: KeptBody;
}

/**
 * Files a message in the INBOX, unread.
 * @param filing its `uidl` null: one of our own. `isOwnerAway`: also into a mailbox whose owner went back
 * @returns its content; null, and nothing done, when there is no such mailbox (any more)
 */
export function putIntoInbox(
  db: WriterDb,
  mailbox: MailboxId,
  message: KeptMessage,
  filing: { readonly internalDate: number; readonly uidl: string | null; readonly isOwnerAway?: boolean },
): ContentId | null {
  const inbox = inboxOf(db, mailbox, filing.isOwnerAway);
  if (inbox === null) return null;
  const content = insertContent(db, mailbox, message.facts, message.body);
  const { internalDate, uidl } = filing;
  insertMessage(db, inbox, { content, flags: [], listedSize: null, internalDate, uidl });
  return content;
}

/** What is linked but not taken after all goes again once this transaction is durable. */
export function leaveBody(db: WriterDb, body: KeptBody): void {
  if (body.kind === "file") db.forgetFile(body.name);
}

/** How a message with a mark came here, the way that counts most; null when none did. */
export function arrivalOf(
  db: Db,
  mailbox: MailboxId,
  marks: readonly string[],
): "delivered" | "came-over" | null {
  let arrival: "came-over" | null = null;
  for (const mark of marks) {
    const row = db.get<{ delivered: number }>(
      "SELECT delivered FROM mark WHERE mailbox = ? AND mark = ?",
      mailbox,
      mark,
    );
    if (row?.delivered === 1) return "delivered";
    if (row) arrival = "came-over";
  }
  return arrival;
}

/** Remembers the marks of a message that is in the mailbox from this transaction on. */
export function recordMarks(
  db: WriterDb,
  mailbox: MailboxId,
  marks: readonly string[],
  delivered: boolean,
): void {
  for (const mark of marks) {
    db.run(
      `INSERT INTO mark (mailbox, mark, delivered) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET delivered = max(delivered, excluded.delivered)`,
      mailbox,
      mark,
      Number(delivered),
    );
  }
}
