/** People who went back (migration/return), as they are read. */
import type { ContentId, MailboxId } from "#mailbox/ids";
import type {
  Found,
  KeptEntry,
  KeptHere,
  MailboxReturn,
  SentMessage,
  SentState,
} from "#migration/return/mailbox-return";
import type { Db } from "./db.ts";
import { isDeleted } from "./rows.ts";

/** What is kept as JSON; the rest has columns of its own. */
export type ReturnDetail = Omit<MailboxReturn, "mailbox" | "address" | "domain" | "mayCome">;

interface ReturnRow {
  readonly mailbox: MailboxId;
  readonly address: string;
  readonly domain: string;
  readonly may_come: number;
  readonly detail: string;
}

const selectReturns = `
  SELECT mailbox, address, domain, may_come, detail
  FROM returned_mailbox JOIN mailbox ON mailbox.id = returned_mailbox.mailbox AND address IS NOT NULL`;

function toReturn({ mailbox, address, domain, may_come, detail }: ReturnRow): MailboxReturn {
  return { ...(JSON.parse(detail) as ReturnDetail), mailbox, address, domain, mayCome: may_come === 1 };
}

/** The return of an address; null when it is not away. */
export function readReturn(db: Db, address: string): MailboxReturn | null {
  const row = db.get<ReturnRow>(`${selectReturns} WHERE address = ?`, address);
  return row ? toReturn(row) : null;
}

/** All returns of a domain, in address order. */
export function readReturns(db: Db, domain: string): MailboxReturn[] {
  return db.all<ReturnRow>(`${selectReturns} WHERE domain = ? ORDER BY address`, domain).map(toReturn);
}

/** Returns with something left to do. */
export function readUnfinishedReturns(db: Db): MailboxReturn[] {
  return db.all<ReturnRow>(`${selectReturns} WHERE unfinished = 1 ORDER BY mailbox`).map(toReturn);
}

interface ContentRow {
  readonly content: ContentId;
  readonly size: number | null;
  readonly message_id: string | null;
  readonly ledger: number | null;
  readonly missing_since: number | null;
  readonly sent: SentState | null;
}

const selectContents = `
  SELECT page.id AS content, page.size, facts ->> '$.messageId' AS message_id, ledger.id AS ledger,
    ledger.missing_since, returned_message.state AS sent
  FROM (SELECT id, size FROM content WHERE mailbox = ? AND id > ? AND forsaken = 0 ORDER BY id LIMIT ?) AS page
  LEFT JOIN body ON body.content = page.id
  LEFT JOIN ledger ON ledger.content = page.id
  LEFT JOIN returned_message ON returned_message.content = page.id
  GROUP BY page.id ORDER BY page.id`;

interface EntryRow {
  readonly content: ContentId;
  readonly folder: string;
  readonly special_use: string | null;
  readonly is_deleted: number;
  readonly internal_date: number | null;
}

const selectEntries = `
  SELECT content, name AS folder, special_use, ${isDeleted} AS is_deleted, internal_date
  FROM message JOIN folder ON folder.id = message.folder
  WHERE content IN (SELECT value FROM json_each(?)) ORDER BY content, name <> 'INBOX', name`;

/** Contents of a mailbox in the order of arrival, after one (exclusive), with where they are shown. */
export function readContents(db: Db, mailbox: MailboxId, after: number, limit: number): KeptHere[] {
  const contents = db.all<ContentRow>(selectContents, mailbox, after, limit);
  const shown = db.all<EntryRow>(selectEntries, JSON.stringify(contents.map(({ content }) => content)));
  const entries = Map.groupBy(shown, ({ content }) => content);
  return contents.map((row) => ({
    content: row.content,
    size: row.size,
    messageId: row.message_id,
    origin: row.ledger === null ? "here" : "old-server",
    goneSince: row.missing_since,
    entries: (entries.get(row.content) ?? []).map(toEntry),
    sent: row.sent,
  }));
}

function toEntry({ folder, special_use, is_deleted, internal_date }: EntryRow): KeptEntry {
  return { folder, specialUse: special_use, isDeleted: is_deleted === 1, internalDate: internal_date };
}

/** Messages that are listed there and whose content nobody here has an entry for any more. */
export function countDeletedHere(db: Db, mailbox: MailboxId): number {
  const row = db.get<{ count: number }>(
    `SELECT count(*) AS count FROM ledger LEFT JOIN content ON content.id = ledger.content AND forsaken = 0
     WHERE ledger.mailbox = ? AND state <> 'skipped' AND missing_since IS NULL AND content.id IS NULL`,
    mailbox,
  );
  return row?.count ?? 0;
}

interface SentRow {
  readonly content: ContentId;
  readonly recipient: string;
  readonly state: SentState;
  readonly octets: number;
  readonly message_id: string | null;
  readonly sha256: string;
  readonly found: Found | null;
  readonly seen_as: string | null;
  readonly held: number | null;
  readonly last_reply: string | null;
}

/** What was sent after somebody, after a content (exclusive). */
export function readSent(db: Db, mailbox: MailboxId, after: number, limit: number): SentMessage[] {
  const rows = db.all<SentRow>(
    `SELECT content, recipient, state, octets, message_id, sha256, found, seen_as, held, last_reply
     FROM returned_message LEFT JOIN queued_recipient ON queued_recipient.id = recipient
     WHERE mailbox = ? AND content > ? ORDER BY content LIMIT ?`,
    mailbox,
    after,
    limit,
  );
  return rows.map((row) => ({
    content: row.content,
    recipient: row.recipient,
    state: row.state,
    octets: row.octets,
    messageId: row.message_id,
    sha256: row.sha256,
    found: row.found,
    seenAs: row.seen_as,
    held: row.held === 1,
    lastReply: row.last_reply,
  }));
}
