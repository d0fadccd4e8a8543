/** Folders, messages and content on SQLite and files (mailbox/mail-store). */
import type { MessageFacts } from "#mail/facts";
import type { StagedContent } from "#mailbox/content";
import type { Folder, MessageEntry, SpecialUse } from "#mailbox/folder";
import type { ContentId, FolderId, MailboxId, MessageId, ModSeq, Uid } from "#mailbox/ids";
import type {
  CopiedUid,
  Filing,
  FlagChange,
  FolderCounts,
  FolderNews,
  FolderOctets,
  FolderSnapshot,
  ListedMessage,
  ListedToo,
  MailStore,
  StoredFlags,
  Usage,
} from "#mailbox/mail-store";
import type { Outcome } from "#mailbox/problem";
import type { ContentFiles } from "../content/files.ts";
import { readOctets } from "../content/reading.ts";
import type { Engine } from "./engine.ts";
import { folderById } from "./folder-operations.ts";
import { countsOf, listingOf, newsSince, type OctetsSlice, octetsOf } from "./folder-reads.ts";
import { keeping } from "./keeping.ts";
import { entryOf, folderOf, selectEntries, selectFolders } from "./rows.ts";
import { Snapshots } from "./snapshots.ts";

type FolderRow = Parameters<typeof folderOf>[0];
type EntryRow = Parameters<typeof entryOf>[0];

/** Somebody waits for every one of these. */
const front = { lane: "front" } as const;

export class SqliteMailStore implements MailStore {
  readonly #engine: Engine;
  readonly #files: ContentFiles;
  readonly #now: () => number;
  readonly #snapshots = new Snapshots();

  constructor(engine: Engine, files: ContentFiles, now: () => number) {
    this.#engine = engine;
    this.#files = files;
    this.#now = now;
  }

  async folders(mailbox: MailboxId): Promise<readonly Folder[]> {
    const sql = `${selectFolders} AND mailbox = ? ORDER BY name <> 'INBOX', name`;
    return this.#engine.query((db) => db.all<FolderRow>(sql, mailbox)).map(folderOf);
  }

  async folder(id: FolderId): Promise<Folder | null> {
    return this.#engine.query((db) => folderById(db, id));
  }

  inbox(mailbox: MailboxId): Promise<Folder | null> {
    return this.folderNamed(mailbox, "INBOX");
  }

  async folderNamed(mailbox: MailboxId, name: string): Promise<Folder | null> {
    const sql = `${selectFolders} AND mailbox = ? AND name = ?`;
    const row = this.#engine.query((db) => db.get<FolderRow>(sql, mailbox, name));
    return row ? folderOf(row) : null;
  }

  createFolder(mailbox: MailboxId, name: string, specialUse: SpecialUse | null): Promise<Outcome<Folder>> {
    return this.#engine.write("createFolder", { mailbox, name, specialUse, now: this.#now() }, front);
  }

  renameFolder(folder: FolderId, name: string): Promise<Outcome<void>> {
    return this.#engine.write("renameFolder", { folder, name }, front);
  }

  removeFolder(folder: FolderId): Promise<Outcome<void>> {
    return this.#engine.write("removeFolder", folder, front);
  }

  async subscriptions(mailbox: MailboxId): Promise<readonly string[]> {
    const sql = "SELECT name FROM subscription WHERE mailbox = ? ORDER BY name";
    return this.#engine.query((db) => db.all<{ name: string }>(sql, mailbox)).map(({ name }) => name);
  }

  subscribe(mailbox: MailboxId, name: string, subscribed: boolean): Promise<Outcome<void>> {
    return this.#engine.write("subscribe", { mailbox, name, subscribed }, front);
  }

  async entries(folder: FolderId, after: Uid | 0, limit: number): Promise<readonly MessageEntry[]> {
    const sql = `${selectEntries} WHERE folder = ? AND uid > ? ORDER BY uid LIMIT ?`;
    return this.#engine.query((db) => db.all<EntryRow>(sql, folder, after, limit)).map(entryOf);
  }

  async entry(id: MessageId): Promise<MessageEntry | null> {
    const sql = `${selectEntries} WHERE message.id = ?`;
    const row = this.#engine.query((db) => db.get<EntryRow>(sql, id));
    return row ? entryOf(row) : null;
  }

  async entriesOf(folder: FolderId, uids: readonly Uid[]): Promise<readonly MessageEntry[]> {
    const sql = `${selectEntries} WHERE folder = ? AND uid IN (SELECT value FROM json_each(?)) ORDER BY uid`;
    return this.#engine.query((db) => db.all<EntryRow>(sql, folder, JSON.stringify(uids))).map(entryOf);
  }

  async listing(folder: FolderId, from: Uid, to: Uid, also: ListedToo): Promise<readonly ListedMessage[]> {
    return this.#engine.query((db) => listingOf(db, folder, { from, to, with: also }));
  }

  async snapshot(folder: FolderId): Promise<FolderSnapshot | null> {
    return this.#engine.read((db) => this.#snapshots.of(db, folder));
  }

  async counts(folder: FolderId): Promise<FolderCounts | null> {
    return this.#engine.read((db) => countsOf(db, folder));
  }

  async octets(folder: FolderId): Promise<FolderOctets | null> {
    let octets: FolderOctets = { all: 0, deleted: 0 };
    for (let after: Uid | 0 = 0; ; ) {
      const from: Uid | 0 = after;
      const slice: OctetsSlice | null = this.#engine.read((db) => octetsOf(db, folder, from));
      if (slice === null) return null;
      octets = { all: octets.all + slice.all, deleted: octets.deleted + slice.deleted };
      if (slice.last === null) return octets;
      after = slice.last;
      // Others have their turn: all at once takes a tenth of a second for 100,000 messages.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async newsSince(folder: FolderId, modSeq: ModSeq, limit?: number): Promise<FolderNews> {
    return this.#engine.read((db) => newsSince(db, folder, modSeq, limit ?? null));
  }

  async usage(mailbox: MailboxId): Promise<Usage> {
    const sql = `
      SELECT octets, quota, (SELECT coalesce(sum(messages), 0) FROM folder WHERE mailbox = ?1) AS messages
      FROM mailbox WHERE id = ?1 AND address IS NOT NULL`;
    type Row = { octets: number; quota: number | null; messages: number };
    const row = this.#engine.query((db) => db.get<Row>(sql, mailbox));
    return { octets: row?.octets ?? 0, messages: row?.messages ?? 0, limit: row?.quota ?? null };
  }

  async facts(content: ContentId): Promise<MessageFacts | null> {
    const sql = `
      SELECT facts FROM body JOIN content ON content.id = body.content WHERE content = ? AND forsaken = 0`;
    const row = this.#engine.query((db) => db.get<{ facts: string }>(sql, content));
    return row ? (JSON.parse(row.facts) as MessageFacts) : null;
  }

  async read(content: ContentId, from = 0): Promise<AsyncIterable<Uint8Array> | null> {
    const sql = `
      SELECT file, octets FROM body JOIN content ON content.id = body.content
      WHERE content = ? AND forsaken = 0`;
    const row = this.#engine.query((db) =>
      db.get<{ file: string | null; octets: Uint8Array | null }>(sql, content),
    );
    if (!row) return null;
    if (row.file !== null) return this.#files.read(row.file, from);
    return readOctets((row.octets ?? new Uint8Array(0)).subarray(from));
  }

  append(folder: FolderId, content: StagedContent, filing: Filing): Promise<Outcome<MessageEntry>> {
    return keeping(this.#files, async (keeper) => {
      const [message] = await keeper.keep(content, 1);
      if (!message) throw new Error("the content was not kept");
      const { flags, internalDate } = filing;
      const args = { folder, ...message, filing: { flags, internalDate } };
      return this.#engine.write("appendMessage", args, { ...front, transfer: keeper.transfer });
    });
  }

  changeFlags(
    folder: FolderId,
    messages: readonly MessageId[],
    change: FlagChange,
    unchangedSince?: ModSeq,
  ): Promise<Outcome<{ readonly leftAlone: readonly MessageId[] }>> {
    const args = { folder, messages, change, unchangedSince: unchangedSince ?? null };
    return this.#engine.write("changeFlags", args, front);
  }

  storeFlags(
    folder: FolderId,
    uids: readonly Uid[],
    change: FlagChange,
    unchangedSince?: ModSeq,
  ): Promise<Outcome<StoredFlags>> {
    const args = { folder, uids, change, unchangedSince: unchangedSince ?? null };
    return this.#engine.write("storeFlags", args, front);
  }

  copy(messages: readonly MessageId[], to: FolderId): Promise<Outcome<readonly CopiedUid[]>> {
    return this.#engine.write("copyMessages", { messages, to }, front);
  }

  move(messages: readonly MessageId[], to: FolderId): Promise<Outcome<readonly CopiedUid[]>> {
    return this.#engine.write("moveMessages", { messages, to }, front);
  }

  expunge(folder: FolderId, messages: readonly MessageId[]): Promise<Outcome<void>> {
    return this.#engine.write("expunge", { folder, messages }, front);
  }

  expungeDeleted(folder: FolderId, among: readonly Uid[] | null): Promise<Outcome<number>> {
    return this.#engine.write("expungeDeleted", { folder, among }, front);
  }
}
