/** Ledger rows as they are read. */
import type { ContentId, MailboxId } from "#mailbox/ids";
import type { LedgerRow, LedgerState } from "#migration/ledger";
import type { Db } from "./db.ts";

type Row = readonly [
  id: number,
  uidl: string,
  size: number,
  occurrence: number,
  state: LedgerState,
  content: ContentId | null,
  sha256: string | null,
  settledSha256: string | null,
  reason: string | null,
  failures: number,
  nextTry: number,
  missingSince: number | null,
];

/** Content that no entry refers to (any more) is not shown: to the ledger it is gone. */
const selectRows = `
  SELECT ledger.id, uidl, ledger.size, occurrence, state, content.id AS content, sha256, settled_sha256,
    reason, failures, next_try, missing_since
  FROM ledger LEFT JOIN content ON content.id = ledger.content AND forsaken = 0`;

function toLedgerRow(row: Row): LedgerRow {
  const [id, uidl, size, occurrence, state, content, sha256, settledSha256, reason, ...tries] = row;
  const [failures, nextTry, missingSince] = tries;
  return {
    id,
    uidl,
    size,
    occurrence,
    state,
    content,
    sha256,
    settledSha256,
    reason,
    failures,
    nextTry,
    missingSince,
    isWanted: content !== null,
  };
}

/** Rows of a mailbox in id order, after an id (exclusive). */
export function readRows(db: Db, mailbox: MailboxId, after: number, limit: number): LedgerRow[] {
  const sql = `${selectRows} WHERE ledger.mailbox = ? AND ledger.id > ? ORDER BY ledger.id LIMIT ?`;
  return db.rows<Row>(sql, mailbox, after, limit).map(toLedgerRow);
}

/** Rows of a mailbox whose content is remote and wanted, newest first, before an id (exclusive). */
export function readRemoteRows(db: Db, mailbox: MailboxId, before: number, limit: number): LedgerRow[] {
  const sql = `${selectRows} WHERE ledger.mailbox = ? AND state = 'remote' AND content.id IS NOT NULL
    AND ledger.id < ? ORDER BY ledger.id DESC LIMIT ?`;
  return db.rows<Row>(sql, mailbox, before, limit).map(toLedgerRow);
}

/** The row through which a content came or will come; null for all other content. */
export function readRowOfContent(db: Db, content: ContentId): LedgerRow | null {
  const sql = `${selectRows} WHERE ledger.content = ? AND content.id IS NOT NULL LIMIT 1`;
  const [row] = db.rows<Row>(sql, content);
  return row ? toLedgerRow(row) : null;
}
