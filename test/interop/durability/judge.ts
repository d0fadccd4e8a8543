/**
 * Judges a trace of the server: at every moment at which it says that something is stored, the power goes, and what
 * is left of the disk is opened by the store itself. What was promised must be there. And whenever a commit is about
 * to be synced, it may have reached the disk already: then the content files that it names must be there, whole.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Changes } from "#mailbox/changes";
import { openMaildrop } from "#mailbox/maildrop";
import { silentLog } from "#observe/log";
import { openStore, type Store } from "#store/sqlite/open";
import { Disk } from "./disk.ts";
import { type Call, readTrace, strings, target } from "./trace.ts";

/**
 * Looks for what was promised.
 * @param data the data directory that the store was opened on
 * @returns what is wrong, or null
 */
export type Expectation = (store: Store, data: string) => Promise<string | null>;

export interface Verdict {
  /** Promises that the trace shows, in their order. */
  readonly judged: readonly string[];
  /** Commits before which the content files were looked at. */
  readonly commits: number;
  /** What would not have outlived a power cut. */
  readonly broken: readonly string[];
}

/**
 * @param root the directory in which the data directory was made while the trace was taken
 * @param expectations by promise: "message ID", "goodbye N" and "login N", counted from 1
 */
export async function judge(
  trace: string,
  root: string,
  expectations: ReadonlyMap<string, Expectation>,
): Promise<Verdict> {
  const disk = new Disk(root);
  const judged: string[] = [];
  const broken: string[] = [];
  const count = new Map<string, number>();
  let commits = 0;
  let lastFiles = "";
  for (const moment of readTrace(trace)) {
    const { phase, call } = moment;
    if (phase === "begins") {
      for (const promise of promisesIn(call, count)) {
        const expectation = expectations.get(promise);
        if (!expectation) continue;
        judged.push(promise);
        const problem = await afterPowerCut(disk, null, expectation);
        if (problem !== null) broken.push(`${promise}: ${problem}`);
      }
      const files = disk.files.filter((name) => name.includes("/content/")).join();
      if (isCommit(call) && files !== lastFiles) {
        lastFiles = files;
        commits++;
        const problem = await afterPowerCut(disk, "/mailferry.db-wal", allContentIsWhole);
        if (problem !== null) broken.push(`commit ${commits}: ${problem}`);
      }
    }
    disk.apply(moment);
  }
  for (const promise of expectations.keys()) {
    if (!judged.includes(promise)) broken.push(`${promise}: the trace does not show it`);
  }
  for (const name of disk.differences()) broken.push(`${name}: the trace does not tell what is in it`);
  return { judged, commits, broken };
}

/** The promises in what is said to somebody outside. */
function promisesIn(call: Call, count: Map<string, number>): readonly string[] {
  if (!/^(?:write|writev|sendto|sendmsg|sendmmsg)$/.test(call.name)) return [];
  if (!target(call)?.what.startsWith("TCP")) return [];
  const text = Buffer.concat(strings(call)).toString("latin1");
  const next = (what: string): string => {
    const number = (count.get(what) ?? 0) + 1;
    count.set(what, number);
    return `${what} ${number}`;
  };
  return text.split("\r\n").flatMap((line) => {
    const [, id] = /^250 2\.0\.0 Queued as (\w+)$/.exec(line) ?? [];
    if (id !== undefined) return [`message ${id}`];
    if (line === "+OK Bye.") return [next("goodbye")];
    return line === "+OK Logged in." ? [next("login")] : [];
  });
}

function isCommit(call: Call): boolean {
  return /^fsync|fdatasync$/.test(call.name) && target(call)?.what.endsWith("/mailferry.db-wal") === true;
}

/** @returns what the expectation says, or why the store cannot even be opened */
async function afterPowerCut(
  disk: Disk,
  lucky: string | null,
  expectation: Expectation,
): Promise<string | null> {
  const remains = mkdtempSync(join(tmpdir(), "mailferry-remains-"));
  try {
    disk.writeRemains(remains, lucky);
    const data = join(remains, "data");
    await using store = await openStore({
      dataDirectory: data,
      changes: new Changes(),
      log: silentLog,
      now: () => Date.now(),
    });
    return await expectation(store, data);
  } catch (error) {
    return `the store does not open: ${error}`;
  } finally {
    rmSync(remains, { recursive: true, force: true });
  }
}

/** Everything in mailboxes and in the queue can be read, and is what it was. */
async function allContentIsWhole(store: Store): Promise<string | null> {
  for (const domain of await store.directory.domains()) {
    for (const { id, address } of await store.directory.mailboxes(domain.name, "", 1000)) {
      const opened = await openMaildrop(store.mail, id);
      for (const { content } of opened.ok ? opened.value : []) {
        const facts = await store.mail.facts(content);
        if (facts === null) continue; // It is on the old server still.
        const octets = await all(await store.mail.read(content));
        if (createHash("sha256").update(octets).digest("hex") !== facts.sha256)
          return `a message of ${address} is not whole`;
      }
    }
  }
  for (const { message } of await store.queue.list("", 1000)) {
    if ((await all(await store.queue.read(message.id, 0))).length !== message.size)
      return `queued message ${message.id} is not whole`;
  }
  return null;
}

/** All octets of a content; none where it cannot be read. */
export async function all(octets: AsyncIterable<Uint8Array> | null): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of octets ?? []) chunks.push(chunk);
  } catch {
    return Buffer.alloc(0);
  }
  return Buffer.concat(chunks);
}
