import { once } from "node:events";
import type { Log } from "#observe/log";
import type { FromCheckpointer, ToCheckpointer } from "./checkpointer.ts";
import { startThread, type Thread } from "./thread.ts";

/** Frames that are worth a checkpoint: 8 MB. */
const worthwhile = 2048;

/** Keeps the WAL short from a thread of its own, so that neither commits nor reads wait for it. */
export class Checkpoints implements AsyncDisposable {
  readonly #file: string;
  readonly #log: Log;
  /** Started when it is first needed. */
  #thread: Thread | null = null;
  #isRunning = false;

  constructor(file: string, log: Log) {
    this.#file = file;
    this.#log = log;
  }

  /** @param backlog frames that wait to be written back */
  consider(backlog: number): void {
    if (this.#isRunning || backlog < worthwhile) return;
    this.#isRunning = true;
    this.#thread ??= this.#start();
    this.#thread.port.postMessage("checkpoint" satisfies ToCheckpointer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#thread) return;
    const ended = once(this.#thread.worker, "exit");
    this.#thread.port.postMessage("close" satisfies ToCheckpointer);
    await ended;
  }

  #start(): Thread {
    const thread = startThread("checkpointer", { file: this.#file });
    thread.worker.on("error", (error) => this.#log.error({ error }, "the checkpointer thread failed"));
    // Without it the writer itself keeps the log below its ceiling, until the next occasion starts another one.
    thread.port.on("close", () => {
      this.#thread = null;
      this.#isRunning = false;
    });
    thread.port.on("message", (trouble: FromCheckpointer) => {
      this.#isRunning = false;
      if (trouble !== null) this.#log.warn({ trouble }, "the write-ahead log could not be written back");
    });
    return thread;
  }
}
