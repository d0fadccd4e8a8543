/** Copying and moving, as `mailbox/mail-store` promises them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Folder, MessageEntry } from "#mailbox/folder";
import type { FolderId, MailboxId, MessageId } from "#mailbox/ids";
import {
  append,
  entriesOf,
  expectProblem,
  type Harness,
  inboxOf,
  newMailbox,
  type OpenHarness,
  octetsOf,
  readAll,
  value,
} from "./harness.ts";

export function copyingContract(open: OpenHarness): void {
  describe("copies", () => {
    let store: Harness;
    let anna: MailboxId;
    let inbox: Folder;
    let bills: Folder;
    let entries: MessageEntry[];
    const octets = octetsOf("copied");

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store[Symbol.asyncDispose]());
    beforeEach(async () => {
      anna = await newMailbox(store);
      inbox = await inboxOf(store, anna);
      bills = value(await store.mail.createFolder(anna, "Bills", null));
      entries = [];
      const filing = { flags: ["\\Seen", "$Label1"], internalDate: 12345000 };
      for (let index = 0; index < 3; index++) entries.push(await append(store, inbox, octets, filing));
    });

    const ids = () => entries.map((entry) => entry.id);
    const withoutNumbers = ({ id, folder, uid, uidl, modSeq, ...rest }: MessageEntry) => rest;

    it("share the content and keep flags and date, in the order of the originals", async () => {
      const before = await store.mail.usage(anna);
      const copied = value(await store.mail.copy(ids().reverse(), bills.id));
      expect(copied).toEqual([1, 2, 3].map((uid) => ({ from: uid, to: uid })));
      const copies = await entriesOf(store, bills);
      expect(copies.map(withoutNumbers)).toEqual(entries.map(withoutNumbers));
      expect(await entriesOf(store, inbox)).toEqual(entries);
      expect(await store.mail.usage(anna)).toEqual({ ...before, messages: 6 });
      const uidls = [...entries, ...copies].map((entry) => entry.uidl);
      expect(new Set(uidls).size).toBe(6);
    });

    it("keep the content when the original goes, and let it go with the last", async () => {
      const [first] = entries;
      if (!first) throw new Error("too few");
      value(await store.mail.copy([first.id], bills.id));
      value(await store.mail.expunge(inbox.id, [first.id]));
      expect(await readAll(await store.mail.read(first.content))).toEqual(octets);
      expect(await store.mail.usage(anna)).toMatchObject({ octets: 3 * octets.length, messages: 3 });
      const [copy] = await entriesOf(store, bills);
      if (!copy) throw new Error("no copy");
      value(await store.mail.expunge(bills.id, [copy.id]));
      expect(await store.mail.read(first.content)).toBeNull();
      expect(await store.mail.facts(first.content)).toBeNull();
      expect(await store.mail.usage(anna)).toMatchObject({ octets: 2 * octets.length, messages: 2 });
    });

    it("may go to the folder of the originals", async () => {
      expect(value(await store.mail.copy(ids(), inbox.id)).map((uid) => uid.to)).toEqual([4, 5, 6]);
      expect(await entriesOf(store, inbox)).toHaveLength(6);
    });

    it("are all made or none", async () => {
      const [first] = entries;
      if (!first) throw new Error("too few");
      const before = await store.mail.folders(anna);
      const bob = await newMailbox(store);
      expectProblem(await store.mail.copy([...ids(), 4711 as MessageId], bills.id), "expunged");
      expectProblem(await store.mail.move([...ids(), 4711 as MessageId], bills.id), "expunged");
      expectProblem(await store.mail.copy(ids(), 4711 as FolderId), "not-found");
      const foreign = (await inboxOf(store, bob)).id;
      expectProblem(await store.mail.copy(ids(), foreign), "not-permitted");
      expectProblem(await store.mail.move(ids(), foreign), "not-permitted");
      expect(await store.mail.folders(anna)).toEqual(before);
      expect(await entriesOf(store, inbox)).toEqual(entries);
    });

    it("of nothing are nothing", async () => {
      expect(value(await store.mail.copy([], bills.id))).toEqual([]);
      expect(value(await store.mail.move([], bills.id))).toEqual([]);
    });

    it("that move take the originals away", async () => {
      const [first, second, third] = entries;
      if (!first || !second || !third) throw new Error("too few");
      const before = await inboxOf(store, anna);
      const usage = await store.mail.usage(anna);
      expect(value(await store.mail.move([third.id, first.id], bills.id))).toEqual([
        { from: first.uid, to: 1 },
        { from: third.uid, to: 2 },
      ]);
      expect(await entriesOf(store, inbox)).toEqual([second]);
      expect((await entriesOf(store, bills)).map(withoutNumbers)).toEqual([first, third].map(withoutNumbers));
      const { expunged, changed } = await store.mail.newsSince(inbox.id, before.highestModSeq);
      expect({ expunged, changed }).toEqual({ expunged: [first.uid, third.uid], changed: [] });
      expect(await store.mail.usage(anna)).toEqual(usage);
      expect(await readAll(await store.mail.read(first.content))).toEqual(octets);
    });

    it("that move within a folder get new UIDs", async () => {
      expect(value(await store.mail.move(ids(), inbox.id)).map((uid) => uid.to)).toEqual([4, 5, 6]);
      expect((await entriesOf(store, inbox)).map((entry) => entry.uid)).toEqual([4, 5, 6]);
      expect(await inboxOf(store, anna)).toMatchObject({ messages: 3 });
    });

    it("are announced where they come and where they go", async () => {
      const heard: FolderId[] = [];
      using _inbox = store.changes.listen(inbox.id, (folder) => heard.push(folder));
      using _bills = store.changes.listen(bills.id, (folder) => heard.push(folder));
      value(await store.mail.copy(ids(), bills.id));
      expect(heard).toEqual([bills.id]);
      value(await store.mail.move(ids(), bills.id));
      expect(heard.slice(1).sort()).toEqual([inbox.id, bills.id].sort());
    });
  });
}
