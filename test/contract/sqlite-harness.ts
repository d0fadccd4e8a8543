import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Changes } from "#mailbox/changes";
import { silentLog } from "#observe/log";
import { openStore, type Store } from "#store/sqlite/open";
import type { Harness } from "./harness.ts";

/** A store on SQLite in a directory of its own. */
export interface SqliteHarness extends Harness {
  readonly dataDirectory: string;
  readonly store: Store;
}

/** Opens an empty store; disposing of the harness removes its directory. */
export async function openSqlite(): Promise<SqliteHarness> {
  const dataDirectory = await mkdtemp(join(tmpdir(), "mailferry-store-"));
  const changes = new Changes();
  const clock = { now: Date.UTC(2025, 5, 1) };
  const open = () => openStore({ dataDirectory, changes, log: silentLog, now: () => clock.now });
  let store = await open();
  return {
    dataDirectory,
    changes,
    clock,
    get store() {
      return store;
    },
    get mail() {
      return store.mail;
    },
    get directory() {
      return store.directory;
    },
    get stage() {
      return store.stage;
    },
    get queue() {
      return store.queue;
    },
    get ledger() {
      return store.ledger;
    },
    get cutovers() {
      return store.cutovers;
    },
    get ledgerListing() {
      return store.ledgerListing;
    },
    get roster() {
      return store.roster;
    },
    get people() {
      return store.people;
    },
    get unhashedPasswords() {
      return store.unhashedPasswords;
    },
    get returns() {
      return store.returns;
    },
    get knownRecipients() {
      return store.knownRecipients;
    },
    get administrators() {
      return store.administrators;
    },
    get audit() {
      return store.audit;
    },
    async reopen() {
      await store[Symbol.asyncDispose]();
      store = await open();
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await rm(dataDirectory, { recursive: true });
    },
  };
}
