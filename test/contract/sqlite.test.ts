/** The contracts of the ports, kept by the SQLite engine. */
import { describe } from "vitest";
import { administratorsContract } from "./administrators.contract.ts";
import { auditContract } from "./audit.contract.ts";
import { directoryStoreContract } from "./directory-store.contract.ts";
import { mailStoreContract } from "./mail-store.contract.ts";
import { openSqlite } from "./sqlite-harness.ts";

describe("SQLite", () => {
  mailStoreContract(openSqlite);
  directoryStoreContract(openSqlite);
  administratorsContract(openSqlite);
  auditContract(openSqlite);
});
