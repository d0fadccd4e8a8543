/** What a session wants to know of a whole folder, each in one query: a row for every message would cost too much. */
import type { FolderId, ModSeq, Uid } from "#mailbox/ids";
import type {
  FolderCounts,
  FolderNews,
  FolderOctets,
  FolderSnapshot,
  ListedMessage,
} from "#mailbox/mail-store";
import type { Db } from "./db.ts";
import { folderById } from "./folder-operations.ts";
import { entryOf, flagsOf, isDeleted, isUnseen, selectEntries } from "./rows.ts";

type EntryRow = Parameters<typeof entryOf>[0];

/** See `MailStore.snapshot`. */
export function snapshotOf(db: Db, id: FolderId): FolderSnapshot | null {
  const folder = folderById(db, id);
  if (!folder) return null;
  const listed = db.get<{ uids: string | null }>(
    "SELECT group_concat(uid) AS uids FROM (SELECT uid FROM message WHERE folder = ? ORDER BY uid)",
    id,
  );
  const unseen = db.get<{ uid: Uid | null }>(
    `SELECT min(uid) AS uid FROM message WHERE folder = ? AND ${isUnseen}`,
    id,
  );
  return { folder, uids: numbersIn(listed?.uids ?? "", folder.messages), firstUnseen: unseen?.uid ?? null };
}

/** A span of a folder. */
interface Span {
  readonly from: Uid;
  readonly to: Uid;
  readonly withEnvelopes: boolean;
}

type ListedRow = readonly [Uid, ModSeq, string, number | null, number | null, string | null];

/** See `MailStore.listing`. */
export function listingOf(db: Db, folder: FolderId, { from, to, withEnvelopes }: Span): ListedMessage[] {
  const span = "WHERE folder = ? AND uid >= ? AND uid <= ? ORDER BY uid";
  const columns = "uid, modseq, flags, internal_date, size";
  const joined = "message JOIN content ON content.id = message.content";
  const sql = withEnvelopes
    ? `SELECT ${columns}, text FROM ${joined} LEFT JOIN envelope ON envelope.content = message.content ${span}`
    : `SELECT ${columns}, NULL FROM ${joined} ${span}`;
  const flagsIn = new Map<string, readonly string[]>();
  return db
    .rows<ListedRow>(sql, folder, from, to)
    .map(([uid, modSeq, text, internalDate, size, envelope]) => {
      let flags = flagsIn.get(text);
      if (!flags) {
        flags = flagsOf(text);
        flagsIn.set(text, flags);
      }
      return { uid, modSeq, flags, internalDate, size, envelope };
    });
}

/** See `MailStore.counts`. */
export function countsOf(db: Db, id: FolderId): FolderCounts | null {
  const folder = folderById(db, id);
  if (!folder) return null;
  const count = (condition: string): number =>
    db.get<{ count: number }>(
      `SELECT count(*) AS count FROM message WHERE folder = ? AND ${condition}`,
      folder.id,
    )?.count ?? 0;
  return { folder, unseen: count(isUnseen), deleted: count(isDeleted) };
}

/** See `MailStore.octets`. */
export function octetsOf(db: Db, folder: FolderId): FolderOctets | null {
  const row = db.get<FolderOctets & { readonly remote: number }>(
    `SELECT coalesce(sum(size), 0) AS "all", coalesce(sum(size) FILTER (WHERE ${isDeleted}), 0) AS deleted,
            count(*) - count(size) AS remote
     FROM message JOIN content ON content.id = message.content WHERE folder = ?`,
    folder,
  );
  return row && row.remote === 0 ? { all: row.all, deleted: row.deleted } : null;
}

/** See `MailStore.newsSince`. */
export function newsSince(db: Db, folder: FolderId, modSeq: ModSeq, limit: number | null): FolderNews {
  const highest = folderById(db, folder)?.highestModSeq ?? modSeq;
  const upTo = limit === null ? highest : (lastOfFirst(db, folder, modSeq, limit) ?? highest);
  const span = "folder = ? AND modseq > ? AND modseq <= ? ORDER BY uid";
  return {
    changed: db.all<EntryRow>(`${selectEntries} WHERE ${span}`, folder, modSeq, upTo).map(entryOf),
    expunged: db
      .all<{ uid: Uid }>(`SELECT uid FROM expunged WHERE ${span}`, folder, modSeq, upTo)
      .map((row) => row.uid),
    highestModSeq: upTo,
  };
}

/** The MODSEQ up to which `limit` things happened; null when there were fewer. One change is never cut in two. */
function lastOfFirst(db: Db, folder: FolderId, modSeq: ModSeq, limit: number): ModSeq | null {
  const row = db.get<{ modseq: ModSeq }>(
    `SELECT modseq FROM (
       SELECT modseq FROM message WHERE folder = ?1 AND modseq > ?2
       UNION ALL SELECT modseq FROM expunged WHERE folder = ?1 AND modseq > ?2)
     ORDER BY modseq LIMIT 1 OFFSET ?3`,
    folder,
    modSeq,
    limit - 1,
  );
  return row?.modseq ?? null;
}

/** Decimal numbers separated by commas; a row for each would cost more than all the rest. */
function numbersIn(text: string, count: number): Uint32Array {
  const numbers = new Uint32Array(count);
  let at = 0;
  let number = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === COMMA) {
      numbers[at++] = number;
      number = 0;
    } else number = number * 10 + (code - ZERO);
  }
  if (text !== "") numbers[at] = number;
  return numbers;
}

const COMMA = 44;
const ZERO = 48;
