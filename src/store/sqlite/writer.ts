/**
 * The writer thread: the only connection that writes. It takes what waits, commits it as one transaction, and
 * answers in one message. It relies on `operations` for what is written and promises that an answer of `ok`
 * is durable.
 */
import { DatabaseSync } from "node:sqlite";
import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { type Committed, Committer, type WriteRequest } from "./committer.ts";
import { setUpConnection } from "./connection.ts";
import { operations } from "./operations.ts";
import { noteTouches } from "./touches.ts";

/** What the thread is given. */
export interface WriterData {
  readonly file: string;
  readonly port: MessagePort;
}

/** `close` is the last message: what was asked before it is committed first. */
export type ToWriter = WriteRequest | "close";

export interface FromWriter extends Committed {
  /** Frames of the WAL that no checkpoint has written back yet. */
  readonly backlog: number;
  /** What was touched (touches.ts). */
  readonly touched: readonly string[];
}

/** Frames (of 4 KB) from which on the WAL starts anew at an occasion, what is little then, and where it must. */
const walComfort = 8192;
const walRest = 1024;
const walCeiling = 16384;

const { file, port } = workerData as WriterData;
const database = new DatabaseSync(file);
setUpConnection(database, 32);
const committer = new Committer(database, operations);
const touched = noteTouches(database);
const logState = database.prepare("PRAGMA wal_checkpoint(NOOP)");
let isClosing = false;

function take(message: ToWriter): void {
  if (message === "close") isClosing = true;
  else committer.add(message);
}

function takeWaiting(): void {
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) take(next.message);
}

/**
 * How far the checkpointer is behind. Under load it never quite arrives, and the log would grow without end: it
 * starts anew here when little is left to be written back, and in any case at the ceiling, at the cost of a pause.
 */
function backlog(): number {
  const state = logState.get() as { log: number; checkpointed: number };
  const left = state.log - state.checkpointed;
  if (state.log > walCeiling || (state.log > walComfort && left < walRest)) {
    database.exec("PRAGMA wal_checkpoint(RESTART)");
  }
  return left;
}

port.on("message", (message: ToWriter) => {
  take(message);
  for (takeWaiting(); !committer.isIdle; takeWaiting()) {
    const committed = committer.commit(takeWaiting);
    const answer: FromWriter = { ...committed, backlog: backlog(), touched: touched() };
    port.postMessage(answer);
  }
  if (isClosing) {
    database.close();
    port.close();
  }
});
