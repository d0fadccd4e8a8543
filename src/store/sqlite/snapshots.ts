/** Snapshots of folders, kept as long as nothing happens in them: programs select the same folders over and over. */
import type { FolderId, ModSeq, Uid } from "#mailbox/ids";
import type { FolderSnapshot } from "#mailbox/mail-store";
import type { Db } from "./db.ts";
import { folderById } from "./folder-operations.ts";
import { isUnseen } from "./rows.ts";

/** UIDs that are kept in all, at four octets each. */
const mostUids = 4_000_000;
/** What keeping one snapshot costs besides, in UIDs. */
const overhead = 100;

type Listed = Pick<FolderSnapshot, "uids" | "firstUnseen">;

export class Snapshots {
  /** The one that was used longest ago comes first. */
  readonly #kept = new Map<FolderId, Listed & { readonly modSeq: ModSeq }>();
  #uids = 0;

  /** See `MailStore.snapshot`. */
  of(db: Db, id: FolderId): FolderSnapshot | null {
    const folder = folderById(db, id);
    const kept = this.#kept.get(id);
    const isCurrent = kept !== undefined && kept.modSeq === folder?.highestModSeq;
    if (kept) this.#forget(id, kept);
    if (!folder) return null;
    const { uids, firstUnseen } = isCurrent ? kept : listed(db, id, folder.messages);
    this.#keep(id, { uids, firstUnseen, modSeq: folder.highestModSeq });
    return { folder, uids, firstUnseen };
  }

  #keep(id: FolderId, snapshot: Listed & { readonly modSeq: ModSeq }): void {
    this.#kept.set(id, snapshot);
    this.#uids += snapshot.uids.length + overhead;
    for (const [oldest, kept] of this.#kept) {
      if (this.#uids <= mostUids) break;
      this.#forget(oldest, kept);
    }
  }

  #forget(id: FolderId, { uids }: Listed): void {
    this.#kept.delete(id);
    this.#uids -= uids.length + overhead;
  }
}

function listed(db: Db, id: FolderId, messages: number): Listed {
  const row = db.get<{ uids: string | null }>(
    "SELECT group_concat(uid) AS uids FROM (SELECT uid FROM message WHERE folder = ? ORDER BY uid)",
    id,
  );
  const unseen = db.get<{ uid: Uid | null }>(
    `SELECT min(uid) AS uid FROM message WHERE folder = ? AND ${isUnseen}`,
    id,
  );
  return { uids: numbersIn(row?.uids ?? "", messages), firstUnseen: unseen?.uid ?? null };
}

const COMMA = 44;
const ZERO = 48;

/** Decimal numbers separated by commas: a row for each would cost more than all the rest. */
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
