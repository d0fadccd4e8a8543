/**
 * Admission: one transaction makes a person's mailbox real, with the whole INBOX of the old server listed in it.
 * Before its commit there is nothing, after it there is everything.
 */
import type { ContentId, FolderId, MailboxId, ModSeq } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { Admission } from "#migration/ledger";
import type { Transfer } from "#migration/migration";
import { audit } from "./audit-trail.ts";
import type { WriterDb } from "./db.ts";
import { type KeptMessage, leaveBody, putIntoInbox } from "./delivery-rows.ts";
import { isConstraint } from "./failure.ts";
import { createInitialFolders, createMailbox, inboxOf, mailboxOf } from "./mailbox-rows.ts";
import { nextModSeq } from "./message-rows.ts";
import { returnStateOf } from "./return-operations.ts";
import { readMigration, readTransfer } from "./transfer-rows.ts";
import { keepUnhashed } from "./unhashed-passwords.ts";

/** An admission as it travels to the writer. */
export interface KeptAdmission extends Omit<Admission, "listing" | "welcome"> {
  /** See `listingTexts`. */
  readonly listing: readonly Uint8Array[];
  readonly welcome: KeptMessage;
}

/** Messages in one piece of a listing: enough to spare a statement for each, little enough for memory. */
const atOnce = 10_000;

/**
 * A listing as JSON, which SQLite takes apart itself: for 20,000 messages three times as fast as a statement for
 * each row of each table. A long one is in pieces, since the whole is never needed at once; each has a buffer of its
 * own, to be handed over to the writer.
 */
export function* listingTexts(listing: Admission["listing"]): Generator<Uint8Array<ArrayBuffer>> {
  let rows: unknown[] = [];
  for (const { uidl, size, occurrence, entryUidl } of listing) {
    // What nearly all have is left out.
    const isOdd = occurrence !== 0 || entryUidl !== uidl;
    rows.push(isOdd ? [uidl, size, occurrence, entryUidl] : [uidl, size]);
    if (rows.length < atOnce) continue;
    yield new TextEncoder().encode(JSON.stringify(rows));
    rows = [];
  }
  if (rows.length > 0) yield new TextEncoder().encode(JSON.stringify(rows));
}

function admit(db: WriterDb, admission: KeptAdmission): Outcome<Transfer> {
  const { address, domain, now } = admission;
  if (!readMigration(db, domain)) return failed("not-permitted", `${domain} is not migrating (any more).`);
  const known = mailboxOf(db, address);
  if (known?.admitted) return takePassword(db, known.id, admission);
  const away = known && returnStateOf(db, known.id);
  if (away === "away") return failed("not-permitted", `${address} went back to the old server.`);
  if (known && away === "may-come") return comeAgain(db, known.id, admission);
  const mailbox = makeAdmitted(db, admission);
  const inbox = inboxOf(db, mailbox);
  if (inbox === null) throw new Error("an admitted mailbox has no INBOX");
  const listed = insertListing(db, mailbox, inbox, admission.listing, admission.allSeen ?? false);
  const listedModSeq = highestModSeq(db, inbox);
  if (!listed.ok) return listed;
  putIntoInbox(db, mailbox, admission.welcome, { internalDate: admission.welcomeDate, uidl: null });
  db.run(
    `INSERT INTO transfer
     (mailbox, state, next_try, login_name, sealed_password, messages, octets, started_at, last_stat, met,
      listed_modseq)
     VALUES (?1, 'copying', ?2, ?3, ?4, ?5, ?6, ?2, ?7, ?8, ?9)`,
    mailbox,
    now,
    admission.loginName,
    admission.sealedPassword,
    listed.value.messages,
    listed.value.octets,
    admission.stat,
    admission.met ? JSON.stringify(admission.met) : null,
    listedModSeq,
  );
  const transfer = readTransfer(db, mailbox);
  if (!transfer) throw new Error("the transfer was not inserted");
  recordAdmission(db, "mailbox-created", admission, { ...listed.value, prepared: known !== null });
  return done(transfer);
}

function recordAdmission(
  db: WriterDb,
  kind: string,
  { address, domain, now, loginName, by }: KeptAdmission,
  figures: Readonly<Record<string, unknown>>,
): void {
  audit(db, {
    at: now,
    kind,
    actor: by?.actor ?? "person",
    remote: by?.remote ?? null,
    domain,
    object: address,
    outcome: "done",
    details: { protocol: by?.protocol ?? null, loginName, ...figures },
  });
}

/** The owner of a mailbox that was brought without a password comes, and the old server takes theirs. */
function takePassword(db: WriterDb, mailbox: MailboxId, admission: KeptAdmission): Outcome<Transfer> {
  const { address, unhashedPassword } = admission;
  const transfer = readTransfer(db, mailbox);
  if (!transfer?.lacksPassword || unhashedPassword === null)
    return failed("exists", `${address} has been admitted already.`);
  keepUnhashed(db, mailbox, unhashedPassword);
  db.run(
    "UPDATE transfer SET login_name = ?, sealed_password = ? WHERE mailbox = ?",
    admission.loginName,
    admission.sealedPassword,
    mailbox,
  );
  leaveBody(db, admission.welcome.body);
  recordAdmission(db, "mailbox-owner-came", admission, {});
  return done({ ...transfer, loginName: admission.loginName, lacksPassword: false });
}

/** Mailbox and ledger are what they were; what the old server got meanwhile is found by the next listing. */
function comeAgain(db: WriterDb, mailbox: MailboxId, admission: KeptAdmission): Outcome<Transfer> {
  db.run("DELETE FROM returned_mailbox WHERE mailbox = ?", mailbox);
  admitWith(db, mailbox, admission);
  db.run(
    `UPDATE transfer SET state = 'copying', reason = NULL, next_try = ?, failures = 0, login_name = ?,
       sealed_password = ?, last_stat = NULL
     WHERE mailbox = ?`,
    admission.now,
    admission.loginName,
    admission.sealedPassword,
    mailbox,
  );
  leaveBody(db, admission.welcome.body);
  recordAdmission(db, "mailbox-came-again", admission, {});
  const transfer = readTransfer(db, mailbox);
  return transfer ? done(transfer) : failed("not-found", "It has no old mailbox.");
}

/** A mailbox that was prepared keeps its settings; the password that the old server knows is the one now. */
function makeAdmitted(db: WriterDb, admission: KeptAdmission): MailboxId {
  const { address, domain, now } = admission;
  const prepared = mailboxOf(db, address);
  if (prepared) {
    admitWith(db, prepared.id, admission);
    createInitialFolders(db, prepared.id, now);
    return prepared.id;
  }
  const settings = { address, domain, admitted: true, passwordHash: null, quota: null };
  const mailbox = createMailbox(db, settings, now);
  keepUnhashed(db, mailbox, admission.unhashedPassword);
  return mailbox;
}

/** Whatever password the mailbox had is another one now. */
function admitWith(db: WriterDb, mailbox: MailboxId, { unhashedPassword }: KeptAdmission): void {
  db.run("UPDATE mailbox SET admitted = 1, password_hash = NULL WHERE id = ?", mailbox);
  keepUnhashed(db, mailbox, unhashedPassword);
}

/** @returns `invalid` when two of the listing are one message */
function insertListing(
  db: WriterDb,
  mailbox: MailboxId,
  inbox: FolderId,
  listing: readonly Uint8Array[],
  areSeen: boolean,
): Outcome<{ readonly messages: number; readonly octets: number }> {
  const before = lastContent(db);
  let messages = 0;
  for (const piece of listing) {
    const inserted = insertPiece(db, mailbox, inbox, Buffer.from(piece).toString(), areSeen);
    if (inserted === null) return failed("invalid", "The listing names one message twice.");
    messages += inserted;
  }
  nextModSeq(db, inbox, messages);
  const counted = db.get<{ octets: number }>(
    `UPDATE mailbox SET octets = octets +
       (SELECT coalesce(sum(listed_size), 0) FROM content WHERE mailbox = ?1 AND id > ?2)
     WHERE id = ?1 RETURNING octets`,
    mailbox,
    before,
  );
  return done({ messages, octets: counted?.octets ?? 0 });
}

/** @returns how many messages it has; null when one of them is there already */
function insertPiece(
  db: WriterDb,
  mailbox: MailboxId,
  inbox: FolderId,
  piece: string,
  areSeen: boolean,
): number | null {
  const before = lastContent(db);
  const messages = db.run(
    `INSERT INTO content (id, mailbox, listed_size)
     SELECT ?1 + 1 + key, ?2, value ->> 1 FROM json_each(?3)`,
    before,
    mailbox,
    piece,
  );
  try {
    db.run(
      `INSERT INTO message (mailbox, folder, uid, modseq, content, uidl, flags, listed_size)
       SELECT ?1, folder.id, uid_next + key, highest_modseq + 1, ?3 + 1 + key,
              coalesce(value ->> 3, value ->> 0), ?5, value ->> 1
       FROM folder CROSS JOIN json_each(?4) WHERE folder.id = ?2`,
      mailbox,
      inbox,
      before,
      piece,
      areSeen ? "\\Seen" : "",
    );
    db.run(
      `INSERT INTO ledger (mailbox, uidl, size, occurrence, state, content)
       SELECT ?1, value ->> 0, value ->> 1, coalesce(value ->> 2, 0), 'remote', ?2 + 1 + key FROM json_each(?3)`,
      mailbox,
      before,
      piece,
    );
  } catch (error) {
    if (isConstraint(error)) return null;
    throw error;
  }
  db.run("UPDATE folder SET uid_next = uid_next + ? WHERE id = ?", messages, inbox);
  return messages;
}

function highestModSeq(db: WriterDb, folder: FolderId): ModSeq | null {
  const row = db.get<{ modseq: ModSeq }>("SELECT highest_modseq AS modseq FROM folder WHERE id = ?", folder);
  return row?.modseq ?? null;
}

/** The highest id that content ever had. */
function lastContent(db: WriterDb): ContentId | 0 {
  const row = db.get<{ seq: ContentId }>("SELECT seq FROM sqlite_sequence WHERE name = 'content'");
  return row?.seq ?? 0;
}

export const admissionOperations = { admit };
