/**
 * Group commit: whatever waits becomes one transaction. Each operation has a savepoint, so that one failure
 * fails alone. There are two lanes: what a person or another server waits for (`front`) goes first, and copying
 * (`copy`) gets a slice of every transaction, so that neither waits long for the other. While nobody comes to the front
 * the slice is longer, because each transaction costs a sync; it ends when somebody does.
 */
import type { DatabaseSync } from "node:sqlite";
import { type Effects, WriterDb } from "./db.ts";
import { type Failure, failureOf } from "./failure.ts";
import { isRefusal } from "./refusal.ts";

export type Lane = "front" | "copy";

export interface WriteRequest {
  readonly id: number;
  readonly lane: Lane;
  readonly operation: string;
  readonly args: unknown;
}

export type WriteAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly failure: Failure };

/** What one transaction came to. */
export interface Committed {
  readonly answers: readonly WriteAnswer[];
  readonly effects: readonly Effects[];
}

export type Operation = (db: WriterDb, args: never) => unknown;

/** An operation that ran in the transaction that is not committed yet. */
interface Ran {
  readonly request: WriteRequest;
  readonly answer: WriteAnswer;
  /** Null when it was undone. */
  readonly effects: Effects | null;
}

/**
 * Milliseconds of each lane in one transaction, and of copying while nobody comes to the front. A single operation
 * may take longer: it is never cut in two.
 */
export type Budget = Readonly<Record<Lane | "copyAlone", number>>;
const usualBudget: Budget = { front: 20, copy: 5, copyAlone: 40 };
/** Who came to the front so many milliseconds ago may come again, and would wait for a long slice to be synced. */
const quiet = 250;

export class Committer {
  readonly #database: DatabaseSync;
  readonly #db: WriterDb;
  readonly #operations: Readonly<Record<string, Operation>>;
  readonly #budget: Budget;
  readonly #waiting: Record<Lane, WriteRequest[]> = { front: [], copy: [] };
  /** When the last request of the front lane ran. */
  #frontRan = Number.NEGATIVE_INFINITY;

  constructor(
    database: DatabaseSync,
    operations: Readonly<Record<string, Operation>>,
    budget: Budget = usualBudget,
  ) {
    this.#budget = budget;
    this.#database = database;
    this.#db = new WriterDb(database);
    this.#operations = operations;
  }

  add(request: WriteRequest): void {
    this.#waiting[request.lane].push(request);
  }

  get isIdle(): boolean {
    return this.#waiting.front.length === 0 && this.#waiting.copy.length === 0;
  }

  /**
   * Runs one transaction and says what became of whom. Trouble is an answer, too.
   * @param arrive called between operations, to `add` what has come meanwhile
   */
  commit(arrive: () => void): Committed {
    try {
      this.#database.exec("BEGIN IMMEDIATE");
    } catch (error) {
      const all = [...this.#waiting.front.splice(0), ...this.#waiting.copy.splice(0)];
      return allFailed(all, failureOf(error, "operation"));
    }
    const ran: Ran[] = [];
    for (const lane of ["front", "copy"] as const) {
      const lost = this.#runLane(lane, ran, arrive);
      if (lost) return { answers: [lost], effects: [] };
    }
    try {
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      return allFailed(
        ran.map((one) => one.request),
        failureOf(error, "commit"),
      );
    }
    return {
      answers: ran.map((one) => one.answer),
      effects: ran.flatMap((one) => one.effects ?? []),
    };
  }

  /**
   * Some trouble (a full disk is one) undoes the whole transaction. Then the operation that met it is answered
   * alone, and the others go back to wait for another transaction.
   * @returns that answer, or null when the transaction goes on
   */
  #runLane(lane: Lane, ran: Ran[], arrive: () => void): WriteAnswer | null {
    const isAlone = lane === "copy" && performance.now() - this.#frontRan > quiet;
    const end = performance.now() + this.#budget[isAlone ? "copyAlone" : lane];
    for (let first = true; first || performance.now() < end; first = false) {
      arrive();
      if (lane === "copy" && !first && this.#waiting.front.length > 0) return null;
      const request = this.#waiting[lane].shift();
      if (!request) return null;
      const one = this.#run(request);
      if (lane === "front") this.#frontRan = performance.now();
      if (!this.#database.isTransaction) {
        for (const { request } of ran.reverse()) this.#waiting[request.lane].unshift(request);
        return one.answer;
      }
      ran.push(one);
    }
    return null;
  }

  #run(request: WriteRequest): Ran {
    const { id, operation } = request;
    const run = this.#operations[operation];
    this.#db.run("SAVEPOINT operation");
    try {
      if (!run) throw new Error(`there is no operation ${operation}`);
      const value = run(this.#db, request.args as never);
      const effects = this.#db.takeEffects();
      const refused = isRefusal(value);
      if (refused) this.#db.run("ROLLBACK TO operation");
      this.#db.run("RELEASE operation");
      return { request, answer: { id, ok: true, value }, effects: refused ? null : effects };
    } catch (error) {
      this.#db.takeEffects();
      if (this.#database.isTransaction) {
        this.#db.run("ROLLBACK TO operation");
        this.#db.run("RELEASE operation");
      }
      return { request, answer: { id, ok: false, failure: failureOf(error, "operation") }, effects: null };
    }
  }
}

function allFailed(requests: readonly WriteRequest[], failure: Failure): Committed {
  return { answers: requests.map(({ id }) => ({ id, ok: false, failure })), effects: [] };
}
