/** Messages that their old server says were read. */
import type { ContentId, MailboxId, MessageId } from "#mailbox/ids";
import type { WriterDb } from "./db.ts";
import { inboxOf } from "./mailbox-rows.ts";
import { nextModSeq } from "./message-rows.ts";

/** Those whose entry in the INBOX nobody has touched since it was listed become \Seen. */
export function markReadBefore(db: WriterDb, mailbox: MailboxId, contents: readonly ContentId[]): void {
  const inbox = contents.length === 0 ? null : inboxOf(db, mailbox);
  if (inbox === null) return;
  const untouched = db.all<{ id: MessageId }>(
    `SELECT message.id AS id FROM message JOIN transfer ON transfer.mailbox = message.mailbox
     WHERE folder = ? AND content IN (SELECT value FROM json_each(?)) AND flags = '' AND modseq = listed_modseq`,
    inbox,
    JSON.stringify(contents),
  );
  if (untouched.length === 0) return;
  db.run(
    "UPDATE message SET flags = '\\Seen', modseq = ? WHERE id IN (SELECT value FROM json_each(?))",
    nextModSeq(db, inbox),
    JSON.stringify(untouched.map(({ id }) => id)),
  );
}
