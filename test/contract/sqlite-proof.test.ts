/** What proofs read and keep, on SQLite; and content that is there although no message shows it. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import type { ContentId } from "#mailbox/ids";
import { admit, listingOf, startMigration } from "./ledger-words.ts";
import { proofStoreContract } from "./proof-store.contract.ts";
import { openSqlite } from "./sqlite-harness.ts";

async function open() {
  const harness = await openSqlite();
  return Object.defineProperty(harness, "proofs", {
    get: () => harness.store.proofs,
  }) as typeof harness & { readonly proofs: typeof harness.store.proofs };
}

describe("SQLite", () => {
  proofStoreContract(open);

  it("tells a content whose message was lost", async () => {
    await using store = await open();
    await startMigration(store);
    await admit(store, listingOf(1));
    const database = new DatabaseSync(join(store.dataDirectory, "mailferry.db"));
    const content = Number(database.prepare("SELECT min(content) AS id FROM message").get()?.id) as ContentId;
    database.prepare("DELETE FROM message WHERE content = ?").run(content);
    database.close();
    expect(await store.proofs.states([content])).toEqual(["lost"]);
  });
});
