/** Everything that the port `migration/roster` promises, for any engine. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TransferState } from "#migration/migration";
import type { Movement, RosterQuery } from "#migration/roster";
import { type Harness, newMailbox, type OpenHarness, value } from "./harness.ts";
import { domain, listingOf, minute, rowOf, start, startMigration, tryToAdmit } from "./ledger-words.ts";

export function rosterContract(open: OpenHarness): void {
  describe("a roster", () => {
    let store: Harness;
    const at = (name: string) => `${name}@${domain}`;
    const nobodyStalled: Movement = { stalledBefore: 0, moving: [] };
    const all: RosterQuery = { search: "", stage: null, after: "", limit: 100 };
    const names = async (query: Partial<RosterQuery>, movement = nobodyStalled): Promise<string[]> =>
      (await store.roster.page(domain, movement, { ...all, ...query })).map(({ address }) => address);
    const come = async (name: string, state: TransferState, messages = 3) => {
      const { mailbox } = value(await tryToAdmit(store, listingOf(messages), at(name)));
      await store.ledger.setTransfer(mailbox, {
        state,
        reason: null,
        nextTry: start + minute,
        failures: 0,
        ...(state === "following" ? { lastSweep: start + 5 } : {}),
      });
      return mailbox;
    };

    beforeAll(async () => {
      store = await open();
      await startMigration(store);
      await come("anna", "following", 0);
      await come("bob", "copying");
      await come("bobby", "paused");
      await come("carol", "needs-password");
      await come("dave", "settled");
      await newMailbox(store, "eve");
      value(
        await store.directory.addMailbox({
          address: at("frank"),
          domain,
          admitted: false,
          passwordHash: null,
          quota: 5000,
        }),
      );
    });
    afterAll(() => store[Symbol.asyncDispose]());

    it("shows each mailbox once, in address order, with where its owner is", async () => {
      const rows = await store.roster.page(domain, nobodyStalled, all);
      expect(rows.map(({ address, stage }) => [address.split("@")[0], stage])).toEqual([
        ["anna", "over"],
        ["bob", "on-the-way"],
        ["bobby", "waiting"],
        ["carol", "waiting"],
        ["dave", "over"],
        ["eve", "local"],
        ["frank", "prepared"],
      ]);
      expect(rows[1]?.transfer).toEqual(await store.ledger.transfer(rows[1]?.mailbox as never));
      expect(rows[1]).toMatchObject({ isAdmitted: true, hasPassword: true, messages: 4, skipped: 0 });
      expect(rows[6]).toMatchObject({ isAdmitted: false, quota: 5000, transfer: null, messages: 0 });
    });

    it("is looked through by pieces of addresses, by stage, and a page at a time", async () => {
      expect(await names({ search: "bob" })).toEqual([at("bob"), at("bobby")]);
      expect(await names({ search: "%" })).toEqual([]);
      expect(await names({ stage: "waiting" })).toEqual([at("bobby"), at("carol")]);
      expect(await names({ stage: "waiting", search: "bob" })).toEqual([at("bobby")]);
      const first = await names({ limit: 3 });
      expect(first).toEqual([at("anna"), at("bob"), at("bobby")]);
      expect(await names({ limit: 3, after: at("bobby") })).toEqual([at("carol"), at("dave"), at("eve")]);
      expect(await store.roster.count(domain, nobodyStalled, { search: "", stage: null })).toBe(7);
      expect(await store.roster.count(domain, nobodyStalled, { search: "bob", stage: "waiting" })).toBe(1);
      expect(await store.roster.page("example.org", nobodyStalled, all)).toEqual([]);
    });

    it("knows who is stalled: incomplete, begun long ago, and not among those that move", async () => {
      const later: Movement = { stalledBefore: start + minute, moving: [] };
      const [bob] = await store.roster.page(domain, nobodyStalled, { ...all, search: "bob" });
      expect(await names({ stage: "waiting" }, later)).toEqual([at("bob"), at("bobby"), at("carol")]);
      const moving = { ...later, moving: [bob?.mailbox as never] };
      expect(await names({ stage: "on-the-way" }, moving)).toEqual([at("bob")]);
    });

    it("counts what each stage has", async () => {
      const figures = await store.roster.figures(domain, nobodyStalled);
      const octets = listingOf(3).reduce((sum, { size }) => sum + size, 0);
      expect(figures).toEqual([
        {
          stage: "local",
          mailboxes: 1,
          messages: 0,
          messagesHere: 0,
          octets: 0,
          octetsHere: 0,
          lastSweep: null,
        },
        {
          stage: "on-the-way",
          mailboxes: 1,
          messages: 3,
          messagesHere: 0,
          octets,
          octetsHere: 0,
          lastSweep: null,
        },
        {
          stage: "over",
          mailboxes: 2,
          messages: 3,
          messagesHere: 0,
          octets,
          octetsHere: 0,
          lastSweep: start + 5,
        },
        {
          stage: "prepared",
          mailboxes: 1,
          messages: 0,
          messagesHere: 0,
          octets: 0,
          octetsHere: 0,
          lastSweep: null,
        },
        {
          stage: "waiting",
          mailboxes: 2,
          messages: 6,
          messagesHere: 0,
          octets: 2 * octets,
          octetsHere: 0,
          lastSweep: null,
        },
      ]);
    });

    it("counts messages that were not taken", async () => {
      const mailbox = await come("gina", "following");
      const row = await rowOf(store, mailbox, "u2");
      await store.ledger.fetchFailed(row.id, "the old server says no", start + minute);
      const [gina] = await store.roster.page(domain, nobodyStalled, { ...all, search: "gina" });
      expect(gina?.skipped).toBe(
        (await store.ledger.rows(mailbox)).filter(({ state }) => state === "skipped").length,
      );
      expect(gina?.messages).toBe(4);
    });
  });
}
