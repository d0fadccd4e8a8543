/** Transfers and the rows that wait, as `migration/ledger` promises them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Harness, type OpenHarness, value } from "./harness.ts";
import {
  admit,
  domain,
  listingOf,
  minute,
  rowOf,
  start,
  startMigration,
  transferOf,
  tryToAdmit,
} from "./ledger-words.ts";

export function transfersContract(open: OpenHarness): void {
  describe("transfers", () => {
    let store: Harness;
    const change = { state: "following", reason: null, nextTry: start, failures: 0 } as const;

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store[Symbol.asyncDispose]());
    beforeEach(async () => {
      await startMigration(store);
      for (const { mailbox } of await store.ledger.transfers(domain, "", 100)) {
        value(await store.directory.removeMailbox(mailbox));
      }
    });

    it("keep their state; what a change leaves out stays", async () => {
      const { mailbox } = await admit(store, listingOf(1));
      await store.ledger.setTransfer(mailbox, {
        ...change,
        state: "waiting",
        reason: "It is locked.",
        failures: 3,
        lastSweep: start,
        lastStat: "5/5",
      });
      await store.ledger.setTransfer(mailbox, { ...change, nextTry: start + minute });
      await store.reopen();
      expect(await transferOf(store, mailbox)).toMatchObject({
        state: "following",
        reason: null,
        nextTry: start + minute,
        failures: 0,
        lastSweep: start,
        lastStat: "5/5",
      });
    });

    it("are listed by address, page by page", async () => {
      for (const name of ["carol", "anna", "bob"]) {
        value(await tryToAdmit(store, listingOf(1), `${name}@${domain}`));
      }
      const page = async (after: string) =>
        (await store.ledger.transfers(domain, after, 2)).map((one) => one.address);
      expect(await page("")).toEqual([`anna@${domain}`, `bob@${domain}`]);
      expect(await page(`bob@${domain}`)).toEqual([`carol@${domain}`]);
      expect(await store.ledger.transfers("example.org", "", 9)).toEqual([]);
    });

    it("are due at their time, longest due first, unless they are settled or paused", async () => {
      const states = ["settled", "paused", "waiting", "needs-password", "following", "copying"] as const;
      for (const [index, state] of states.entries()) {
        const { mailbox } = value(await tryToAdmit(store, [], `${state}@${domain}`));
        await store.ledger.setTransfer(mailbox, { ...change, state, nextTry: start - index });
      }
      const due = async (now: number, limit = 9) =>
        (await store.ledger.dueTransfers(now, limit)).map((one) => one.state);
      expect(await due(start)).toEqual(["copying", "following", "needs-password", "waiting"]);
      expect(await due(start - 3)).toEqual(["copying", "following", "needs-password"]);
      expect(await due(start, 1)).toEqual(["copying"]);
      expect(await due(start - 6)).toEqual([]);
    });

    it("that an earlier migration settled need their passwords when it is taken up again", async () => {
      const { mailbox } = await admit(store, listingOf(1));
      value(await store.ledger.endMigration(domain));
      expect(await transferOf(store, mailbox)).toMatchObject({ state: "settled" });
      await startMigration(store);
      expect(await transferOf(store, mailbox)).toMatchObject({ state: "needs-password", failures: 0 });
      expect(await store.ledger.sealedPassword(mailbox)).toBeNull();
      // Changing how it is done changes nobody's state.
      await store.ledger.setTransfer(mailbox, { ...change, state: "settled" });
      await startMigration(store);
      expect(await transferOf(store, mailbox)).toMatchObject({ state: "settled" });
    });

    it("that were told apart stay so", async () => {
      const { mailbox } = await admit(store, listingOf(1));
      expect(await transferOf(store, mailbox)).toMatchObject({ isToldApart: false });
      await store.ledger.setTransfer(mailbox, { ...change, isToldApart: true });
      await store.ledger.setTransfer(mailbox, change);
      expect(await transferOf(store, mailbox)).toMatchObject({ isToldApart: true });
    });

    it("that failed are tried again at once, all rows or one", async () => {
      const { mailbox } = await admit(store, listingOf(3));
      for (const uidl of ["u1", "u2"]) {
        const { id } = await rowOf(store, mailbox, uidl);
        await store.ledger.fetchFailed(id, "-ERR no", start + minute);
      }
      const waiting = async () => (await store.ledger.remoteRows(mailbox)).map((row) => row.nextTry);
      expect(await store.ledger.retryRows(mailbox, "u1")).toBe(1);
      expect(await waiting()).toEqual([0, start + minute, 0]);
      expect(await store.ledger.retryRows(mailbox, "u9")).toBe(0);
      expect(await store.ledger.retryRows(mailbox, null)).toBe(3);
      expect(await waiting()).toEqual([0, 0, 0]);
    });

    it("remember which rows failed, and until when; newest are fetched first", async () => {
      const { mailbox } = await admit(store, listingOf(3));
      const { id } = await rowOf(store, mailbox, "u2");
      await store.ledger.fetchFailed(id, "-ERR no", start + minute);
      await store.ledger.fetchFailed(id, "-ERR still no", start + 2 * minute);
      const rows = await store.ledger.remoteRows(mailbox);
      expect(rows.map((row) => [row.uidl, row.failures, row.nextTry, row.reason])).toEqual([
        ["u3", 0, 0, null],
        ["u2", 2, start + 2 * minute, "-ERR still no"],
        ["u1", 0, 0, null],
      ]);
    });

    it("of long listings come whole and in order", async () => {
      const listing = listingOf(5001);
      const { mailbox } = await admit(store, listing);
      const rows = await store.ledger.rows(mailbox);
      expect(rows.map((row) => row.uidl)).toEqual(listing.map((one) => one.uidl));
      const remote = await store.ledger.remoteRows(mailbox);
      expect(remote.map((row) => row.id)).toEqual(rows.map((row) => row.id).toReversed());
    });
  });
}
