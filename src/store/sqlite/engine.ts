/**
 * The SQLite engine as the main thread sees it: short reads on a connection of its own, writes by message to the
 * writer thread, and what follows a commit (news of folders, files unlinked, remains cleared away, the WAL kept
 * short). It relies on `operations` for all that is written, and promises that a write which resolves is durable,
 * and that one which is refused or fails has left nothing.
 */
import { once } from "node:events";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

import type { Changes } from "#mailbox/changes";
import { StoreUnavailable } from "#mailbox/content";
import type { Log } from "#observe/log";
import type { Metrics } from "#observe/metrics";
import type { ContentFiles } from "../content/files.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { Lane, WriteAnswer, WriteRequest } from "./committer.ts";
import { setUpConnection } from "./connection.ts";
import { Db, type Effects } from "./db.ts";
import { errorOf, isTemporary, OutcomeUnknown } from "./failure.ts";
import type { OperationArgs, OperationName, OperationResult } from "./operations.ts";
import { startThread, type Thread } from "./thread.ts";
import type { FromWriter, ToWriter } from "./writer.ts";

export interface EngineOptions {
  /** The database file, its schema applied. */
  readonly file: string;
  readonly files: ContentFiles;
  readonly changes: Changes;
  readonly log: Log;
  readonly metrics?: Pick<Metrics, "committed" | "written"> | undefined;
  /** Hears after each commit what it touched (touches.ts). */
  readonly touched?: ((touches: readonly string[]) => void) | undefined;
  /** How threads are started. */
  readonly start?: typeof startThread;
}

/** How a write is sent. */
export interface WriteOptions {
  /** `front` when someone waits for it; `copy` for what runs by itself. */
  readonly lane: Lane;
  /** Buffers in the arguments that the writer takes over; the sender must not use them again. */
  readonly transfer?: ArrayBuffer[];
  /** Milliseconds that it may be kept back, to share its commit with whatever is written next. */
  readonly patience?: number;
}

/** A write on its way to the writer. */
interface Sending {
  readonly request: WriteRequest;
  readonly transfer: ArrayBuffer[];
}

/** Clearing away waits while others write, up to so many milliseconds for each slice, and looks so often. */
const longestBusy = 200;
const glance = 20;

interface Pending {
  readonly lane: Lane;
  /** On the clock of `performance`. */
  readonly asked: number;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export class Engine implements AsyncDisposable {
  readonly #options: EngineOptions;
  readonly #database: DatabaseSync;
  readonly #reader: Db;
  readonly #checkpoints: Checkpoints;
  readonly #pending = new Map<number, Pending>();
  readonly #patient: Sending[] = [];
  #patienceEnds: NodeJS.Timeout | undefined;
  /** When that is, on the clock of `performance`. */
  #patientUntil = Number.POSITIVE_INFINITY;
  #writer: Thread | null = null;
  #lastId = 0;
  #isClosed = false;
  #isTroubled = false;
  #clearing: Promise<void> | null = null;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#database = new DatabaseSync(options.file);
    setUpConnection(this.#database, 16);
    this.#database.exec("PRAGMA query_only = ON");
    this.#reader = new Db(this.#database);
    this.#checkpoints = new Checkpoints(options.file, options.log);
    this.#clearRemains();
  }

  /** Runs queries that see one committed state. They must be short: they hold up everything else. */
  read<T>(queries: (db: Db) => T): T {
    return this.query((db) => {
      db.run("BEGIN");
      try {
        return queries(db);
      } finally {
        if (this.#database.isTransaction) db.run("COMMIT");
      }
    });
  }

  /** The same for a single query, which sees one state by itself. */
  query<T>(query: (db: Db) => T): T {
    if (this.#isClosed) throw new StoreUnavailable("the store is closed");
    try {
      return query(this.#reader);
    } catch (error) {
      throw isTemporary(error) ? new StoreUnavailable("the store cannot be read", { cause: error }) : error;
    }
  }

  /**
   * Has an operation run and committed. Resolves with what it returns once that is durable. Throws
   * StoreUnavailable when it was not (OutcomeUnknown when that is not certain), and what a defect throws.
   */
  async write<Name extends OperationName>(
    operation: Name,
    args: OperationArgs<Name>,
    { lane, transfer = [], patience = 0 }: WriteOptions,
  ): Promise<OperationResult<Name>> {
    if (this.#isClosed) throw new StoreUnavailable("the store is closed");
    const request: WriteRequest = { id: ++this.#lastId, lane, operation, args };
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.set(request.id, { lane, asked: performance.now(), resolve, reject });
    if (patience > 0) {
      this.#patient.push({ request, transfer });
      this.#sendPatientWithin(patience);
    } else {
      this.#send({ request, transfer });
      // Behind it: while the writer is at the first, the others arrive in time for the same commit.
      this.#sendPatient();
    }
    // The writer answers with what the operation of this name returned.
    return promise as Promise<OperationResult<Name>>;
  }

  /** What was asked before is committed first; what is asked later is refused. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#sendPatient();
    await this.#checkpoints[Symbol.asyncDispose]();
    if (this.#writer) {
      const { port, worker } = this.#writer;
      const ended = Promise.all([once(port, "close"), once(worker, "exit")]);
      port.postMessage("close" satisfies ToWriter);
      await ended;
    }
    await this.#clearing;
    this.#database.close();
  }

  #send({ request, transfer }: Sending): void {
    this.#writer ??= this.#startWriter();
    try {
      this.#writer.port.postMessage(request satisfies ToWriter, transfer);
    } catch (error) {
      this.#pending.get(request.id)?.reject(error);
      this.#pending.delete(request.id);
    }
  }

  /** Whoever has the least patience decides for all that are kept back. */
  #sendPatientWithin(milliseconds: number): void {
    const until = performance.now() + milliseconds;
    if (until >= this.#patientUntil) return;
    clearTimeout(this.#patienceEnds);
    this.#patientUntil = until;
    this.#patienceEnds = setTimeout(() => this.#sendPatient(), milliseconds);
  }

  #sendPatient(): void {
    clearTimeout(this.#patienceEnds);
    this.#patienceEnds = undefined;
    this.#patientUntil = Number.POSITIVE_INFINITY;
    for (const sending of this.#patient.splice(0)) this.#send(sending);
  }

  #startWriter(): Thread {
    const { file, start = startThread } = this.#options;
    const thread = start("writer", { file });
    thread.port.on("message", (message: FromWriter) => this.#committed(message));
    thread.worker.on("error", (error) => this.#options.log.error({ error }, "the writer thread failed"));
    thread.port.on("close", () => {
      // Nobody can say any more whether what was under way is committed. The next write starts another thread.
      this.#writer = null;
      this.#patient.length = 0;
      for (const { reject } of this.#pending.values()) reject(new OutcomeUnknown("the writer thread ended"));
      this.#pending.clear();
    });
    return thread;
  }

  #committed({ answers, effects, backlog, touched }: FromWriter): void {
    const { metrics } = this.#options;
    metrics?.committed();
    const now = performance.now();
    for (const answer of answers) {
      const pending = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if (pending) metrics?.written(pending.lane, (now - pending.asked) / 1000, answer.ok);
      if (answer.ok) pending?.resolve(answer.value);
      else pending?.reject(errorOf(answer.failure));
    }
    this.#noteTrouble(answers);
    for (const one of effects) this.#follow(one);
    this.#options.touched?.(touched);
    if (!this.#isClosed) this.#checkpoints.consider(backlog);
  }

  /** Tells of a full disk and its like once when it begins, and once when it is over. */
  #noteTrouble(answers: readonly WriteAnswer[]): void {
    const failure = answers.find((answer) => !answer.ok && answer.failure.kind !== "defect");
    if (failure && !failure.ok && !this.#isTroubled) {
      this.#options.log.error({ reason: failure.failure.message }, "the store cannot write");
    } else if (!failure && this.#isTroubled) this.#options.log.info("the store can write again");
    this.#isTroubled = failure !== undefined;
  }

  #follow({ changed, forgottenFiles, leftRemains }: Effects): void {
    for (const [folder, modSeq] of changed) this.#options.changes.announce(folder, modSeq);
    if (forgottenFiles.length > 0) void this.#options.files.remove(forgottenFiles);
    if (leftRemains) this.#clearRemains();
  }

  /** Resolves when nobody waits for a write, or when that takes too long. */
  async #calm(): Promise<void> {
    for (let left = longestBusy / glance; left > 0 && this.#pending.size > 0 && !this.#isClosed; left--)
      await sleep(glance);
  }

  /** Clears away slice by slice until nothing is left; trouble ends it until the next occasion. */
  #clearRemains(): void {
    if (this.#clearing) return;
    const clear = async () => {
      do await this.#calm();
      while (!this.#isClosed && (await this.write("clearRemains", null, { lane: "copy" })));
    };
    this.#clearing = clear()
      .catch((error: unknown) => {
        if (!(error instanceof StoreUnavailable)) this.#options.log.error({ error }, "clearing away failed");
      })
      .finally(() => {
        this.#clearing = null;
      });
  }
}
