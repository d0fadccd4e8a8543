/**
 * The checkpointer thread: writes the WAL back into the database beside the writer, never in its way (PASSIVE).
 * Each message asks for one checkpoint and is answered when it is done: null, or what went wrong.
 */
import { DatabaseSync } from "node:sqlite";
import { type MessagePort, workerData } from "node:worker_threads";
import { setUpConnection } from "./connection.ts";

export interface CheckpointerData {
  readonly file: string;
  readonly port: MessagePort;
}

export type ToCheckpointer = "checkpoint" | "close";
export type FromCheckpointer = string | null;

const { file, port } = workerData as CheckpointerData;
const database = new DatabaseSync(file);
setUpConnection(database, 2);

port.on("message", (message: ToCheckpointer) => {
  if (message === "close") {
    database.close();
    port.close();
    return;
  }
  port.postMessage(checkpoint());
});

function checkpoint(): FromCheckpointer {
  try {
    database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    return null;
  } catch (error) {
    return String(error);
  }
}
