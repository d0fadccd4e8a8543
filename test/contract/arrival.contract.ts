/** Content that arrives from the old server, as `migration/ledger` promises it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Folder, MessageEntry } from "#mailbox/folder";
import type { MailboxId } from "#mailbox/ids";
import {
  entriesOf,
  type Harness,
  inboxOf,
  type OpenHarness,
  octetsOf,
  readAll,
  sha256,
  staged,
  value,
} from "./harness.ts";
import {
  admit,
  arrived,
  listingOf,
  minute,
  oldMessage,
  receivedDate,
  rowOf,
  start,
  startMigration,
  transferOf,
} from "./ledger-words.ts";

export function arrivalContract(open: OpenHarness): void {
  describe("arrival", () => {
    let store: Harness;
    let anna: MailboxId;
    let inbox: Folder;
    const now = start + minute;
    const entries = () => entriesOf(store, inbox);
    const entryAt = async (index: number): Promise<MessageEntry> => {
      const entry = (await entries())[index];
      if (!entry) throw new Error(`there is no entry ${index}`);
      return entry;
    };
    const bring = async (uidl: string, octets: Uint8Array) =>
      store.ledger.arrive(anna, [arrived(await rowOf(store, anna, uidl), octets)], now);

    beforeAll(async () => {
      store = await open();
      await startMigration(store);
    });
    afterAll(() => store[Symbol.asyncDispose]());
    beforeEach(async () => {
      anna = (await admit(store, listingOf(3))).mailbox;
      inbox = await inboxOf(store, anna);
    });

    it.each([
      ["inline", 300],
      ["in a file", 100_000],
    ])("fills an entry in and changes nothing that was told (%s)", async (_, size) => {
      const before = await entryAt(1);
      const octets = oldMessage(2, size);
      await bring("u2", octets);
      await store.reopen();
      expect(await entryAt(1)).toEqual({
        ...before,
        size: octets.length,
        internalDate: receivedDate,
        isHere: true,
      });
      expect((await inboxOf(store, anna)).highestModSeq).toBe(inbox.highestModSeq);
      expect(await readAll(await store.mail.read(before.content))).toEqual(octets);
      expect(await store.mail.facts(before.content)).toMatchObject({ sha256: sha256(octets) });
      expect(await rowOf(store, anna, "u2")).toMatchObject({
        state: "copied",
        sha256: sha256(octets),
        content: before.content,
      });
    });

    it.each([300, 100_000])("takes staged content as well (%i octets)", async (size) => {
      const octets = oldMessage(1, size);
      await using content = await staged(store.stage, octets);
      const row = await rowOf(store, anna, "u1");
      await store.ledger.arrive(anna, [{ row: row.id, content, marks: [] }], now);
      expect(await readAll(await store.mail.read((await entryAt(0)).content))).toEqual(octets);
    });

    it("leaves the octets to whoever brought them", async () => {
      const octets = new Uint8Array(oldMessage(1));
      await bring("u1", octets);
      expect(Buffer.from(octets)).toEqual(Buffer.from(oldMessage(1)));
    });

    it("dates a message by its newest Received, else by its Date, else by now", async () => {
      const dated = Buffer.concat([Buffer.from("Date: Sun, 3 Mar 2019 08:00:00 +0000\r\n"), octetsOf("d")]);
      await bring("u1", oldMessage(1));
      await bring("u2", dated);
      await bring("u3", octetsOf("undated"));
      const dates = (await entries()).map((entry) => entry.internalDate).slice(0, 3);
      expect(dates).toEqual([receivedDate, Date.UTC(2019, 2, 3, 8), now]);
    });

    it("brings many at once, each row to its own", async () => {
      const many = (await admit(store, listingOf(120))).mailbox;
      const rows = await store.ledger.rows(many);
      const octets = rows.map((_, index) => oldMessage(index, index % 30 === 0 ? 60_000 : 100));
      await store.ledger.arrive(
        many,
        rows.map((row, index) => arrived(row, octets[index] ?? Buffer.alloc(0))),
        now,
      );
      const filled = await entriesOf(store, await inboxOf(store, many));
      for (const [index, expected] of octets.entries()) {
        const content = filled[index]?.content;
        if (content) expect(await readAll(await store.mail.read(content))).toEqual(expected);
      }
      expect(await store.ledger.remoteRows(many)).toEqual([]);
    });

    it("is counted by messages and octets, whatever size was listed", async () => {
      const before = await transferOf(store, anna);
      const longer = oldMessage(1, 5000);
      await bring("u1", longer);
      expect(await transferOf(store, anna)).toMatchObject({
        messages: 3,
        messagesHere: 1,
        octets: before.octets - oldMessage(1).length + longer.length,
        octetsHere: longer.length,
      });
      await bring("u2", oldMessage(2));
      await bring("u3", oldMessage(3));
      const after = await transferOf(store, anna);
      expect(after.messagesHere).toBe(after.messages);
      expect(after.octetsHere).toBe(after.octets);
    });

    it("happens once", async () => {
      await bring("u1", oldMessage(1));
      const before = await transferOf(store, anna);
      await bring("u1", oldMessage(7, 70_000));
      expect(await transferOf(store, anna)).toEqual(before);
      expect(await readAll(await store.mail.read((await entryAt(0)).content))).toEqual(oldMessage(1));
    });

    it("keeps a message once that was piped to the old server twice, known by its mark", async () => {
      const [first, second] = [await rowOf(store, anna, "u1"), await rowOf(store, anna, "u2")];
      await store.ledger.arrive(anna, [arrived(first, oldMessage(1), ["m1"])], now);
      await store.ledger.arrive(anna, [arrived(second, oldMessage(1), ["m1"])], now);
      expect((await entries()).map((entry) => entry.uidl).slice(0, 2)).toEqual(["u1", "u3"]);
      const row = await rowOf(store, anna, "u2");
      expect(row).toMatchObject({ state: "skipped", content: null });
      expect(row.reason).toMatch(/twice/);
    });

    it("concerns the mailbox of the row alone", async () => {
      const bob = (await admit(store, listingOf(1))).mailbox;
      const row = await rowOf(store, anna, "u1");
      await store.ledger.arrive(bob, [arrived(row, oldMessage(1))], now);
      expect(await rowOf(store, anna, "u1")).toMatchObject({ state: "remote" });
    });

    it("brings nothing back that was deleted meanwhile", async () => {
      const { messages, octets } = await transferOf(store, anna);
      const gone = await entryAt(0);
      value(await store.mail.expunge(inbox.id, [gone.id]));
      const row = await rowOf(store, anna, "u1");
      expect(row).toMatchObject({ state: "remote", content: null, isWanted: false });
      expect((await store.ledger.remoteRows(anna)).map((one) => one.uidl)).toEqual(["u3", "u2"]);
      await bring("u1", oldMessage(1, 100_000));
      expect(await entries()).toHaveLength(3);
      expect(await store.mail.read(gone.content)).toBeNull();
      expect(await transferOf(store, anna)).toMatchObject({
        messages: messages - 1,
        messagesHere: 0,
        octets: octets - (gone.listedSize ?? 0),
      });
    });

    it("is owed to the content: a copy keeps it wanted when the original is gone", async () => {
      const archive = (await store.mail.folders(anna)).find((folder) => folder.name === "Archive");
      if (!archive) throw new Error("there is no Archive");
      const original = await entryAt(0);
      value(await store.mail.copy([original.id], archive.id));
      value(await store.mail.expunge(inbox.id, [original.id]));
      expect(await rowOf(store, anna, "u1")).toMatchObject({ isWanted: true, content: original.content });
      expect(await store.ledger.remoteRows(anna)).toHaveLength(3);
      expect((await transferOf(store, anna)).messages).toBe(3);
      await bring("u1", oldMessage(1));
      const [copy] = await entriesOf(store, archive);
      expect(copy).toMatchObject({ isHere: true, internalDate: receivedDate, size: oldMessage(1).length });
      if (copy) expect(await readAll(await store.mail.read(copy.content))).toEqual(oldMessage(1));
    });

    it("leaves a tombstone when what has arrived is deleted", async () => {
      await bring("u1", oldMessage(1));
      const before = await transferOf(store, anna);
      const entry = await entryAt(0);
      value(await store.mail.expunge(inbox.id, [entry.id]));
      expect(await rowOf(store, anna, "u1")).toMatchObject({
        state: "copied",
        isWanted: false,
        content: null,
        sha256: sha256(oldMessage(1)),
      });
      expect(await transferOf(store, anna)).toEqual(before);
      expect(await store.ledger.rowOfContent(entry.content)).toBeNull();
    });

    it("is found by its content, remote or here; mail of our own has no row", async () => {
      const [first, , , welcome] = await entries();
      if (!first || !welcome) throw new Error("there are four entries");
      expect(await store.ledger.rowOfContent(first.content)).toEqual(await rowOf(store, anna, "u1"));
      expect(await store.ledger.rowOfContent(welcome.content)).toBeNull();
    });
  });
}
