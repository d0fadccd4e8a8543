/** The contracts of the queue, of transfers and of known recipients, kept by the SQLite engine. */
import { describe } from "vitest";
import { cutoverContract } from "./cutover.contract.ts";
import { knownRecipientsContract } from "./known-recipients.contract.ts";
import { ledgerContract } from "./ledger.contract.ts";
import { ledgerListingContract } from "./ledger-listing.contract.ts";
import { peopleContract } from "./people.contract.ts";
import { queueStoreContract } from "./queue-store.contract.ts";
import { returnContract } from "./return.contract.ts";
import { rosterContract } from "./roster.contract.ts";
import { openSqlite } from "./sqlite-harness.ts";

describe("SQLite", () => {
  queueStoreContract(openSqlite);
  ledgerContract(openSqlite);
  cutoverContract(openSqlite);
  knownRecipientsContract(openSqlite);
  peopleContract(openSqlite);
  rosterContract(openSqlite);
  ledgerListingContract(openSqlite);
  returnContract(openSqlite);
});
