/** What went wrong inside SQLite, in the three ways that matter to whoever waits for an answer. */
import { StoreUnavailable } from "#mailbox/content";

/**
 * unavailable: nothing was written, it may work later. unsure: the same, unless the machine goes down now; then
 * what was to be written may be there after all. defect: the operation itself is wrong.
 */
export type FailureKind = "unavailable" | "unsure" | "defect";

/** Plain data, because it travels between threads. */
export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly stack: string | null;
}

/** The outcome of a write is not known: what was prepared for it outside the database must be left alone. */
export class OutcomeUnknown extends StoreUnavailable {
  constructor(text: string) {
    super(text);
    this.name = "OutcomeUnknown";
  }
}

/** Primary result codes (https://sqlite.org/rescode.html): BUSY, NOMEM, READONLY, IOERR, FULL, CANTOPEN. */
const temporary = new Set([5, 7, 8, 10, 13, 14]);
/** CORRUPT, NOTADB. */
const damaged = new Set([11, 26]);
const ioError = 10;
const constraint = 19;

/** The primary result code of an error of SQLite; null if it is none. */
function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return null;
  return error.errcode & 0xff;
}

/** Whether SQLite could not read or write for a reason that lies outside the program. */
export function isTemporary(error: unknown): boolean {
  return temporary.has(resultCode(error) ?? -1);
}

/** Whether the file is no database, or one that was damaged. */
export function isDamage(error: unknown): boolean {
  return damaged.has(resultCode(error) ?? -1);
}

/** Whether a row was refused because it would break a constraint of the schema. */
export function isConstraint(error: unknown): boolean {
  return resultCode(error) === constraint;
}

/** @param during a commit that ends in an I/O error is the one case that leaves a doubt */
export function failureOf(error: unknown, during: "operation" | "commit"): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? (error.stack ?? null) : null;
  if (!isTemporary(error)) return { kind: "defect", message, stack };
  const isUnsure = during === "commit" && resultCode(error) === ioError;
  return { kind: isUnsure ? "unsure" : "unavailable", message, stack };
}

/** The failure as the error that is thrown in the main thread. */
export function errorOf(failure: Failure): Error {
  if (failure.kind === "unsure") return new OutcomeUnknown(failure.message);
  if (failure.kind === "unavailable") return new StoreUnavailable(failure.message);
  const error = new Error(failure.message);
  if (failure.stack !== null) error.stack = failure.stack;
  return error;
}
