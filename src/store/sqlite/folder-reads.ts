/** What a session wants to know of a whole folder, each in one query: a row for every message would cost too much. */
import type { FolderId, ModSeq, Uid } from "#mailbox/ids";
import type { FolderCounts, FolderNews, FolderOctets, ListedMessage, ListedToo } from "#mailbox/mail-store";
import type { Db } from "./db.ts";
import { folderById } from "./folder-operations.ts";
import { entryOf, flagsOf, isDeleted, isUnseen, selectEntries } from "./rows.ts";

type EntryRow = Parameters<typeof entryOf>[0];

/** A span of a folder. */
interface Span {
  readonly from: Uid;
  readonly to: Uid;
  readonly with: ListedToo;
}

type Value = string | number | null;
type ListedRow = readonly [Uid, ModSeq, string, ...Value[]];

/** See `MailStore.listing`. A column that nobody wants, and still more a table, costs much with thousands of rows. */
export function listingOf(db: Db, folder: FolderId, { from, to, with: wanted }: Span): ListedMessage[] {
  const columns = ["uid", "modseq", "flags"];
  const place = (isWanted: boolean, column: string): number => (isWanted ? columns.push(column) - 1 : -1);
  const date = place(wanted.dates, "internal_date");
  const size = place(wanted.sizes, "size");
  const envelope = place(wanted.envelopes, "text");
  const content = wanted.sizes ? "JOIN content ON content.id = message.content" : "";
  const text = wanted.envelopes ? "LEFT JOIN envelope ON envelope.content = message.content" : "";
  const span = "WHERE folder = ? AND uid >= ? AND uid <= ? ORDER BY uid";
  const sql = `SELECT ${columns.join(", ")} FROM message ${content} ${text} ${span}`;
  const flagsIn = new Map<string, readonly string[]>();
  return db.rows<ListedRow>(sql, folder, from, to).map((row) => {
    const [uid, modSeq, text] = row;
    let flags = flagsIn.get(text);
    if (!flags) {
      flags = flagsOf(text);
      flagsIn.set(text, flags);
    }
    return {
      uid,
      modSeq,
      flags,
      internalDate: (date < 0 ? null : row[date]) as number | null,
      size: (size < 0 ? null : row[size]) as number | null,
      envelope: (envelope < 0 ? null : row[envelope]) as string | null,
    };
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

/** Octets of a part of a folder. */
export interface OctetsSlice extends FolderOctets {
  /** The last UID of it; null when there is none. */
  readonly last: Uid | null;
}

/** So many messages are summed up at once: a few milliseconds. */
const summedAtOnce = 5000;

/** A slice of `MailStore.octets`, of what comes after a UID; null when some of its content is remote. */
export function octetsOf(db: Db, folder: FolderId, after: Uid | 0): OctetsSlice | null {
  const row = db.get<OctetsSlice & { readonly remote: number }>(
    `SELECT coalesce(sum(size), 0) AS "all", coalesce(sum(size) FILTER (WHERE ${isDeleted}), 0) AS deleted,
            count(*) - count(size) AS remote, max(uid) AS last
     FROM (SELECT uid, flags, content FROM message WHERE folder = ? AND uid > ? ORDER BY uid LIMIT ?) AS slice
     JOIN content ON content.id = slice.content`,
    folder,
    after,
    summedAtOnce,
  );
  return row && row.remote === 0 ? { all: row.all, deleted: row.deleted, last: row.last } : null;
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
