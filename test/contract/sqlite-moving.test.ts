/** A crossing on SQLite that is killed again and again: nothing acknowledged is lost, nothing is there twice. */
import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MessageEntry } from "#mailbox/folder";
import type { MailboxId } from "#mailbox/ids";
import { entriesOf, inboxOf, readAll, sha256 } from "./harness.ts";
import { domain, transferOf } from "./ledger-words.ts";
import { recipientsOf } from "./queue-words.ts";
import { openSqlite, type SqliteHarness } from "./sqlite-harness.ts";

describe("SQLite, killed during a crossing", () => {
  let store: SqliteHarness;
  const database = <T>(query: (database: DatabaseSync) => T): T => {
    const opened = new DatabaseSync(join(store.dataDirectory, "mailferry.db"), { readOnly: true });
    try {
      return query(opened);
    } finally {
      opened.close();
    }
  };
  const number = (sql: string, ...values: number[]) =>
    database((opened) => Number(opened.prepare(`SELECT (${sql}) AS number`).get(...values)?.number));

  beforeEach(async () => {
    store = await openSqlite();
  });
  afterEach(() => store[Symbol.asyncDispose]());

  /** Starts the mover, kills it once it has printed so many lines, and adds them to `printed`. */
  async function killAfter(lines: number, printed: string[]): Promise<void> {
    const program = fileURLToPath(new URL("./sqlite-mover.ts", import.meta.url));
    const child = spawn(
      process.execPath,
      ["--conditions=source", "--disable-warning=ExperimentalWarning", program, store.dataDirectory],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const ended = new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
    let count = 0;
    for await (const line of createInterface(child.stdout)) {
      printed.push(line);
      if (++count === lines) child.kill("SIGKILL");
    }
    expect(await ended).toBe("SIGKILL");
  }

  async function subjectsIn(mailbox: MailboxId): Promise<Map<string, MessageEntry[]>> {
    const entries = await entriesOf(store, await inboxOf(store, mailbox));
    const found = new Map<string, MessageEntry[]>();
    for (const entry of entries) {
      if (!entry.isHere) continue;
      const octets = await readAll(await store.mail.read(entry.content));
      expect((await store.mail.facts(entry.content))?.sha256).toBe(sha256(octets));
      const subject = /^Subject: (.*)\r$/m.exec(octets.toString())?.[1] ?? "";
      found.set(subject, [...(found.get(subject) ?? []), entry]);
    }
    return found;
  }

  it("has everything once, and its counts are right", async () => {
    await store.store[Symbol.asyncDispose]();
    const printed: string[] = [];
    for (const lines of [1, 3, 40, 90, 200, 400]) await killAfter(lines, printed);
    await store.reopen();
    const begun = number("SELECT count(*) FROM queued_recipient WHERE begun = 1");
    expect(await store.queue.recover(Date.now())).toBe(begun);
    const told = (word: string) =>
      printed.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));

    const anna = (await store.directory.mailbox(`anna@${domain}`))?.id as MailboxId;
    const bob = (await store.directory.mailbox(`bob@${domain}`))?.id as MailboxId;
    const [annas, bobs] = [await subjectsIn(anna), await subjectsIn(bob)];
    const waiting = (await recipientsOf(store)).map((one) => one.message.id);
    expect(new Set(waiting).size).toBe(waiting.length);
    for (const [subject, entries] of [...annas, ...bobs]) {
      expect({ subject, times: entries.length }).toEqual({ subject, times: 1 });
    }
    for (const subject of told("in")) {
      expect({ subject, there: annas.has(subject) }).toEqual({ subject, there: true });
      expect({ subject, there: bobs.has(subject) || waiting.includes(subject) }).toEqual({
        subject,
        there: true,
      });
    }
    for (const subject of told("here")) {
      expect({ subject, there: bobs.has(subject) && !waiting.includes(subject) }).toEqual({
        subject,
        there: true,
      });
    }
    for (const id of waiting) {
      const octets = await readAll(await store.queue.read(id, 0));
      expect(octets.toString()).toContain(`Subject: ${id}\r\n`);
    }

    const listed = await entriesOf(store, await inboxOf(store, bob));
    const uidls = new Map(listed.map((entry) => [entry.uidl, entry]));
    for (const uidl of told("deleted")) expect(uidls.get(uidl)).toBeUndefined();
    for (const uidl of told("copied")) expect(uidls.get(uidl)).toMatchObject({ uidl, isHere: true });
    expect(told("in").length).toBeGreaterThan(50);
    expect(told("copied").length).toBeGreaterThan(50);

    const rows = await store.ledger.rows(bob);
    const copied = rows.filter((row) => row.state === "copied");
    const remote = rows.filter((row) => row.state === "remote" && row.isWanted);
    expect(await store.ledger.remoteRows(bob)).toHaveLength(remote.length);
    expect(listed.filter((entry) => !entry.isHere)).toHaveLength(remote.length);
    const here = copied.reduce((sum, row) => sum + (uidls.get(row.uidl)?.size ?? 0), 0);
    expect(await transferOf(store, bob)).toMatchObject({
      messages: copied.length + remote.length,
      messagesHere: copied.length,
      octetsHere: here,
      octets: here + remote.reduce((sum, row) => sum + row.size, 0),
    });
    const kept = "SELECT sum(coalesce(size, listed_size)) FROM content WHERE mailbox = ? AND forsaken = 0";
    expect((await store.mail.usage(bob)).octets).toBe(number(kept, bob));

    // What the last crash left is collected at the start after it has been cleared away.
    while (number("SELECT count(*) FROM content WHERE forsaken = 1") > 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await store.reopen();
    const files = await readdir(join(store.dataDirectory, "content"), {
      recursive: true,
      withFileTypes: true,
    });
    const named = "SELECT (SELECT count(file) FROM content) + (SELECT count(file) FROM queued_message)";
    expect(files.filter((file) => file.isFile())).toHaveLength(number(named));
  });
});
