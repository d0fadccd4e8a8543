import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { applySchema } from "./schema.ts";

const schema = new URL("../schema/", import.meta.url);
let directory: string;
let database: DatabaseSync;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mailferry-schema-"));
  database = new DatabaseSync(join(directory, "db"));
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true });
});

/** Makes the database what that version made it. */
function atVersion(version: number): void {
  for (const name of readdirSync(schema).sort())
    if (Number(name.slice(0, 4)) <= version) database.exec(readFileSync(new URL(name, schema), "utf8"));
  database.prepare("INSERT INTO meta (key, value) VALUES ('schema', ?)").run(String(version));
}

test("a mailbox of before subscriptions were to names keeps those it had", () => {
  atVersion(6);
  database.exec(`
    INSERT INTO domain (name, kind, settings) VALUES ('big-company.com', 'local', '{}');
    INSERT INTO mailbox (id, domain, address, admitted, uid_validity, created_at)
    VALUES (7, 'big-company.com', 'anna@big-company.com', 1, 1, 0);
    INSERT INTO folder (mailbox, name, uid_validity, subscribed)
    VALUES (7, 'INBOX', 1, 1), (7, 'Bills', 2, 0), (7, 'Bills/2024', 3, 1);`);
  applySchema(database);
  const rows = database.prepare("SELECT mailbox, name FROM subscription ORDER BY name").all();
  expect(rows.map((row) => ({ ...row }))).toEqual([
    { mailbox: 7, name: "Bills/2024" },
    { mailbox: 7, name: "INBOX" },
  ]);
});

test("moves of before anybody could go back stay what they were, and are counted as before", () => {
  atVersion(11);
  database.exec(`
    INSERT INTO domain (name, kind, settings) VALUES ('big-company.com', 'local', '{}');
    INSERT INTO mailbox (id, domain, address, admitted, uid_validity, created_at)
    VALUES (7, 'big-company.com', 'anna@big-company.com', 1, 1, 0);
    INSERT INTO content (id, mailbox, listed_size) VALUES (3, 7, 100);
    INSERT INTO transfer (mailbox, state, reason, next_try, failures, login_name, sealed_password, messages,
      messages_here, octets, octets_here, started_at, last_sweep, last_stat, told_apart)
    VALUES (7, 'waiting', 'locked', 1, 2, 'anna', x'0102', 5, 4, 500, 400, 6, 7, '5/500', 1);`);
  const row = () => ({ ...database.prepare("SELECT * FROM transfer").get() });
  const before = row();
  applySchema(database);
  expect(row()).toMatchObject(before);
  database.exec("UPDATE content SET forsaken = 1 WHERE id = 3");
  expect(row()).toMatchObject({ messages: 4, octets: 400 });
  database.exec("UPDATE transfer SET state = 'returned'");
  expect(() => database.exec("UPDATE transfer SET state = 'lost'")).toThrow(/CHECK/);
});

test("what is applied once is not applied again", () => {
  applySchema(database);
  const before = database.prepare("SELECT sql FROM sqlite_schema ORDER BY name").all();
  applySchema(database);
  expect(database.prepare("SELECT sql FROM sqlite_schema ORDER BY name").all()).toEqual(before);
});
