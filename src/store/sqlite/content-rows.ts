/** Writing content: the primitives that every operation uses which brings octets into a mailbox. */
import { envelopeList } from "#mail/body-structure";
import type { MessageFacts } from "#mail/facts";
import { imapList } from "#mail/imap-text";
import type { ContentId, MailboxId } from "#mailbox/ids";
import type { WriterDb } from "./db.ts";

/** Octets ready to be named by a row. A file is under DATA/content, synced, its directory entry included. */
export type KeptBody =
  | { readonly kind: "inline"; readonly octets: Uint8Array }
  | { readonly kind: "file"; readonly name: string };

/** Adds content that is here, and counts it. An entry must follow in the same operation. */
export function insertContent(
  db: WriterDb,
  mailbox: MailboxId,
  facts: MessageFacts,
  body: KeptBody,
): ContentId {
  const id = db.insert<ContentId>(
    "INSERT INTO content (mailbox, size, file) VALUES (?, ?, ?)",
    mailbox,
    facts.size,
    body.kind === "file" ? body.name : null,
  );
  insertBody(db, id, facts, body);
  countOctets(db, mailbox, facts.size);
  return id;
}

/** Adds content that is still only on the old server, and counts it with the size listed for it. */
export function insertRemoteContent(db: WriterDb, mailbox: MailboxId, listedSize: number): ContentId {
  const id = db.insert<ContentId>(
    "INSERT INTO content (mailbox, listed_size) VALUES (?, ?)",
    mailbox,
    listedSize,
  );
  countOctets(db, mailbox, listedSize);
  return id;
}

/** Remote content that has arrived. */
export interface Filling {
  readonly content: ContentId;
  readonly facts: MessageFacts;
  readonly body: KeptBody;
  /** For entries that have no internal date yet. */
  readonly internalDate: number;
}

/**
 * Remote contents of a mailbox have arrived, each once. No MODSEQ changes, because nothing that a client was told is
 * different now.
 * @returns those that were filled: not what is here already, or has no message any more
 */
export function fillContents<One extends Filling>(
  db: WriterDb,
  mailbox: MailboxId,
  arrived: readonly One[],
): readonly One[] {
  // A statement for many rows takes half the time of one for each.
  const remote = new Map(
    db.rows<[ContentId, number]>(
      `SELECT content.id, coalesce(listed_size, 0) FROM json_each(?) CROSS JOIN content ON content.id = value
       WHERE mailbox = ? AND size IS NULL AND forsaken = 0`,
      JSON.stringify(arrived.map(({ content }) => content)),
      mailbox,
    ),
  );
  const fillings = arrived.filter(({ content }) => remote.has(content));
  if (fillings.length === 0) return fillings;
  const columns = JSON.stringify(
    fillings.map(({ content, facts, body, internalDate }) => [
      content,
      facts.size,
      body.kind === "file" ? body.name : null,
      internalDate,
    ]),
  );
  db.run(
    `UPDATE content SET size = value ->> 1, file = value ->> 2 FROM json_each(?)
     WHERE content.id = value ->> 0`,
    columns,
  );
  let grown = 0;
  for (const { content, facts, body } of fillings) {
    insertBody(db, content, facts, body);
    grown += facts.size - (remote.get(content) ?? 0);
  }
  db.run(
    `UPDATE message SET internal_date = value ->> 3 FROM json_each(?)
     WHERE message.content = value ->> 0 AND internal_date IS NULL`,
    columns,
  );
  countOctets(db, mailbox, grown);
  return fillings;
}

/** Gives up contents that no message has any more: gone at once for readers, cleared away later. */
export function forsakeContents(db: WriterDb, contents: Iterable<ContentId>): void {
  const forsaken = db.all<{ mailbox: MailboxId; octets: number }>(
    `UPDATE content SET forsaken = 1
     WHERE id IN (SELECT value FROM json_each(?)) AND forsaken = 0
       AND NOT EXISTS (SELECT 1 FROM message WHERE message.content = content.id)
     RETURNING mailbox, coalesce(size, listed_size, 0) AS octets`,
    JSON.stringify([...contents]),
  );
  const freed = new Map<MailboxId, number>();
  for (const { mailbox, octets } of forsaken) freed.set(mailbox, (freed.get(mailbox) ?? 0) + octets);
  for (const [mailbox, octets] of freed) countOctets(db, mailbox, -octets);
  if (freed.size > 0) db.leaveRemains();
}

function insertBody(db: WriterDb, content: ContentId, facts: MessageFacts, body: KeptBody): void {
  db.run(
    "INSERT INTO body (content, facts, octets) VALUES (?, ?, ?)",
    content,
    JSON.stringify(facts),
    body.kind === "inline" ? body.octets : null,
  );
  db.run(
    "INSERT INTO envelope (content, text) VALUES (?, ?)",
    content,
    imapList(envelopeList(facts.envelope)),
  );
}

function countOctets(db: WriterDb, mailbox: MailboxId, octets: number): void {
  db.run("UPDATE mailbox SET octets = octets + ? WHERE id = ?", octets, mailbox);
}
