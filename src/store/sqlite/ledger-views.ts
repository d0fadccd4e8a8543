/**
 * Whole ledgers as one commit left them, for a proof. A long one takes many short turns, so it is read in a
 * transaction on a connection of its own: elsewhere nothing reads for longer than one turn, because the WAL cannot
 * be shortened meanwhile. This one lasts as long as reading a single mailbox's rows does, and there is one at a time.
 */

import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { StoreUnavailable } from "#mailbox/content";
import type { ContentId, MailboxId } from "#mailbox/ids";
import type { LedgerState } from "#migration/ledger";
import type { LedgerView, ProofRow } from "#migration/proof/proof-row";
import { setUpConnection } from "./connection.ts";
import { Db } from "./db.ts";
import { isTemporary } from "./failure.ts";
import { headingFromFacts, headingFromText, selectHeadingFacts } from "./heading-text.ts";

/** Messages of a mailbox that are named by their content: reports name no more of them. */
const mostDescribed = 1000;
/** Rows in one turn: a few milliseconds. */
const batch = 1000;

type Row = readonly [
  number,
  string,
  number,
  number,
  LedgerState,
  ContentId | null,
  number | null,
  string | null,
  string | null,
  number | null,
  string | null,
];

const selectRows = `
  SELECT ledger.id, uidl, ledger.size, occurrence, state, content.id, content.size, sha256, reason, missing_since,
    heading
  FROM ledger LEFT JOIN content ON content.id = ledger.content AND forsaken = 0
  WHERE ledger.mailbox = ? AND ledger.id > ? ORDER BY ledger.id LIMIT ?`;

/** Contents that are in use; which of them the ledger knows is counted from its rows. */
const countContents = `
  SELECT count(*) AS count, max(id) AS last FROM
    (SELECT id, forsaken FROM content WHERE mailbox = ? AND id > ? ORDER BY id LIMIT ?)`;
const countForsaken = `
  SELECT count(*) AS count FROM content WHERE mailbox = ? AND id > ? AND id <= ? AND forsaken = 1`;

export class LedgerViews implements AsyncDisposable {
  readonly #file: string;
  #opened: { readonly database: DatabaseSync; readonly db: Db } | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  #leftToDescribe = 0;

  /** @param file the database */
  constructor(file: string) {
    this.#file = file;
  }

  async view(mailbox: MailboxId): Promise<LedgerView> {
    const view = this.#last.then(() => this.#view(mailbox));
    this.#last = view.catch(() => undefined);
    return await view;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#last;
    this.#opened?.database.close();
    this.#opened = null;
  }

  async #view(mailbox: MailboxId): Promise<LedgerView> {
    if (this.#isClosed) throw new StoreUnavailable("the store is closed");
    try {
      const { database, db } = this.#open();
      database.exec("BEGIN");
      try {
        const rows = await this.#rows(db, mailbox);
        const known = new Set(rows.map(({ content }) => content));
        known.delete(null);
        return { rows, cameHere: (await this.#contents(db, mailbox)) - known.size };
      } finally {
        if (database.isTransaction) database.exec("COMMIT");
      }
    } catch (error) {
      throw isTemporary(error) ? new StoreUnavailable("the ledger cannot be read", { cause: error }) : error;
    }
  }

  #open() {
    if (!this.#opened) {
      const database = new DatabaseSync(this.#file);
      setUpConnection(database, 4);
      database.exec("PRAGMA query_only = ON");
      this.#opened = { database, db: new Db(database) };
    }
    return this.#opened;
  }

  async #rows(db: Db, mailbox: MailboxId): Promise<ProofRow[]> {
    const rows: ProofRow[] = [];
    this.#leftToDescribe = mostDescribed;
    for (let after = 0; ; ) {
      const some = db.rows<Row>(selectRows, mailbox, after, batch);
      for (const row of some) rows.push(this.#described(db, toProofRow(row)));
      const last = some.at(-1);
      if (!last || some.length < batch) return rows;
      after = last[0];
      await this.#giveWay();
    }
  }

  /** A message that is here and no more there is named by its content. */
  #described(db: Db, row: ProofRow): ProofRow {
    if (row.missingSince === null || row.content === null || row.octets === null) return row;
    if (this.#leftToDescribe-- <= 0) return row;
    const [text] = db.rows<readonly [string]>(selectHeadingFacts, row.content)[0] ?? [];
    return text === undefined ? row : { ...row, heading: headingFromFacts(text) };
  }

  /** How many contents of a mailbox are in use. */
  async #contents(db: Db, mailbox: MailboxId): Promise<number> {
    let contents = 0;
    for (let after = 0; ; ) {
      const some = db.get<{ count: number; last: number | null }>(countContents, mailbox, after, batch);
      if (!some || some.last === null) return contents;
      contents += some.count;
      contents -= db.get<{ count: number }>(countForsaken, mailbox, after, some.last)?.count ?? 0;
      after = some.last;
      await this.#giveWay();
    }
  }

  async #giveWay(): Promise<void> {
    await setImmediate();
    if (this.#isClosed) throw new StoreUnavailable("the store is closed");
  }
}

function toProofRow(row: Row): ProofRow {
  const [id, uidl, size, occurrence, state, content, octets, sha256, ...rest] = row;
  const [reason, missingSince, text] = rest;
  const heading = headingFromText(text);
  return { id, uidl, size, occurrence, state, content, octets, sha256, reason, missingSince, heading };
}
