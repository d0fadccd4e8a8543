/** What the SQLite engine promises beyond the ports: crashes, full disks, strangers in its directory. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Changes } from "#mailbox/changes";
import { StoreUnavailable } from "#mailbox/content";
import type { MailboxId } from "#mailbox/ids";
import { silentLog } from "#observe/log";
import { DataDirectoryInUse } from "#store/sqlite/data-directory";
import { openStore } from "#store/sqlite/open";
import { NewerSchema } from "#store/sqlite/schema";
import {
  append,
  entriesOf,
  inboxOf,
  newMailbox,
  octetsOf,
  plainFiling,
  readAll,
  sha256,
  staged,
  value,
} from "./harness.ts";
import { openSqlite, type SqliteHarness } from "./sqlite-harness.ts";

const large = 100_000;

describe("SQLite", () => {
  let store: SqliteHarness;
  const openAgain = () =>
    openStore({
      dataDirectory: store.dataDirectory,
      changes: new Changes(),
      log: silentLog,
      now: () => 0,
    });
  const path = (...names: string[]) => join(store.dataDirectory, ...names);
  const contentFiles = async () => {
    const names = await readdir(path("content"), { recursive: true, withFileTypes: true });
    return names.filter((name) => name.isFile()).map((name) => name.name);
  };
  /** Looks at the database past the store. */
  const count = (sql: string) => {
    const database = new DatabaseSync(path("mailferry.db"), { readOnly: true });
    try {
      return Number(database.prepare(`SELECT count(*) AS count FROM ${sql}`).get()?.count);
    } finally {
      database.close();
    }
  };

  beforeEach(async () => {
    store = await openSqlite();
  });
  afterEach(() => store[Symbol.asyncDispose]());

  describe("when it is killed", () => {
    /** Starts the appender and kills it once it has printed so many lines. */
    async function killAfter(lines: number): Promise<readonly string[]> {
      const program = fileURLToPath(new URL("./sqlite-appender.ts", import.meta.url));
      const child: ChildProcess = spawn(
        process.execPath,
        ["--conditions=source", "--disable-warning=ExperimentalWarning", program, store.dataDirectory],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      const ended = new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
      const printed: string[] = [];
      if (!child.stdout) throw new Error("the appender has no output");
      for await (const line of createInterface(child.stdout)) {
        printed.push(line);
        if (printed.length === lines) child.kill("SIGKILL");
      }
      expect(await ended).toBe("SIGKILL");
      return printed;
    }

    it("has every message that it acknowledged, whole, and no other trace", async () => {
      await store.store[Symbol.asyncDispose]();
      const acknowledged = new Map<number, string>();
      for (const lines of [1, 2, 30, 77, 150, 300]) {
        for (const line of await killAfter(lines)) {
          const [uid, what] = line.split(" ");
          if (what === "deleting") acknowledged.delete(Number(uid));
          else if (what === "deleted") acknowledged.set(Number(uid), "gone");
          else acknowledged.set(Number(uid), what ?? "");
        }
      }
      await store.reopen();
      const anna = await store.directory.mailbox("anna@big-company.com");
      const inbox = await inboxOf(store, anna?.id ?? (0 as MailboxId));
      const entries = await entriesOf(store, inbox);
      expect(entries).toHaveLength(inbox.messages);
      const found = new Map<number, string>();
      let octets = 0;
      for (const entry of entries) {
        const whole = await readAll(await store.mail.read(entry.content));
        expect(entry.size).toBe(whole.length);
        expect((await store.mail.facts(entry.content))?.sha256).toBe(sha256(whole));
        found.set(entry.uid, sha256(whole));
        octets += whole.length;
      }
      for (const [uid, hash] of acknowledged) {
        expect(found.get(uid)).toBe(hash === "gone" ? undefined : hash);
      }
      expect(acknowledged.size).toBeGreaterThan(100);
      expect(entries.map((entry) => entry.uid)).toEqual([...found.keys()].sort((a, b) => a - b));
      expect(await store.mail.usage(inbox.mailbox)).toMatchObject({ octets, messages: entries.length });
      // Once more: what the last crash left to be cleared away is away when the store has been closed.
      await untilCleared();
      await store.reopen();
      expect(await contentFiles()).toHaveLength(count("content WHERE file IS NOT NULL"));
      expect(count("content")).toBe(entries.length);
      expect(count("body")).toBe(entries.length);
      expect(await readdir(path("spool"))).toEqual([]);
    });
  });

  async function untilCleared(): Promise<void> {
    while (count("content WHERE forsaken = 1") + count("mailbox WHERE address IS NULL") > 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  describe("when the disk is full", () => {
    it.each([20_000, large])(
      "refuses messages of %d octets, keeps the old ones, and recovers",
      async (size) => {
        const anna = await newMailbox(store);
        const inbox = await inboxOf(store, anna);
        await append(store, inbox, octetsOf("before", size));
        await store.store.limitSize(1_000_000);
        const kept: string[] = [];
        let refused = 0;
        for (let round = 0; refused === 0; round++) {
          const appends = Array.from({ length: 50 }, async (_, index) => {
            const subject = `full-${round}-${index}`;
            await using content = await staged(store.stage, octetsOf(subject, size));
            value(await store.mail.append(inbox.id, content, plainFiling));
            kept.push(sha256(octetsOf(subject, size)));
          });
          for (const result of await Promise.allSettled(appends)) {
            if (result.status === "fulfilled") continue;
            expect(result.reason).toBeInstanceOf(StoreUnavailable);
            refused++;
          }
        }
        // What is there can be read, and nothing else is there.
        const hashes = async () => {
          const found = [];
          for (const entry of await entriesOf(store, inbox)) {
            found.push(sha256(await readAll(await store.mail.read(entry.content))));
          }
          return found;
        };
        const before = sha256(octetsOf("before", size));
        expect((await hashes()).sort()).toEqual([before, ...kept].sort());
        expect(await store.mail.usage(anna)).toMatchObject({ messages: kept.length + 1 });
        expect(await contentFiles()).toHaveLength(count("content WHERE file IS NOT NULL"));

        await store.store.limitSize(null);
        await append(store, inbox, octetsOf("after", size));
        await store.reopen();
        expect((await hashes()).sort()).toEqual([before, ...kept, sha256(octetsOf("after", size))].sort());
      },
    );

    it("refuses content that cannot be staged or kept, and recovers", async () => {
      const inbox = await inboxOf(store, await newMailbox(store));
      for (const name of ["spool", "content"]) {
        await rm(path(name), { recursive: true });
        await writeFile(path(name), "in the way");
        await expect(append(store, inbox, octetsOf("refused", large))).rejects.toThrow(StoreUnavailable);
        await append(store, inbox, octetsOf("small"));
        await rm(path(name));
        await mkdir(path(name));
        await append(store, inbox, octetsOf("large", large));
      }
      expect(await entriesOf(store, inbox)).toHaveLength(4);
      expect(await readdir(path("spool"))).toEqual([]);
    });

    it("says so when a file that it needs is not to be read", async () => {
      const entry = await append(
        store,
        await inboxOf(store, await newMailbox(store)),
        octetsOf("lost", large),
      );
      for (const name of await contentFiles()) await rm(path("content", name.slice(0, 2), name));
      await expect(readAll(await store.mail.read(entry.content))).rejects.toThrow(StoreUnavailable);
    });
  });

  describe("its data directory", () => {
    it("is closed to others", async () => {
      await append(store, await inboxOf(store, await newMailbox(store)), octetsOf("large", large));
      const names = await readdir(store.dataDirectory, { recursive: true });
      expect(names).toContain("mailferry.db-wal");
      for (const name of names) {
        const { mode } = await stat(path(name));
        expect({ name, open: mode & 0o077 }).toEqual({ name, open: 0 });
      }
    });

    it("is used by one store at a time, of this process or another", async () => {
      await expect(openAgain()).rejects.toThrow(DataDirectoryInUse);
      await expect(openAgain()).rejects.toThrow(store.dataDirectory);
      const program = fileURLToPath(new URL("./sqlite-appender.ts", import.meta.url));
      const child = spawn(
        process.execPath,
        ["--conditions=source", "--disable-warning=ExperimentalWarning", program, store.dataDirectory],
        { stdio: ["ignore", "ignore", "pipe"] },
      );
      let said = "";
      child.stderr.on("data", (chunk) => {
        said += chunk;
      });
      const code = await new Promise((resolve) => child.once("close", resolve));
      expect(code).toBe(1);
      expect(said).toContain("DataDirectoryInUse");
    });

    it("is refused when a newer version has written it, and left as it was", async () => {
      await newMailbox(store, "anna");
      await store.store[Symbol.asyncDispose]();
      const changeVersion = (by: number) => {
        const database = new DatabaseSync(path("mailferry.db"));
        database.prepare("UPDATE meta SET value = value + ? WHERE key = 'schema'").run(by);
        database.close();
      };
      changeVersion(1);
      await expect(openAgain()).rejects.toThrow(NewerSchema);
      await expect(openAgain()).rejects.toThrow(NewerSchema);
      changeVersion(-1);
      await store.reopen();
      expect(await store.directory.mailbox("anna@big-company.com")).not.toBeNull();
    });

    it("loses what nobody names at the next start, and nothing else", async () => {
      const inbox = await inboxOf(store, await newMailbox(store));
      const entry = await append(store, inbox, octetsOf("named", large));
      const [named = ""] = await contentFiles();
      await writeFile(path("spool", "unfinished"), "x");
      const orphan = `${named.slice(0, 2)}${"0".repeat(30)}`;
      await writeFile(path("content", named.slice(0, 2), orphan), "x");
      await store.reopen();
      expect(await contentFiles()).toEqual([named]);
      expect(await readdir(path("spool"))).toEqual([]);
      expect(await readAll(await store.mail.read(entry.content))).toEqual(octetsOf("named", large));
    });

    it("is rid of a removed mailbox after a while, also when it was closed meanwhile", async () => {
      const anna = await newMailbox(store);
      const bob = await newMailbox(store);
      for (const mailbox of [anna, bob]) {
        const inbox = await inboxOf(store, mailbox);
        for (let index = 0; index < 30; index++) {
          const entry = await append(store, inbox, octetsOf(`m${index}`, index % 2 === 0 ? 1000 : large));
          if (index % 3 === 0) value(await store.mail.expunge(inbox.id, [entry.id]));
        }
      }
      value(await store.directory.removeMailbox(anna));
      await store.reopen();
      await untilCleared();
      await store.reopen();
      for (const table of ["mailbox", "content", "body", "message"]) {
        expect({ table, rows: count(table) }).toEqual({ table, rows: table === "mailbox" ? 1 : 20 });
      }
      expect(count(`folder WHERE mailbox = ${anna}`)).toBe(0);
      expect(await contentFiles()).toHaveLength(10);
    });
  });
});
