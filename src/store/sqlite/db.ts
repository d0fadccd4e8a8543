/**
 * A connection to the database, with its statements prepared once. `Db` reads; `WriterDb` exists in the writer
 * thread alone and also notes what has to happen outside the database once the transaction is durable.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { FolderId, ModSeq } from "#mailbox/ids";

export type SqlValue = null | number | string | Uint8Array;

export class Db {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** The first row. The caller's `Row` must be what the statement selects: nothing checks it. */
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined;
  }

  /** All rows. */
  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.#statement(sql).all(...values) as Row[];
  }

  /**
   * All rows as arrays of their columns: half the cost of objects where there are thousands. A statement is read
   * in this way or the other, never both.
   */
  rows<Row extends readonly SqlValue[]>(sql: string, ...values: SqlValue[]): Row[] {
    const statement = this.#statement(sql);
    statement.setReturnArrays(true);
    // Its declared type knows nothing of the line before.
    return statement.all(...values) as unknown as Row[];
  }

  /** Runs a statement and says how many rows it changed. */
  run(sql: string, ...values: SqlValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  /**
   * Runs an INSERT and gives the id of its row. RETURNING would do, but is ten times slower in an operation that
   * inserts tens of thousands of rows: it makes each statement a savepoint inside that of the operation.
   */
  insert<Id extends number>(sql: string, ...values: SqlValue[]): Id {
    return Number(this.#statement(sql).run(...values).lastInsertRowid) as Id;
  }

  /** For statements that are known in the source: each stays prepared as long as the connection lives. */
  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** What follows an operation once its transaction is durable. */
export interface Effects {
  /** Folders that reached a MODSEQ. */
  readonly changed: readonly (readonly [FolderId, ModSeq])[];
  /** Names of content files that no row names any more. */
  readonly forgottenFiles: readonly string[];
  /** Rows were left that are cleared away later, in slices. */
  readonly leftRemains: boolean;
}

/** SQLite's own limit on the pages of a database. */
const maximumPages = 4294967294;

export class WriterDb extends Db {
  readonly #database: DatabaseSync;
  #changed = new Map<FolderId, ModSeq>();
  #forgottenFiles: string[] = [];
  #leftRemains = false;

  constructor(database: DatabaseSync) {
    super(database);
    this.#database = database;
  }

  /** The folder has reached a MODSEQ: `mailbox/changes` tells it after the commit. */
  changed(folder: FolderId, modSeq: ModSeq): void {
    this.#changed.set(folder, modSeq);
  }

  /** This transaction takes away the last row that names the content file: it is unlinked after the commit. */
  forgetFile(name: string): void {
    this.#forgottenFiles.push(name);
  }

  /** See `limitSize` in upkeep-operations: it is a matter of the connection, not of the transaction. */
  limitSize(octets: number | null): void {
    const pageSize = this.get<{ page_size: number }>("PRAGMA page_size")?.page_size ?? 4096;
    const pages = octets === null ? maximumPages : Math.ceil(octets / pageSize);
    this.#database.exec(`PRAGMA max_page_count = ${pages}`);
  }

  /** Something was marked as gone whose rows `clearRemains` takes away later. */
  leaveRemains(): void {
    this.#leftRemains = true;
  }

  /** What was noted since the last call. */
  takeEffects(): Effects {
    const effects: Effects = {
      changed: [...this.#changed],
      forgottenFiles: this.#forgottenFiles,
      leftRemains: this.#leftRemains,
    };
    this.#changed = new Map();
    this.#forgottenFiles = [];
    this.#leftRemains = false;
    return effects;
  }
}
