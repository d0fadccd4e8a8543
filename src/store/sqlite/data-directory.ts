/** The directory that holds everything: who may use it, and where things are in it. */
import { mkdir, open } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { syncDirectory } from "../content/directory.ts";

/** Raised when another process uses the data directory. */
export class DataDirectoryInUse extends Error {
  constructor(path: string) {
    super(
      `The data directory ${path} is in use by another Mailferry. Stop that one, or use another directory.`,
    );
    this.name = "DataDirectoryInUse";
  }
}

/** The data directory, ours until it is disposed of or the process ends, however it ends. */
export interface DataDirectory extends Disposable {
  readonly database: string;
  /** Large content. */
  readonly content: string;
  /** Content on its way in; what is left in it is worth nothing after a restart. */
  readonly spool: string;
}

/** Takes possession of a data directory, and creates it, closed to others, if need be. Throws DataDirectoryInUse. */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
  const root = resolve(path);
  const lockFile = join(root, "lock.db");
  const directory = {
    database: join(root, "mailferry.db"),
    content: join(root, "content"),
    spool: join(root, "spool"),
  };
  await makeDirectory(root);
  // Whoever made it before us need not have seen to it that its name lasts.
  await syncDirectory(dirname(root)).catch(ignoreForbidden);
  for (const file of [lockFile, directory.database]) await createClosedToOthers(file);
  const lock = takeLock(lockFile, root);
  try {
    for (const name of [directory.content, directory.spool]) await makeDirectory(name);
    await syncDirectory(root);
  } catch (error) {
    lock.close();
    throw error;
  }
  return { ...directory, [Symbol.dispose]: () => lock.close() };
}

/** Makes a directory durably, with those above it that are not there. */
async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncDirectory(dirname(made));
}

/** A directory that we may enter and not read is no business of ours. */
function ignoreForbidden(error: unknown): void {
  if (!(error instanceof Error && "code" in error && (error.code === "EACCES" || error.code === "EPERM")))
    throw error;
}

/**
 * SQLite gives its further files the rights that this one has. One that is there must not even be opened: closing
 * it again would take away the locks that this process has on it (fcntl(2)).
 */
async function createClosedToOthers(file: string): Promise<void> {
  try {
    await (await open(file, "wx", 0o600)).close();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

/**
 * The lock is a transaction on a database of its own: the system lets go of it with the process, and SQLite knows
 * how to lock on every platform, also against another store in this very process.
 */
function takeLock(file: string, root: string): DatabaseSync {
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    const isBusy = error instanceof Error && "errcode" in error && error.errcode === 5;
    throw isBusy ? new DataDirectoryInUse(root) : error;
  }
  return lock;
}
