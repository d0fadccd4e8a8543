/**
 * Loaded ahead of the server (--import …/sabotage.ts?WHAT), it leaves out what makes storage durable, and nothing
 * else: the trace of such a server has to be found wanting, or else a sound trace proves nothing.
 *
 * - database: SQLite does not sync
 * - files: content files are not synced
 * - directories: the directories of content files are not synced
 */
import { readlinkSync } from "node:fs";
import { open } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { DatabaseSync } from "node:sqlite";
import workerThreads from "node:worker_threads";

export type Sabotage = "database" | "files" | "directories";

const what = new URL(import.meta.url).search.slice(1);
/** What is not synced, by the kind of sabotage. */
const spared = new Map([
  ["files", /\/spool\/[0-9a-f]{32}$/],
  ["directories", /\/content(?:\/[0-9a-f]{2})?$/],
]);

if (what === "database") {
  const exec = DatabaseSync.prototype.exec;
  DatabaseSync.prototype.exec = function (sql) {
    exec.call(this, sql.replace(/synchronous\s*=\s*FULL/i, "synchronous = OFF"));
  };
} else {
  const any = await open(import.meta.filename);
  const handle = Object.getPrototypeOf(any) as typeof any;
  await any.close();
  const { sync } = handle;
  handle.sync = async function (this: typeof any) {
    const path = readlinkSync(`/proc/self/fd/${this.fd}`);
    if (!spared.get(what)?.test(path)) await sync.call(this);
  };
}

/** The threads of the server are told what options they have: they get this one, too. */
class SabotagedWorker extends workerThreads.Worker {
  constructor(...[file, options]: ConstructorParameters<typeof workerThreads.Worker>) {
    super(file, { ...options, execArgv: [...(options?.execArgv ?? []), "--import", import.meta.url] });
  }
}
workerThreads.Worker = SabotagedWorker;
syncBuiltinESMExports();
