/**
 * Transfers and their ledger on SQLite (migration/ledger). What copiers bring is committed in the copy lane, in
 * pieces that leave room between them for mail that someone waits for: each message is whole in one commit.
 */
import { setImmediate } from "node:timers/promises";
import type { MessageHeading } from "#mail/message-heading";
import type { ContentId, MailboxId } from "#mailbox/ids";
import type { Outcome } from "#mailbox/problem";
import type {
  Admission,
  Arrived,
  Ledger,
  LedgerRow,
  OldIdentity,
  Reidentified,
  Swept,
} from "#migration/ledger";
import type { MigrationLimits } from "#migration/limits/migration-limits";
import type { Migration, Transfer } from "#migration/migration";
import type { ContentFiles } from "../content/files.ts";
import { listingTexts } from "./admission-operations.ts";
import { belowTraceOfFile, hasCome } from "./came-by-mail.ts";
import type { Db } from "./db.ts";
import type { Engine } from "./engine.ts";
import { inPieces, keptFetched } from "./fetched.ts";
import { keeping } from "./keeping.ts";
import { readRemoteRows, readRowOfContent, readRows } from "./ledger-rows.ts";
import { queueIdOfMark } from "./queue-id.ts";
import * as transfers from "./transfer-rows.ts";

const front = { lane: "front" } as const;
const copy = { lane: "copy" } as const;
/** Rows in one read: some milliseconds. */
const batch = 2000;
/** Rows that are noted in one operation. */
const notes = 200;

export class SqliteLedger implements Ledger {
  readonly #engine: Engine;
  readonly #files: ContentFiles;
  readonly #now: () => number;

  constructor(engine: Engine, files: ContentFiles, now: () => number) {
    this.#engine = engine;
    this.#files = files;
    this.#now = now;
  }

  async migration(domain: string): Promise<Migration | null> {
    return this.#engine.read((db) => transfers.readMigration(db, domain));
  }

  async migrations(): Promise<readonly Migration[]> {
    return this.#engine.read(transfers.readMigrations);
  }

  setMigration(migration: Migration): Promise<Outcome<void>> {
    return this.#engine.write("setMigration", migration, front);
  }

  limitMigration(domain: string, limits: MigrationLimits): Promise<Outcome<void>> {
    return this.#engine.write("limitMigration", { domain, limits }, front);
  }

  endMigration(domain: string): Promise<Outcome<void>> {
    return this.#engine.write("endMigration", { domain, now: this.#now() }, front);
  }

  admit({ listing, welcome, ...admission }: Admission): Promise<Outcome<Transfer>> {
    return keeping(this.#files, async (keeper) => {
      const [kept] = await keeper.keep(welcome, 1);
      if (!kept) throw new Error("the migration message was not kept");
      const pieces = [...listingTexts(listing)];
      const transfer = [...keeper.transfer, ...pieces.map(({ buffer }) => buffer)];
      const args = { ...admission, listing: pieces, welcome: kept };
      return this.#engine.write("admit", args, { lane: "front", transfer });
    });
  }

  async transfer(mailbox: MailboxId): Promise<Transfer | null> {
    return this.#engine.read((db) => transfers.readTransfer(db, mailbox));
  }

  async transfers(domain: string, after: string, limit: number): Promise<readonly Transfer[]> {
    return this.#engine.read((db) => transfers.readTransfers(db, domain, after, limit));
  }

  async dueTransfers(now: number, limit: number): Promise<readonly Transfer[]> {
    return this.#engine.read((db) => transfers.readDueTransfers(db, now, limit));
  }

  async sealedPassword(mailbox: MailboxId) {
    return this.#engine.read((db) => transfers.readSealedPassword(db, mailbox));
  }

  setSealedPassword(mailbox: MailboxId, sealed: Uint8Array, loginName: string): Promise<void> {
    return this.#engine.write("setSealedPassword", { mailbox, sealed, loginName }, front);
  }

  setTransfer(mailbox: MailboxId, change: Parameters<Ledger["setTransfer"]>[1]): Promise<void> {
    return this.#engine.write("setTransfer", { mailbox, change }, front);
  }

  remoteRows(mailbox: MailboxId): Promise<readonly LedgerRow[]> {
    return all(this.remotePieces(mailbox));
  }

  remotePieces(mailbox: MailboxId): AsyncGenerator<readonly LedgerRow[]> {
    return this.#pieces(Number.MAX_SAFE_INTEGER, (db, before) => readRemoteRows(db, mailbox, before, batch));
  }

  async rowOfContent(content: ContentId): Promise<LedgerRow | null> {
    return this.#engine.read((db) => readRowOfContent(db, content));
  }

  rows(mailbox: MailboxId): Promise<readonly LedgerRow[]> {
    return all(this.pieces(mailbox));
  }

  pieces(mailbox: MailboxId): AsyncGenerator<readonly LedgerRow[]> {
    return this.#pieces(0, (db, after) => readRows(db, mailbox, after, batch));
  }

  async arrive(
    mailbox: MailboxId,
    arrived: readonly Arrived[],
    now: number,
    isWaitedFor = false,
  ): Promise<void> {
    const lane = isWaitedFor ? "front" : "copy";
    await inPieces(arrived, (piece) =>
      keeping(this.#files, async (keeper) => {
        const contents = await keptFetched(piece, keeper);
        const kept = contents.map(({ item, content }) => ({
          row: item.row,
          content,
          marks: item.marks.map(queueIdOfMark),
          wasRead: item.wasRead ?? false,
        }));
        const options = { lane, transfer: keeper.transfer } as const;
        return this.#engine.write("arrive", { mailbox, arrived: kept, now }, options);
      }),
    );
  }

  async adopt(mailbox: MailboxId, swept: readonly Swept[], now: number) {
    const adopted = await inPieces(swept, (piece) =>
      keeping(this.#files, async (keeper) => {
        const below = new Map<Swept, string | null>();
        for (const one of piece) below.set(one, await this.#belowTraceOf(mailbox, one));
        const contents = await keptFetched(piece, keeper);
        const kept = contents.map(({ item, content }) => ({
          ...item,
          content,
          belowTrace: below.get(item) ?? null,
          marks: item.marks.map(queueIdOfMark),
        }));
        const options = { lane: "copy", transfer: keeper.transfer } as const;
        return this.#engine.write("adopt", { mailbox, swept: kept, now }, options);
      }),
    );
    return {
      stored: adopted.reduce((sum, one) => sum + one.stored, 0),
      alreadyHere: adopted.reduce((sum, one) => sum + one.alreadyHere, 0),
    };
  }

  fetchFailed(
    row: number,
    reason: string,
    nextTry: number,
    heading: MessageHeading | null = null,
  ): Promise<void> {
    return this.#engine.write("fetchFailed", { row, reason, nextTry, heading }, copy);
  }

  describe(row: number, heading: MessageHeading): Promise<void> {
    return this.#engine.write("describe", { row, heading }, copy);
  }

  retryRows(mailbox: MailboxId, uidl: string | null): Promise<number> {
    return this.#engine.write("retryRows", { mailbox, uidl }, front);
  }

  async reidentify(mailbox: MailboxId, known: readonly Reidentified[]): Promise<void> {
    for (let from = 0; from < known.length; from += notes) {
      const piece = known.slice(from, from + notes);
      await this.#engine.write("reidentify", { mailbox, known: piece }, copy);
    }
  }

  async missing(rows: readonly number[], since: number | null): Promise<void> {
    for (let from = 0; from < rows.length; from += notes) {
      await this.#engine.write("missing", { rows: rows.slice(from, from + notes), since }, copy);
    }
  }

  leaveOut(
    mailbox: MailboxId,
    { uidl, size, occurrence }: OldIdentity,
    reason: string,
    heading: MessageHeading | null = null,
  ): Promise<void> {
    return this.#engine.write("leaveOut", { mailbox, uidl, size, occurrence, reason, heading }, copy);
  }

  giveUp(row: number, reason: string, heading: MessageHeading | null = null): Promise<void> {
    return this.#engine.write("giveUp", { row, reason, heading }, copy);
  }

  /** A file is read for it only where something with its Message-ID came by mail. */
  async #belowTraceOf(mailbox: MailboxId, { content }: Swept): Promise<string | null> {
    if (content instanceof Uint8Array) return null;
    const { messageId } = content.facts;
    if (messageId === null || !this.#engine.read((db) => hasCome(db, mailbox, messageId))) return null;
    return await belowTraceOfFile(content);
  }

  /** A long ledger is read piece by piece, and others have their turn in between. */
  async *#pieces(
    start: number,
    read: (db: Db, from: number) => readonly LedgerRow[],
  ): AsyncGenerator<readonly LedgerRow[]> {
    for (let from = start; ; ) {
      const piece = this.#engine.read((db) => read(db, from));
      yield piece;
      const last = piece.at(-1);
      if (!last || piece.length < batch) return;
      from = last.id;
      await setImmediate();
    }
  }
}

async function all(pieces: AsyncIterable<readonly LedgerRow[]>): Promise<readonly LedgerRow[]> {
  const rows: LedgerRow[] = [];
  for await (const piece of pieces) rows.push(...piece);
  return rows;
}
