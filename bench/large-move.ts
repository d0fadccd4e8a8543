/**
 * A domain of 50,000 mailboxes in the middle of its move, as rows of a store that is not open: nobody has to wait
 * for 50,000 first logins to see how pages behave.
 */
import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { initialFolders } from "#mailbox/folder";

/** How many of each there are. */
export interface LargeMove {
  readonly domain: string;
  readonly mailboxes: number;
  /** Of these: those that wait, need a password or were paused, for different reasons. */
  readonly failing: number;
  /** Of these: those whose mail is still coming. */
  readonly copying: number;
  /** People who have not come. */
  readonly missing: number;
  /** Mailboxes whose ledger is filled; the first of them has a hundred times as many rows. */
  readonly ledgers: number;
  /** Rows of a ledger. */
  readonly messages: number;
}

const [minute, day] = [60_000, 86_400_000];
/** No worker touches a transfer before that: the old server knows nobody of them. */
const never = 365 * day;

/** The troubles that people have with old servers; the last with what an old server may write into an answer. */
const troubles = [
  ["waiting", "connection refused by 10.0.0.5:110"],
  ["waiting", "-ERR [IN-USE] maildrop is locked by another session"],
  ["waiting", "-ERR [LOGIN-DELAY] minimum time between mail checks violation"],
  ["waiting", "the connection ended in the middle of message 1,204"],
  ["needs-password", "the old server does not take the kept password any more: the next login brings it"],
  ["paused", "another mailbox lists the same maildrop"],
  ["waiting", `-ERR <script>alert(1)</script> ${"very long words of an old server ".repeat(6)}`],
] as const;
const subjects = [
  "Minutes of the board",
  "Re: Angebot 4711 (Übersicht)",
  "<img src=x onerror=alert(1)> You have won",
  "会議の議事録",
  "\u202egnp.exe",
  "a".repeat(300),
] as const;

/** Fills the database of a store that has the domain, and its migration, and nobody yet. */
export function seedLargeMove(database: string, move: LargeMove): void {
  using db = new DatabaseSync(database);
  db.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; BEGIN");
  const now = Date.now();
  const rows = prepare(db);
  for (let n = 0; n < move.mailboxes; n++) addMailbox(rows, move, n, now);
  for (let n = 0; n < move.missing; n++) {
    const last = now - (n % 60) * day;
    rows.known(move.domain, `missing.${number(n)}@${move.domain}`, last - 90 * day, last, n % 40);
  }
  db.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
}

type Rows = ReturnType<typeof prepare>;
type Value = string | number | null | Uint8Array;

function prepare(db: DatabaseSync) {
  const insert = (sql: string) => {
    const statement = db.prepare(sql);
    return (...values: readonly Value[]) => Number(statement.run(...values).lastInsertRowid);
  };
  return {
    mailbox:
      insert(`INSERT INTO mailbox (domain, address, admitted, password_hash, octets, uid_validity, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)`),
    folder: insert(
      "INSERT INTO folder (mailbox, name, uid_validity, special_use, messages) VALUES (?, ?, ?, ?, ?)",
    ),
    transfer:
      insert(`INSERT INTO transfer (mailbox, state, reason, next_try, failures, login_name, sealed_password,
      messages, messages_here, octets, octets_here, started_at, last_sweep)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    ledger:
      insert(`INSERT INTO ledger (mailbox, uidl, size, occurrence, state, sha256, reason, failures, next_try, heading)
      VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?)`),
    known:
      insert(`INSERT INTO known_recipient (domain, address, route, first_accepted, last_accepted, messages)
      VALUES (?, ?, 'big-company.old', ?, ?, ?)`),
  };
}

/** Every hundredth is only prepared, every hundredth after it has no old mail; the rest are being moved. */
function addMailbox(rows: Rows, move: LargeMove, n: number, now: number): void {
  const { domain, mailboxes, failing, copying } = move;
  const every = (count: number, of = n) => count > 0 && of % Math.floor(mailboxes / count) === 0;
  const [isPrepared, isNew] = [n % 100 === 98, n % 100 === 99];
  const messages = 50 + ((n * 7919) % 9000);
  const octets = messages * 42_000;
  const at = now - (n % 30) * day;
  const address = `person.${number(n)}@${domain}`;
  const mailbox = rows.mailbox(domain, address, isPrepared ? 0 : 1, "$argon2id$none", octets, 100, at);
  if (isPrepared) return;
  for (const [place, { name, specialUse }] of initialFolders.entries())
    rows.folder(mailbox, name, 100 + place, specialUse, name === "INBOX" ? messages : 0);
  if (isNew) return;
  const trouble = every(failing)
    ? troubles[(n / Math.floor(mailboxes / failing)) % troubles.length]
    : undefined;
  const state = trouble?.[0] ?? (every(copying, n + 1) ? "copying" : "following");
  const share = state === "following" ? 1 : (n % 97) / 97;
  const here = Math.floor(messages * share);
  const sealed = randomBytes(48);
  rows.transfer(
    ...([mailbox, state, trouble?.[1] ?? null, now + never, trouble ? 3 : 0, address, sealed] as const),
    ...([messages, here, octets, Math.floor(octets * share), at] as const),
    state === "following" ? now - (n % 50) * minute : null,
  );
  if (every(move.ledgers)) addLedger(rows, mailbox, n === 0 ? move.messages * 100 : move.messages, now);
}

/** Nearly all of it copied; of each hundred messages one is failing and one was not taken. */
function addLedger(rows: Rows, mailbox: number, messages: number, now: number): void {
  for (let n = 0; n < messages; n++) {
    const subject = `${subjects[n % subjects.length]} ${n}`;
    const from = `Sender ${n % 50} <sender${n % 50}@example.com>`;
    const heading = JSON.stringify({ subject, from, date: now - n * minute });
    const row = [mailbox, `${mailbox}.${number(n)}`, 2000 + ((n * 31) % 90_000)] as const;
    if (n % 100 === 7) rows.ledger(...row, "skipped", null, "larger than 256 MB", 0, 0, heading);
    else if (n % 100 === 8)
      rows.ledger(...row, "remote", null, "-ERR cannot read message", 4, now + never, heading);
    else rows.ledger(...row, "copied", "0".repeat(64), null, 0, 0, heading);
  }
}

const number = (n: number) => String(n).padStart(5, "0");
