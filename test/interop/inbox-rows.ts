import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** What the store holds of one message of an INBOX. */
export interface InboxRow {
  readonly uid: number;
  readonly uidl: string;
  /** INTERNALDATE in epoch milliseconds; null while it is not known. */
  readonly internalDate: number | null;
}

/** Reads an INBOX straight from the store's database, read-only: INTERNALDATE is told by no protocol but IMAP. */
export function inboxRows(data: string, address: string): readonly InboxRow[] {
  const database = new DatabaseSync(join(data, "mailferry.db"), { readOnly: true });
  try {
    const rows = database
      .prepare(
        `SELECT message.uid AS uid, message.uidl AS uidl, message.internal_date AS internalDate
         FROM message JOIN folder ON folder.id = message.folder JOIN mailbox ON mailbox.id = message.mailbox
         WHERE mailbox.address = ? AND folder.name = 'INBOX' ORDER BY message.uid`,
      )
      .all(address);
    return rows as unknown as readonly InboxRow[];
  } finally {
    database.close();
  }
}
