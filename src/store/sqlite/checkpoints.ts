import { once } from "node:events";
import type { Log } from "#observe/log";
import type { FromCheckpointer, ToCheckpointer } from "./checkpointer.ts";
import { startThread, type Thread } from "./thread.ts";

/** Frames that are worth a checkpoint: 4 MB. */
const worthwhile = 1000;

/** Keeps the WAL short from a thread of its own, so that neither commits nor reads wait for it. */
export class Checkpoints implements AsyncDisposable {
  readonly #thread: Thread;
  #isRunning = false;

  constructor(file: string, log: Log) {
    this.#thread = startThread("checkpointer", { file });
    this.#thread.worker.on("error", (error) => log.error({ error }, "the checkpointer thread failed"));
    this.#thread.port.on("message", (trouble: FromCheckpointer) => {
      this.#isRunning = false;
      if (trouble !== null) log.warn({ trouble }, "the write-ahead log could not be written back");
    });
  }

  /** @param backlog frames that wait to be written back */
  consider(backlog: number): void {
    if (this.#isRunning || backlog < worthwhile) return;
    this.#isRunning = true;
    this.#thread.port.postMessage("checkpoint" satisfies ToCheckpointer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#thread.worker, "exit");
    this.#thread.port.postMessage("close" satisfies ToCheckpointer);
    await ended;
  }
}
