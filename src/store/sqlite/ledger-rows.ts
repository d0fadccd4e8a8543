/** Ledger rows as they are read. */
import type { ContentId, MailboxId } from "#mailbox/ids";
import type { LedgerRow, LedgerState } from "#migration/ledger";
import type { Db } from "./db.ts";

interface Row {
  readonly id: number;
  readonly uidl: string;
  readonly size: number;
  readonly occurrence: number;
  readonly state: LedgerState;
  readonly content: ContentId | null;
  readonly sha256: string | null;
  readonly reason: string | null;
  readonly failures: number;
  readonly next_try: number;
  readonly missing_since: number | null;
}

/** Content that no entry refers to (any more) is not shown: to the ledger it is gone. */
const selectRows = `
  SELECT ledger.id, uidl, ledger.size, occurrence, state, content.id AS content, sha256, reason, failures,
    next_try, missing_since
  FROM ledger LEFT JOIN content ON content.id = ledger.content AND forsaken = 0`;

function toLedgerRow(row: Row): LedgerRow {
  return {
    id: row.id,
    uidl: row.uidl,
    size: row.size,
    occurrence: row.occurrence,
    state: row.state,
    content: row.content,
    sha256: row.sha256,
    reason: row.reason,
    failures: row.failures,
    nextTry: row.next_try,
    missingSince: row.missing_since,
    isWanted: row.content !== null,
  };
}

/** Rows of a mailbox in id order, after an id (exclusive). */
export function readRows(db: Db, mailbox: MailboxId, after: number, limit: number): LedgerRow[] {
  const sql = `${selectRows} WHERE ledger.mailbox = ? AND ledger.id > ? ORDER BY ledger.id LIMIT ?`;
  return db.all<Row>(sql, mailbox, after, limit).map(toLedgerRow);
}

/** Rows of a mailbox whose content is remote and wanted, newest first, before an id (exclusive). */
export function readRemoteRows(db: Db, mailbox: MailboxId, before: number, limit: number): LedgerRow[] {
  const sql = `${selectRows} WHERE ledger.mailbox = ? AND state = 'remote' AND content.id IS NOT NULL
    AND ledger.id < ? ORDER BY ledger.id DESC LIMIT ?`;
  return db.all<Row>(sql, mailbox, before, limit).map(toLedgerRow);
}

/** The row through which a content came or will come; null for all other content. */
export function readRowOfContent(db: Db, content: ContentId): LedgerRow | null {
  const row = db.get<Row>(`${selectRows} WHERE ledger.content = ? AND content.id IS NOT NULL`, content);
  return row ? toLedgerRow(row) : null;
}
