/** Migrations and transfers as they are read: by the port, and by operations that answer with them. */
import type { MailboxId } from "#mailbox/ids";
import type { Migration, Transfer, TransferState } from "#migration/migration";
import type { Db } from "./db.ts";
import { hasPassword } from "./unhashed-passwords.ts";

interface TransferRow {
  readonly mailbox: MailboxId;
  readonly address: string;
  readonly domain: string;
  readonly state: TransferState;
  readonly reason: string | null;
  readonly next_try: number;
  readonly failures: number;
  readonly login_name: string;
  readonly messages: number;
  readonly messages_here: number;
  readonly octets: number;
  readonly octets_here: number;
  readonly started_at: number;
  readonly last_sweep: number | null;
  readonly last_stat: string | null;
  readonly told_apart: number;
  readonly met: string | null;
  readonly notes: string | null;
  readonly lacks_password: number;
}

/** Without the sealed password. Mailboxes that were removed have no transfer any more. */
const selectTransfers = `
  SELECT transfer.mailbox, mailbox.address, mailbox.domain, state, reason, next_try, failures, login_name,
    messages, messages_here, transfer.octets, octets_here, started_at, last_sweep, last_stat, told_apart, met, notes,
    state NOT IN ('settled', 'returned') AND NOT ${hasPassword} AS lacks_password
  FROM transfer JOIN mailbox ON mailbox.id = transfer.mailbox AND mailbox.address IS NOT NULL`;

function toTransfer(row: TransferRow): Transfer {
  return {
    mailbox: row.mailbox,
    address: row.address,
    domain: row.domain,
    state: row.state,
    reason: row.reason,
    nextTry: row.next_try,
    failures: row.failures,
    loginName: row.login_name,
    messages: row.messages,
    messagesHere: row.messages_here,
    octets: row.octets,
    octetsHere: row.octets_here,
    startedAt: row.started_at,
    lastSweep: row.last_sweep,
    lastStat: row.last_stat,
    isToldApart: row.told_apart === 1,
    met: row.met === null ? null : JSON.parse(row.met),
    notes: row.notes === null ? null : JSON.parse(row.notes),
    ...(row.lacks_password === 1 ? { lacksPassword: true } : {}),
  };
}

/** One mailbox's move; null when it has none. */
export function readTransfer(db: Db, mailbox: MailboxId): Transfer | null {
  const row = db.get<TransferRow>(`${selectTransfers} WHERE transfer.mailbox = ?`, mailbox);
  return row ? toTransfer(row) : null;
}

/** The moves of a domain in address order, after an address (exclusive). */
export function readTransfers(db: Db, domain: string, after: string, limit: number): Transfer[] {
  const sql = `${selectTransfers} WHERE mailbox.domain = ? AND mailbox.address > ?
    ORDER BY mailbox.address LIMIT ?`;
  return db.all<TransferRow>(sql, domain, after, limit).map(toTransfer);
}

/** Moves with something to do at `now`, longest due first. */
export function readDueTransfers(db: Db, now: number, limit: number): Transfer[] {
  const sql = `${selectTransfers} WHERE state NOT IN ('settled', 'paused', 'returned') AND next_try <= ?
    ORDER BY next_try, transfer.mailbox LIMIT ?`;
  return db.all<TransferRow>(sql, now, limit).map(toTransfer);
}

/** The old password of a mailbox, sealed; null when there is none (any more). */
export function readSealedPassword(
  db: Db,
  mailbox: MailboxId,
): { readonly sealed: Uint8Array; readonly loginName: string } | null {
  const row = db.get<{ sealed_password: Uint8Array | null; login_name: string }>(
    `SELECT sealed_password, login_name FROM transfer
     WHERE mailbox = ? AND mailbox IN (SELECT id FROM mailbox WHERE address IS NOT NULL)`,
    mailbox,
  );
  if (!row || row.sealed_password === null) return null;
  return { sealed: row.sealed_password, loginName: row.login_name };
}

/** A domain's move; null when it has none, or none any more. */
export function readMigration(db: Db, domain: string): Migration | null {
  const row = db.get<{ settings: string }>("SELECT settings FROM migration WHERE domain = ?", domain);
  return row ? (JSON.parse(row.settings) as Migration) : null;
}

/** All moves of domains, in the order of their names. */
export function readMigrations(db: Db): Migration[] {
  const rows = db.all<{ settings: string }>("SELECT settings FROM migration ORDER BY domain");
  return rows.map((row) => JSON.parse(row.settings) as Migration);
}
