/** Putting messages into folders, changing their flags, copying, moving and expunging them. */
import type { MessageFacts } from "#mail/facts";
import { changedFlags, normalFlags } from "#mailbox/flags";
import type { MessageEntry } from "#mailbox/folder";
import type { FolderId, MailboxId, MessageId, ModSeq, Uid } from "#mailbox/ids";
import type { CopiedUid, Filing, FlagChange } from "#mailbox/mail-store";
import { done, failed, type Outcome } from "#mailbox/problem";
import { insertContent, type KeptBody } from "./content-rows.ts";
import type { WriterDb } from "./db.ts";
import { folderById } from "./folder-operations.ts";
import { copyEntries, expungeMessages, insertMessage, nextModSeq } from "./message-rows.ts";
import { flagsOf, isDeleted } from "./rows.ts";

const noFolder = failed("not-found", "There is no such folder.");
const badFlags = failed("invalid", "One of the flags is none, or there are too many.");

interface Append {
  readonly folder: FolderId;
  readonly facts: MessageFacts;
  readonly body: KeptBody;
  readonly filing: Filing;
}

function appendMessage(db: WriterDb, { folder, facts, body, filing }: Append): Outcome<MessageEntry> {
  const flags = normalFlags(filing.flags);
  if (!flags) return badFlags;
  const room = db.get<{ mailbox: MailboxId; is_over: number | null }>(
    `SELECT mailbox, octets + ? > quota AS is_over FROM folder JOIN mailbox ON mailbox.id = folder.mailbox
     WHERE folder.id = ? AND address IS NOT NULL`,
    facts.size,
    folder,
  );
  if (!room) return noFolder;
  if (room.is_over === 1) return failed("over-quota", "The mailbox is full: delete messages first.");
  const content = insertContent(db, room.mailbox, facts, body);
  const { internalDate } = filing;
  const entry = { content, uidl: null, flags, internalDate, listedSize: null };
  const numbers = insertMessage(db, folder, entry);
  return done({ ...entry, ...numbers, folder, size: facts.size, isHere: true });
}

interface ChangeFlags {
  readonly folder: FolderId;
  readonly messages: readonly MessageId[];
  readonly change: FlagChange;
  readonly unchangedSince: ModSeq | null;
}

/** Messages that are gone are passed over; those that have the flags already do not get a new MODSEQ. */
function changeFlags(
  db: WriterDb,
  { folder, messages, change, unchangedSince }: ChangeFlags,
): Outcome<{ readonly leftAlone: readonly MessageId[] }> {
  const flags = normalFlags(change.flags);
  if (!flags) return badFlags;
  if (!folderById(db, folder)) return noFolder;
  const rows = db.rows<readonly [MessageId, string, ModSeq]>(
    "SELECT id, flags, modseq FROM message WHERE folder = ? AND id IN (SELECT value FROM json_each(?))",
    folder,
    JSON.stringify(messages),
  );
  const leftAlone: MessageId[] = [];
  const changing = new Map<string, MessageId[]>();
  const changed = flagChanger({ how: change.how, flags });
  for (const [id, before, modSeq] of rows) {
    if (unchangedSince !== null && modSeq > unchangedSince) {
      leftAlone.push(id);
      continue;
    }
    const after = changed(before);
    if (after === "too many") return badFlags;
    if (after === null) continue;
    const alike = changing.get(after.text) ?? [];
    changing.set(after.text, alike);
    alike.push(id);
  }
  if (changing.size === 0) return done({ leftAlone });
  const modSeq = nextModSeq(db, folder);
  const sql = "UPDATE message SET flags = ?, modseq = ? WHERE id IN (SELECT value FROM json_each(?))";
  for (const [after, ids] of changing) db.run(sql, after, modSeq, JSON.stringify(ids));
  return done({ leftAlone });
}

type Change = { readonly text: string } | "too many" | null;

/** What flags become, worked out once for messages that have the same; null: they stay. */
function flagChanger(change: FlagChange): (before: string) => Change {
  const known = new Map<string, Change>();
  return (before) => {
    let outcome = known.get(before);
    if (outcome === undefined) {
      const after = changedFlags(flagsOf(before), change);
      outcome = after && (normalFlags(after) ? { text: after.join(" ") } : "too many");
      known.set(before, outcome);
    }
    return outcome;
  };
}

interface CopyMessages {
  readonly messages: readonly MessageId[];
  readonly to: FolderId;
}

interface CopyRow {
  readonly id: MessageId;
  readonly mailbox: MailboxId;
  readonly folder: FolderId;
  readonly uid: Uid;
}

function copyMessages(db: WriterDb, { messages, to }: CopyMessages): Outcome<readonly CopiedUid[]> {
  const rows = rowsToCopy(db, messages, to);
  return rows.ok ? done(copyRows(db, rows.value, to)) : rows;
}

function moveMessages(db: WriterDb, { messages, to }: CopyMessages): Outcome<readonly CopiedUid[]> {
  const rows = rowsToCopy(db, messages, to);
  if (!rows.ok) return rows;
  const copied = copyRows(db, rows.value, to);
  for (const [folder, moved] of Map.groupBy(rows.value, (row) => row.folder)) {
    expungeMessages(
      db,
      folder,
      moved.map((row) => row.id),
    );
  }
  return done(copied);
}

function rowsToCopy(db: WriterDb, messages: readonly MessageId[], to: FolderId): Outcome<readonly CopyRow[]> {
  const target = folderById(db, to);
  if (!target) return noFolder;
  const ids = new Set(messages);
  const rows = db.all<CopyRow>(
    `SELECT id, mailbox, folder, uid FROM message WHERE id IN (SELECT value FROM json_each(?))
     ORDER BY folder, uid`,
    JSON.stringify([...ids]),
  );
  if (rows.length < ids.size) return failed("expunged", "One of the messages was deleted; none was copied.");
  if (rows.some((row) => row.mailbox !== target.mailbox))
    return failed("not-permitted", "Messages cannot be copied from one mailbox to another.");
  return done(rows);
}

/** The content is shared: copies cost nothing against the quota. A copy of remote content is remote, too. */
function copyRows(db: WriterDb, rows: readonly CopyRow[], to: FolderId): readonly CopiedUid[] {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const first = copyEntries(db, ids, to);
  return rows.map((row, index) => ({ from: row.uid, to: (first + index) as Uid }));
}

interface Expunge {
  readonly folder: FolderId;
  readonly messages: readonly MessageId[];
}

function expunge(db: WriterDb, { folder, messages }: Expunge): Outcome<void> {
  if (!folderById(db, folder)) return noFolder;
  expungeMessages(db, folder, messages);
  return done(undefined);
}

interface ExpungeDeleted {
  readonly folder: FolderId;
  readonly among: readonly Uid[] | null;
}

/** So many at once, that no other write waits long. */
const expungedAtOnce = 500;

function expungeDeleted(db: WriterDb, { folder, among }: ExpungeDeleted): Outcome<number> {
  if (!folderById(db, folder)) return noFolder;
  const sql = `SELECT id FROM message WHERE folder = ? AND ${isDeleted}`;
  const rows = among
    ? db.all<{ id: MessageId }>(
        `${sql} AND uid IN (SELECT value FROM json_each(?)) LIMIT ?`,
        folder,
        JSON.stringify(among),
        expungedAtOnce,
      )
    : db.all<{ id: MessageId }>(`${sql} LIMIT ?`, folder, expungedAtOnce);
  return done(
    expungeMessages(
      db,
      folder,
      rows.map((row) => row.id),
    ),
  );
}

export const mailOperations = {
  appendMessage,
  changeFlags,
  copyMessages,
  moveMessages,
  expunge,
  expungeDeleted,
};
