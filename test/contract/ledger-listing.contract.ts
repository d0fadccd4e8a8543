/** Everything that the port `migration/ledger-listing` promises, for any engine. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import type { LedgerQuery } from "#migration/ledger-listing";
import { type Harness, type OpenHarness, octetsOf } from "./harness.ts";
import { admit, arrived, listed, minute, rowOf, start, startMigration } from "./ledger-words.ts";

export function ledgerListingContract(open: OpenHarness): void {
  describe("a ledger that is looked through", () => {
    let store: Harness;
    let mailbox: MailboxId;
    const all: LedgerQuery = { search: "", outcome: null, after: 0, limit: 100 };
    const found = async (query: Partial<LedgerQuery>) =>
      (await store.ledgerListing.page(mailbox, { ...all, ...query })).map(({ uidl }) => uidl);
    const letter = octetsOf("Grüße aus Wien");

    beforeAll(async () => {
      store = await open();
      await startMigration(store);
      const listing = ["a1", "b2", "c3", "d4", "e5"].map((uidl) => listed(uidl, letter.length));
      ({ mailbox } = await admit(store, listing));
      await admit(store, [listed("other", 10)]);
      await store.ledger.arrive(
        mailbox,
        [arrived(await rowOf(store, mailbox, "b2"), letter)],
        start + minute,
      );
      const bad = await rowOf(store, mailbox, "d4");
      const heading = { subject: "Budget", from: "Anna <anna@big-company.com>", date: start };
      await store.ledger.fetchFailed(bad.id, "it says no", start + 5 * minute, heading);
    });
    afterAll(() => store[Symbol.asyncDispose]());

    it("shows each message in the order of the old server, with what is known of it", async () => {
      const rows = await store.ledgerListing.page(mailbox, all);
      expect(rows.map(({ uidl, outcome }) => [uidl, outcome])).toEqual([
        ["a1", "waiting"],
        ["b2", "copied"],
        ["c3", "waiting"],
        ["d4", "failing"],
        ["e5", "waiting"],
      ]);
      expect(rows[1]?.heading?.subject).toBe("Grüße aus Wien");
      expect(rows[1]?.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(rows[3]).toMatchObject({
        size: letter.length,
        reason: "it says no",
        failures: 1,
        nextTry: start + 5 * minute,
        missingSince: null,
        sha256: null,
        heading: { subject: "Budget", from: "Anna <anna@big-company.com>", date: start },
      });
      expect(rows[4]?.heading).toBeNull();
    });

    it("is looked through by outcome, by unique-id and subject, and a page at a time", async () => {
      expect(await found({ outcome: "waiting" })).toEqual(["a1", "c3", "e5"]);
      expect(await found({ search: "C3" })).toEqual(["c3"]);
      expect(await found({ search: "budget" })).toEqual(["d4"]);
      expect(await found({ search: "%" })).toEqual([]);
      const first = await store.ledgerListing.page(mailbox, { ...all, limit: 2 });
      expect(await found({ after: first[1]?.row ?? 0, limit: 2 })).toEqual(["c3", "d4"]);
    });

    it("counts what became of them", async () => {
      expect(await store.ledgerListing.counts(mailbox)).toEqual({ copied: 1, failing: 1, waiting: 3 });
    });
  });
}
