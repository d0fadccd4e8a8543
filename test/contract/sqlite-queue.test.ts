/** The contracts of the queue, of transfers and of known recipients, kept by the SQLite engine. */
import { describe } from "vitest";
import { queueStoreContract } from "./queue-store.contract.ts";
import { openSqlite } from "./sqlite-harness.ts";

describe("SQLite", () => {
  queueStoreContract(openSqlite);
});
