import { afterAll, beforeAll } from "vitest";
import { openSqlite, type SqliteHarness } from "../contract/sqlite-harness.ts";
import { imapWorldOn } from "./imap-world.ts";
import { replayFolder } from "./replay.ts";

let harness: SqliteHarness;

beforeAll(async () => {
  harness = await openSqlite();
});
afterAll(() => harness[Symbol.asyncDispose]());

replayFolder(
  "imap",
  imapWorldOn(() => harness),
);
