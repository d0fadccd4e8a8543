/** Changing flags: many messages with few statements, because most have the same flags before and after. */
import { changedFlags, normalFlags } from "#mailbox/flags";
import type { FolderId, MessageId, ModSeq, Uid } from "#mailbox/ids";
import type { FlagChange, StoredFlags } from "#mailbox/mail-store";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { WriterDb } from "./db.ts";
import { folderById, noFolder } from "./folder-operations.ts";
import { nextModSeq } from "./message-rows.ts";
import { flagsOf } from "./rows.ts";

export const badFlags = failed("invalid", "One of the flags is none, or there are too many.");

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
  const rows = db.rows<Row>(
    `${selectRows} WHERE folder = ? AND id IN (SELECT value FROM json_each(?))`,
    folder,
    JSON.stringify(messages),
  );
  const changed = changeRows(db, folder, rows, change, unchangedSince);
  return changed.ok ? done({ leftAlone: changed.value.leftAlone.map(([id]) => id) }) : changed;
}

interface StoreFlags {
  readonly folder: FolderId;
  readonly uids: readonly Uid[];
  readonly change: FlagChange;
  readonly unchangedSince: ModSeq | null;
}

/** See `MailStore.storeFlags`. */
function storeFlags(
  db: WriterDb,
  { folder, uids, change, unchangedSince }: StoreFlags,
): Outcome<StoredFlags> {
  const rows = db.rows<Row>(
    `${selectRows} WHERE folder = ? AND uid IN (SELECT value FROM json_each(?))`,
    folder,
    JSON.stringify(uids),
  );
  const changed = changeRows(db, folder, rows, change, unchangedSince);
  if (!changed.ok) return changed;
  const { modSeq, alike, leftAlone } = changed.value;
  return done({
    modSeq,
    alike: alike.map(({ rows, flags, isChanged }) => ({
      flags,
      isChanged,
      messages: rows.map(([, uid, , modSeq]) => [uid, modSeq] as const),
    })),
    leftAlone: leftAlone.map(([, uid]) => uid),
  });
}

type Row = readonly [MessageId, Uid, string, ModSeq];
const selectRows = "SELECT id, uid, flags, modseq FROM message";

/** Messages that had the same flags. */
interface Alike {
  readonly rows: Row[];
  /** What they have now. */
  readonly flags: readonly string[];
  readonly isChanged: boolean;
}

interface Changed {
  readonly modSeq: ModSeq | null;
  readonly alike: readonly Alike[];
  readonly leftAlone: readonly Row[];
}

function changeRows(
  db: WriterDb,
  folder: FolderId,
  rows: readonly Row[],
  { how, flags: given }: FlagChange,
  unchangedSince: ModSeq | null,
): Outcome<Changed> {
  const flags = normalFlags(given);
  if (!flags) return badFlags;
  if (!folderById(db, folder)) return noFolder;
  const leftAlone: Row[] = [];
  const alike = new Map<string, Alike>();
  for (const row of rows) {
    const [, , text, modSeq] = row;
    if (unchangedSince !== null && modSeq > unchangedSince) {
      leftAlone.push(row);
      continue;
    }
    let group = alike.get(text);
    if (!group) {
      const before = flagsOf(text);
      const after = changedFlags(before, { how, flags });
      if (after !== null && !normalFlags(after)) return badFlags;
      group = { rows: [], flags: after ?? before, isChanged: after !== null };
      alike.set(text, group);
    }
    group.rows.push(row);
  }
  const groups = [...alike.values()];
  const changing = groups.filter(({ isChanged }) => isChanged);
  if (changing.length === 0) return done({ modSeq: null, alike: groups, leftAlone });
  const modSeq = nextModSeq(db, folder);
  const sql = "UPDATE message SET flags = ?, modseq = ? WHERE id IN (SELECT value FROM json_each(?))";
  for (const { rows, flags } of changing)
    db.run(sql, flags.join(" "), modSeq, JSON.stringify(rows.map(([id]) => id)));
  return done({ modSeq, alike: groups, leftAlone });
}

export const flagOperations = { changeFlags, storeFlags };
