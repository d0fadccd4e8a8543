/** A domain of 50,000 mailboxes: what one page of it costs, said by SQLite's own plan rather than by a clock. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Changes } from "#mailbox/changes";
import type { MailboxId } from "#mailbox/ids";
import type { Movement } from "#migration/roster";
import { silentLog } from "#observe/log";
import { Db, type SqlValue } from "../../src/store/sqlite/db.ts";
import type { Engine } from "../../src/store/sqlite/engine.ts";
import { SqliteLedgerListing } from "../../src/store/sqlite/ledger-listing.ts";
import { openStore } from "../../src/store/sqlite/open.ts";
import { SqliteRoster } from "../../src/store/sqlite/roster.ts";

const mailboxes = 50_000;
const messages = 100_000;
const domain = "big-company.com";
const steps = (count: number) =>
  `WITH RECURSIVE step (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM step WHERE n < ${count})`;

let folder: string;
let database: DatabaseSync;
let watched: WatchedDb;
let roster: SqliteRoster;
let ledger: SqliteLedgerListing;

/** Remembers how SQLite goes about each statement. */
class WatchedDb extends Db {
  readonly plans: string[] = [];
  override all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    this.#note(sql, values);
    return super.all(sql, ...values);
  }
  override get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    this.#note(sql, values);
    return super.get(sql, ...values);
  }
  #note(sql: string, values: readonly SqlValue[]): void {
    const plan = super.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values);
    this.plans.push(...plan.map(({ detail }) => detail));
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mailferry-large-"));
  const options = { dataDirectory: folder, changes: new Changes(), log: silentLog, now: () => 0 };
  await (await openStore(options))[Symbol.asyncDispose]();
  database = new DatabaseSync(join(folder, "mailferry.db"));
  database.exec(`PRAGMA synchronous = OFF; BEGIN;
    INSERT INTO domain (name, kind, settings) VALUES ('${domain}', 'local', '{}');
    ${steps(mailboxes)} INSERT INTO mailbox (id, domain, address, admitted, uid_validity, created_at)
      SELECT n, '${domain}', printf('person-%05d@${domain}', n), 1, n, 0 FROM step;
    ${steps(mailboxes)} INSERT INTO folder (mailbox, name, uid_validity, messages)
      SELECT n, 'INBOX', n, 5 FROM step;
    ${steps(mailboxes)} INSERT INTO transfer (mailbox, state, next_try, login_name, messages, messages_here, octets, started_at)
      SELECT n, iif(n % 250 = 0, 'waiting', 'following'), 0, 'x', 5, 5, 500, 0 FROM step;
    ${steps(messages)} INSERT INTO ledger (mailbox, uidl, size, occurrence, state)
      SELECT iif(n % 2 = 0, 7, n % ${mailboxes} + 1), 'u' || n, 100, 0, 'copied' FROM step;
    COMMIT`);
  watched = new WatchedDb(database);
  const engine = { read: <T>(queries: (db: Db) => T): T => queries(watched) } as unknown as Engine;
  roster = new SqliteRoster(engine);
  ledger = new SqliteLedgerListing(engine);
});
afterAll(() => {
  database?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** How the statements of this question were gone about. */
async function plansOf<T>(ask: () => Promise<T>): Promise<{ answer: T; plans: readonly string[] }> {
  watched.plans.length = 0;
  const answer = await ask();
  return { answer, plans: [...watched.plans] };
}

/** A table that is gone through whole, or an order that is made by sorting. */
const whole = (plans: readonly string[]) =>
  plans.filter((one) => /^SCAN (?!json_each)|TEMP B-TREE/.test(one));

const movement: Movement = { stalledBefore: 0, moving: [] };
const usual = { search: "", stage: null, after: "", limit: 50 } as const;

describe("a page of 50,000 mailboxes", () => {
  it.each([
    ["the first", usual],
    ["one in the middle", { ...usual, after: `person-25000@${domain}` }],
    ["of one stage", { ...usual, stage: "waiting" as const }],
    ["of those that are searched for", { ...usual, search: "49" }],
  ])("%s is read along the index of addresses, and sorts nothing", async (_name, query) => {
    const { answer, plans } = await plansOf(() => roster.page(domain, movement, query));
    expect(answer).toHaveLength(50);
    expect(whole(plans)).toEqual([]);
    expect(plans.join("\n")).toMatch(
      /SEARCH mailbox USING INDEX mailbox_domain \(domain=\? AND address>\?\)/,
    );
    expect(plans.join("\n")).toMatch(/SEARCH transfer USING INTEGER PRIMARY KEY/);
  });

  it("is counted along the same index", async () => {
    const { answer, plans } = await plansOf(() =>
      roster.count(domain, movement, { search: "", stage: "waiting" }),
    );
    expect(answer).toBe(200);
    expect(whole(plans)).toEqual([]);
  });

  it("in all, goes through the mailboxes once and through nothing else", async () => {
    const { answer, plans } = await plansOf(() => roster.figures(domain, movement));
    expect(answer.map(({ stage, mailboxes }) => [stage, mailboxes])).toEqual([
      ["over", mailboxes - 200],
      ["waiting", 200],
    ]);
    expect(plans.filter((one) => one.startsWith("SCAN") && !one.includes("json_each"))).toEqual([
      "SCAN mailbox",
    ]);
  });
});

describe("a page of a ledger of 50,000 messages", () => {
  const page = { search: "", outcome: null, after: 0, limit: 50 } as const;

  it.each([
    ["the first", page],
    ["one in the middle", { ...page, after: 50_000 }],
    ["of those that are searched for", { ...page, search: "u99" }],
  ])("%s is read along the index of the mailbox, and sorts nothing", async (_name, query) => {
    const { answer, plans } = await plansOf(() => ledger.page(7 as MailboxId, query));
    expect(answer).toHaveLength(50);
    expect(whole(plans)).toEqual([]);
    expect(plans.join("\n")).toMatch(/SEARCH ledger USING .*mailbox/);
  });
});
