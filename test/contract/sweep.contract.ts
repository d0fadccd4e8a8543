/** Sweeps and what they note, as `migration/ledger` promises it: they add, once, and restore nothing. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Folder } from "#mailbox/folder";
import type { MailboxId } from "#mailbox/ids";
import { entriesOf, type Harness, inboxOf, type OpenHarness, readAll, sha256, value } from "./harness.ts";
import {
  admit,
  arrived,
  listed,
  listingOf,
  minute,
  oldMessage,
  receivedDate,
  rowOf,
  start,
  startMigration,
  swept,
  transferOf,
} from "./ledger-words.ts";
import { inboxTexts, queueOne } from "./queue-words.ts";

export function sweepContract(open: OpenHarness): void {
  describe("sweeps", () => {
    let store: Harness;
    let anna: MailboxId;
    let inbox: Folder;
    const now = start + minute;
    const uidls = async () => (await entriesOf(store, inbox)).map((entry) => entry.uidl);

    beforeAll(async () => {
      store = await open();
      await startMigration(store);
    });
    afterAll(() => store[Symbol.asyncDispose]());
    beforeEach(async () => {
      anna = (await admit(store, listingOf(2))).mailbox;
      inbox = await inboxOf(store, anna);
    });

    it("leave out a message for a reason: it has a row, once, and no entry", async () => {
      const before = await transferOf(store, anna);
      for (let times = 0; times < 2; times++) {
        await store.ledger.leaveOut(anna, listed("internal", 500), "internal data");
      }
      const rows = await store.ledger.rows(anna);
      expect(rows.filter(({ uidl }) => uidl === "internal")).toMatchObject([
        { state: "skipped", reason: "internal data", size: 500, sha256: null, isWanted: false },
      ]);
      expect(await uidls()).not.toContain("internal");
      expect(await transferOf(store, anna)).toEqual(before);
      await store.ledger.leaveOut(99_999 as MailboxId, listed("internal", 500), "no mailbox");
    });

    it("bring a new message with its content, its row and its count at once", async () => {
      const before = await transferOf(store, anna);
      const octets = oldMessage(3, 100_000);
      expect(await store.ledger.adopt(anna, [swept("u3", octets)], now)).toEqual({
        stored: 1,
        alreadyHere: 0,
      });
      await store.reopen();
      const entry = (await entriesOf(store, inbox)).at(-1);
      expect(entry).toMatchObject({
        uid: 4,
        uidl: "u3",
        internalDate: receivedDate,
        flags: [],
        size: octets.length,
      });
      if (entry) expect(await readAll(await store.mail.read(entry.content))).toEqual(octets);
      expect(await rowOf(store, anna, "u3")).toMatchObject({ state: "copied", sha256: sha256(octets) });
      expect(await transferOf(store, anna)).toMatchObject({
        messages: before.messages + 1,
        messagesHere: before.messagesHere + 1,
        octets: before.octets + octets.length,
        octetsHere: before.octetsHere + octets.length,
      });
      const newer = (await inboxOf(store, anna)).highestModSeq;
      expect(newer).toBeGreaterThan(inbox.highestModSeq);
    });

    it.each([
      ["inline", 300],
      ["in a file", 100_000],
    ])("remember what it is without what a mail store wrote into it (%s)", async (_, size) => {
      const plain = oldMessage(3, size);
      const written = Buffer.concat([Buffer.from("X-UIDL: 17\r\nStatus: RO\r\n"), plain]);
      const first = await rowOf(store, anna, "u1");
      await store.ledger.arrive(anna, [{ row: first.id, content: written, marks: [] }], now);
      await store.ledger.adopt(anna, [swept("u3", written), swept("u4", plain)], now);
      for (const uidl of ["u1", "u3"]) {
        expect(await rowOf(store, anna, uidl)).toMatchObject({
          sha256: sha256(written),
          settledSha256: sha256(plain),
        });
      }
      expect(await rowOf(store, anna, "u4")).toMatchObject({ sha256: sha256(plain), settledSha256: null });
    });

    it("bring it once, also when it was deleted in between", async () => {
      const both = [swept("u3", oldMessage(3)), swept("u4", oldMessage(4))];
      expect((await store.ledger.adopt(anna, both, now)).stored).toBe(2);
      const entry = (await entriesOf(store, inbox)).at(-1);
      if (entry) value(await store.mail.expunge(inbox.id, [entry.id]));
      const before = await transferOf(store, anna);
      expect(await store.ledger.adopt(anna, both, now)).toEqual({ stored: 0, alreadyHere: 0 });
      expect((await uidls()).slice(3)).toEqual(["u3"]);
      expect(await transferOf(store, anna)).toEqual(before);
    });

    it("show the unique-id that they are told to, also one that identical messages share", async () => {
      const twin = { ...swept("u2", oldMessage(2)), occurrence: 1 };
      const reused = { ...swept("u2", oldMessage(9, 900)), occurrence: 2, entryUidl: "mf9" };
      expect((await store.ledger.adopt(anna, [twin, reused], now)).stored).toBe(2);
      expect(await uidls()).toEqual(["u1", "u2", expect.stringMatching(/^mf/), "u2", "mf9"]);
    });

    it("store nothing that the queue delivered here, whatever follows the id in the mark", async () => {
      const recipient = await queueOne(store);
      value(await store.queue.deliverHere(recipient.id, anna, now));
      const before = await entriesOf(store, inbox);
      const again = [
        swept("u3", oldMessage(3, 100_000), ["unknown", recipient.id]),
        swept("u4", oldMessage(4), [`${recipient.id}-0123abcd`]),
      ];
      expect(await store.ledger.adopt(anna, again, now)).toEqual({ stored: 0, alreadyHere: 2 });
      expect(await entriesOf(store, inbox)).toEqual(before);
      const row = await rowOf(store, anna, "u3");
      expect(row).toMatchObject({ state: "skipped", content: null, sha256: sha256(oldMessage(3, 100_000)) });
      expect(row.reason).toMatch(/mark/);
      expect((await transferOf(store, anna)).messages).toBe(2);
    });

    it("and the queue never bring one message twice, whoever comes first", async () => {
      const [first, second] = [await queueOne(store), await queueOne(store)];
      await store.ledger.adopt(anna, [swept("u3", oldMessage(3), [first.id])], now);
      await store.ledger.arrive(
        anna,
        [arrived(await rowOf(store, anna, "u1"), oldMessage(1), [second.id])],
        now,
      );
      for (const { id } of [first, second]) {
        expect(value(await store.queue.deliverHere(id, anna, now))).toBe("already-here");
        expect(await store.queue.recipient(id)).toBeNull();
      }
      expect(await entriesOf(store, inbox)).toHaveLength(4);
    });

    it("and other people's queued mail have nothing to do with each other", async () => {
      const recipient = await queueOne(store);
      const bob = (await admit(store, [])).mailbox;
      value(await store.queue.deliverHere(recipient.id, bob, now));
      const found = [swept("u3", oldMessage(3), [recipient.id])];
      expect((await store.ledger.adopt(anna, found, now)).stored).toBe(1);
    });

    it("expunge what was listed and remote when the queue delivered it here", async () => {
      const recipient = await queueOne(store);
      value(await store.queue.deliverHere(recipient.id, anna, now));
      const row = await rowOf(store, anna, "u2");
      await store.ledger.arrive(anna, [arrived(row, oldMessage(2, 100_000), [recipient.id])], now);
      expect(await uidls()).toEqual(["u1", expect.any(String), expect.any(String)]);
      expect(await rowOf(store, anna, "u2")).toMatchObject({ state: "skipped", content: null });
      expect((await transferOf(store, anna)).messages).toBe(1);
      expect((await inboxTexts(store, anna)).filter((text) => text.includes("queued"))).toHaveLength(1);
    });

    it("note what is missing, from its first time on, until it is seen again", async () => {
      const rows = (await store.ledger.rows(anna)).map((row) => row.id);
      const since = async () => (await store.ledger.rows(anna)).map((row) => row.missingSince);
      await store.ledger.missing(rows.slice(1), start);
      await store.ledger.missing(rows, start + minute);
      expect(await since()).toEqual([start + minute, start]);
      await store.ledger.missing(rows.slice(0, 1), null);
      expect(await since()).toEqual([null, start]);
    });

    it("give up what is gone: its entries go, and the row says why", async () => {
      const row = await rowOf(store, anna, "u1");
      const [entry] = await entriesOf(store, inbox);
      const trash = (await store.mail.folders(anna)).find((folder) => folder.name === "Trash");
      if (!entry || !trash) throw new Error("an entry and a Trash are there");
      value(await store.mail.copy([entry.id], trash.id));
      const heard: number[] = [];
      using _ = store.changes.listen(inbox.id, (folder) => heard.push(folder));
      await store.ledger.giveUp(row.id, "It is gone from the old server.");
      expect(await entriesOf(store, trash)).toEqual([]);
      expect((await uidls())[0]).toBe("u2");
      expect(heard).toEqual([inbox.id]);
      const news = await store.mail.newsSince(inbox.id, inbox.highestModSeq);
      expect(news.expunged).toEqual([entry.uid]);
      expect(await rowOf(store, anna, "u1")).toMatchObject({
        state: "skipped",
        reason: "It is gone from the old server.",
        isWanted: false,
      });
      expect(await transferOf(store, anna)).toMatchObject({ messages: 1, messagesHere: 0 });
      await store.ledger.arrive(anna, [arrived(row, oldMessage(1))], now);
      expect(await rowOf(store, anna, "u1")).toMatchObject({ state: "skipped" });
    });

    it("do not give up what has arrived", async () => {
      const row = await rowOf(store, anna, "u1");
      await store.ledger.arrive(anna, [arrived(row, oldMessage(1))], now);
      await store.ledger.giveUp(row.id, "It is gone from the old server.");
      expect(await rowOf(store, anna, "u1")).toMatchObject({ state: "copied", isWanted: true });
    });

    it("learn new identities, also when they change places", async () => {
      const [one, two] = await store.ledger.rows(anna);
      if (!one || !two) throw new Error("two rows are there");
      const [a, b] = [listed(two.uidl, two.size), listed(one.uidl, one.size)];
      await store.ledger.reidentify(anna, [
        { row: one.id, uidl: a.uidl, size: a.size, occurrence: 0 },
        { row: two.id, uidl: b.uidl, size: b.size, occurrence: 0 },
      ]);
      const rows = await store.ledger.rows(anna);
      expect(rows.map(({ id, uidl, occurrence }) => [id, uidl, occurrence])).toEqual([
        [one.id, "u2", 0],
        [two.id, "u1", 0],
      ]);
      // Whoever loses an identity to another and gets none is not found under it any more.
      await store.ledger.reidentify(anna, [{ row: one.id, uidl: "u1", size: one.size, occurrence: 0 }]);
      const found = (await store.ledger.rows(anna)).filter((row) => row.uidl === "u1" && row.occurrence >= 0);
      expect(found.map((row) => row.id)).toEqual([one.id]);
      expect(await uidls()).toEqual(["u1", "u2", expect.any(String)]);
    });
  });
}
