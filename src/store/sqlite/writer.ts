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
}

/** Frames at which the writer itself empties the WAL, because the checkpointer does not keep up: 64 MB. */
const walCeiling = 16384;

const { file, port } = workerData as WriterData;
const database = new DatabaseSync(file);
setUpConnection(database, 32);
const committer = new Committer(database, operations);
const logState = database.prepare("PRAGMA wal_checkpoint(NOOP)");
let isClosing = false;

function take(message: ToWriter): void {
  if (message === "close") isClosing = true;
  else committer.add(message);
}

function takeWaiting(): void {
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) take(next.message);
}

/** How far the checkpointer is behind. Beyond the ceiling the log starts anew, at the cost of a pause. */
function backlog(): number {
  const state = logState.get() as { log: number; checkpointed: number };
  if (state.log <= walCeiling) return state.log - state.checkpointed;
  database.exec("PRAGMA wal_checkpoint(RESTART)");
  return 0;
}

port.on("message", (message: ToWriter) => {
  take(message);
  for (takeWaiting(); !committer.isIdle; takeWaiting()) {
    const committed = committer.commit(takeWaiting);
    const answer: FromWriter = { ...committed, backlog: backlog() };
    port.postMessage(answer);
  }
  if (isClosing) {
    database.close();
    port.close();
  }
});
