/** Message entries, flags and news of folders, as `mailbox/mail-store` promises them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Folder } from "#mailbox/folder";
import type { FolderId, MailboxId, MessageId, ModSeq, Uid } from "#mailbox/ids";
import {
  append,
  entriesOf,
  expectProblem,
  type Harness,
  inboxOf,
  newMailbox,
  type OpenHarness,
  octetsOf,
  plainFiling,
  staged,
  value,
} from "./harness.ts";

export function messagesContract(open: OpenHarness): void {
  describe("messages", () => {
    let store: Harness;
    let anna: MailboxId;
    let inbox: Folder;
    const noFolder = 4711 as FolderId;
    const appendMany = async (count: number, folder = inbox) => {
      const entries = [];
      for (let index = 0; index < count; index++)
        entries.push(await append(store, folder, octetsOf(`m${index}`)));
      return entries;
    };
    const newsOf = async (folder: Folder) => store.mail.newsSince(folder.id, folder.highestModSeq);

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store[Symbol.asyncDispose]());
    beforeEach(async () => {
      anna = await newMailbox(store);
      inbox = await inboxOf(store, anna);
    });

    it("get ascending UIDs and MODSEQs, and unique-ids that a POP3 client can take", async () => {
      const entries = await appendMany(5);
      expect(entries.map((entry) => entry.uid)).toEqual([1, 2, 3, 4, 5]);
      const modSeqs = entries.map((entry) => entry.modSeq);
      expect(modSeqs).toEqual(modSeqs.toSorted((a, b) => a - b));
      expect(new Set(modSeqs).size).toBe(5);
      expect(new Set(entries.map((entry) => entry.uidl)).size).toBe(5);
      // RFC 1939 §7
      for (const entry of entries) expect(entry.uidl).toMatch(/^[\x21-\x7e]{1,70}$/);
      expect(await entriesOf(store, inbox)).toEqual(entries);
      expect(await inboxOf(store, anna)).toMatchObject({
        uidNext: 6,
        messages: 5,
        highestModSeq: modSeqs[4],
      });
    });

    it("keep what they were filed with", async () => {
      const octets = octetsOf("filed");
      const filing = { flags: ["\\SEEN", "$Label1", "$label1"], internalDate: -1000 };
      const entry = await append(store, inbox, octets, filing);
      expect(entry).toMatchObject({
        folder: inbox.id,
        flags: ["\\Seen", "$Label1"],
        internalDate: -1000,
        size: octets.length,
        listedSize: null,
        isHere: true,
      });
      await store.reopen();
      expect(await store.mail.entry(entry.id)).toEqual(entry);
    });

    it("are listed in slices", async () => {
      const entries = await appendMany(7);
      const slices = [];
      for (let after: Uid | 0 = 0; ; ) {
        const slice = await store.mail.entries(inbox.id, after, 3);
        slices.push(slice);
        const last = slice.at(-1);
        if (!last) break;
        after = last.uid;
      }
      expect(slices.map((slice) => slice.length)).toEqual([3, 3, 1, 0]);
      expect(slices.flat()).toEqual(entries);
    });

    it("are refused by what is not there, and with flags that are none", async () => {
      await using content = await staged(store.stage, octetsOf("refused"));
      expectProblem(await store.mail.append(noFolder, content, plainFiling), "not-found");
      expectProblem(
        await store.mail.append(inbox.id, content, { ...plainFiling, flags: ["a b"] }),
        "invalid",
      );
      expect(await store.mail.usage(anna)).toEqual({ octets: 0, messages: 0, limit: null });
      expect(await inboxOf(store, anna)).toEqual(inbox);
    });

    it("are found gone, each UID once and never again, when they were expunged", async () => {
      const [first, second, third] = await appendMany(3);
      const before = await inboxOf(store, anna);
      if (!first || !second || !third) throw new Error("too few");
      value(await store.mail.expunge(inbox.id, [first.id, third.id, third.id]));
      expect(await newsOf(before)).toEqual({
        changed: [],
        expunged: [first.uid, third.uid],
        highestModSeq: before.highestModSeq + 1,
      });
      expect(await entriesOf(store, inbox)).toEqual([second]);
      expect(await store.mail.entry(first.id)).toBeNull();
      value(await store.mail.expunge(inbox.id, [first.id, 4711 as MessageId]));
      expect(await newsOf(await inboxOf(store, anna))).toMatchObject({ changed: [], expunged: [] });
      await store.reopen();
      const next = await append(store, inbox, octetsOf("next"));
      expect(next.uid).toBe(4);
      expect([first.id, second.id, third.id]).not.toContain(next.id);
      expectProblem(await store.mail.expunge(noFolder, [first.id]), "not-found");
    });

    it("are expunged only from the folder that is named", async () => {
      const [entry] = await appendMany(1);
      const bills = value(await store.mail.createFolder(anna, "Bills", null));
      if (!entry) throw new Error("too few");
      value(await store.mail.expunge(bills.id, [entry.id]));
      expect(await entriesOf(store, inbox)).toEqual([entry]);
    });

    it("tell what is new since any moment", async () => {
      const [first] = await appendMany(2);
      if (!first) throw new Error("too few");
      const before = await inboxOf(store, anna);
      expect(await newsOf(before)).toEqual({
        changed: [],
        expunged: [],
        highestModSeq: before.highestModSeq,
      });
      const added = await append(store, inbox, octetsOf("new"));
      value(await store.mail.changeFlags(inbox.id, [first.id], { how: "add", flags: ["\\Flagged"] }));
      const news = await newsOf(before);
      expect(news.changed.map(({ uid, flags }) => ({ uid, flags }))).toEqual([
        { uid: first.uid, flags: ["\\Flagged"] },
        { uid: added.uid, flags: [] },
      ]);
      expect(news.highestModSeq).toBe((await inboxOf(store, anna)).highestModSeq);
      expect((await store.mail.newsSince(inbox.id, 0 as ModSeq)).changed).toHaveLength(3);
    });

    it("change flags by adding, removing and replacing", async () => {
      const [entry] = await appendMany(1);
      if (!entry) throw new Error("too few");
      const flagsAfter = async (how: "add" | "remove" | "replace", ...flags: string[]) => {
        value(await store.mail.changeFlags(inbox.id, [entry.id], { how, flags }));
        return (await store.mail.entry(entry.id))?.flags;
      };
      expect(await flagsAfter("add", "\\Seen", "$Junk")).toEqual(["\\Seen", "$Junk"]);
      expect(await flagsAfter("add", "\\SEEN", "\\Draft")).toEqual(["\\Seen", "$Junk", "\\Draft"]);
      expect(await flagsAfter("remove", "$JUNK", "$Other")).toEqual(["\\Seen", "\\Draft"]);
      expect(await flagsAfter("replace", "\\Deleted")).toEqual(["\\Deleted"]);
      expect(await flagsAfter("replace")).toEqual([]);
    });

    it("get a new MODSEQ by a change of flags only if something changed", async () => {
      const [first, second] = await appendMany(2);
      if (!first || !second) throw new Error("too few");
      const both = [first.id, second.id];
      value(await store.mail.changeFlags(inbox.id, [first.id], { how: "add", flags: ["\\Seen"] }));
      const before = await inboxOf(store, anna);
      value(await store.mail.changeFlags(inbox.id, both, { how: "add", flags: ["\\seen"] }));
      expect((await newsOf(before)).changed.map((entry) => entry.id)).toEqual([second.id]);
      const after = await inboxOf(store, anna);
      value(await store.mail.changeFlags(inbox.id, both, { how: "add", flags: ["\\seen"] }));
      expect(await inboxOf(store, anna)).toEqual(after);
    });

    it("are left alone when they changed since", async () => {
      const [first, second, third] = await appendMany(3);
      if (!first || !second || !third) throw new Error("too few");
      const { highestModSeq } = await inboxOf(store, anna);
      value(await store.mail.changeFlags(inbox.id, [second.id], { how: "add", flags: ["\\Seen"] }));
      value(await store.mail.expunge(inbox.id, [third.id]));
      const change = { how: "add", flags: ["\\Deleted"] } as const;
      const ids = [first.id, second.id, third.id, first.id];
      const { leftAlone } = value(await store.mail.changeFlags(inbox.id, ids, change, highestModSeq));
      expect(leftAlone).toEqual([second.id]);
      const entries = await entriesOf(store, inbox);
      expect(entries.map((entry) => entry.flags)).toEqual([["\\Deleted"], ["\\Seen"]]);
    });

    it("tell what flags they had and have when they are changed by UIDs", async () => {
      const [first, second, third] = await appendMany(3);
      if (!first || !second || !third) throw new Error("too few");
      value(await store.mail.changeFlags(inbox.id, [second.id], { how: "add", flags: ["\\Seen"] }));
      value(await store.mail.expunge(inbox.id, [third.id]));
      const before = await inboxOf(store, anna);
      const uids = [third.uid, second.uid, first.uid];
      const change = { how: "add", flags: ["\\Seen"] } as const;
      const stored = value(await store.mail.storeFlags(inbox.id, uids, change));
      expect(stored).toEqual({
        modSeq: before.highestModSeq + 1,
        alike: expect.arrayContaining([
          { flags: ["\\Seen"], isChanged: true, messages: [[first.uid, first.modSeq]] },
          { flags: ["\\Seen"], isChanged: false, messages: [[second.uid, before.highestModSeq - 1]] },
        ]),
        leftAlone: [],
      });
      const again = value(await store.mail.storeFlags(inbox.id, uids, change, before.highestModSeq));
      expect(again).toMatchObject({ modSeq: null, leftAlone: [first.uid] });
      expectProblem(await store.mail.storeFlags(noFolder, uids, change), "not-found");
    });

    it("take no flags that are none, and none of them changes then", async () => {
      const [entry] = await appendMany(1);
      if (!entry) throw new Error("too few");
      const change = { how: "add", flags: ["\\Seen", "no flag"] } as const;
      expectProblem(await store.mail.changeFlags(inbox.id, [entry.id], change), "invalid");
      const tooMany = Array.from({ length: 60 }, (_, index) => `a${index}`);
      value(await store.mail.changeFlags(inbox.id, [entry.id], { how: "add", flags: tooMany }));
      const more = tooMany.map((flag) => `b${flag}`);
      expectProblem(
        await store.mail.changeFlags(inbox.id, [entry.id], { how: "add", flags: more }),
        "invalid",
      );
      expect((await store.mail.entry(entry.id))?.flags).toEqual(tooMany);
      expectProblem(await store.mail.changeFlags(noFolder, [], { how: "add", flags: [] }), "not-found");
    });

    it("are announced when they come, change and go, with the MODSEQ that is reached", async () => {
      const heard: number[] = [];
      using _ = store.changes.listen(inbox.id, (_folder, modSeq) => heard.push(modSeq));
      const reached: number[] = [];
      const note = async () => reached.push((await inboxOf(store, anna)).highestModSeq);
      const entry = await append(store, inbox, octetsOf("heard"));
      await note();
      value(await store.mail.changeFlags(inbox.id, [entry.id], { how: "add", flags: ["\\Seen"] }));
      await note();
      value(await store.mail.expunge(inbox.id, [entry.id]));
      await note();
      expectProblem(await store.mail.copy([entry.id], inbox.id), "expunged");
      expect(heard).toEqual(reached);
    });

    it("of fifty writers at once are all there, numbered without a gap", async () => {
      const perWriter = 10;
      const writers = Array.from({ length: 50 }, async (_, writer) => {
        const uids: number[] = [];
        for (let index = 0; index < perWriter; index++) {
          uids.push((await append(store, inbox, octetsOf(`w${writer}-${index}`))).uid);
        }
        return uids;
      });
      const uids = await Promise.all(writers);
      for (const own of uids) expect(own).toEqual(own.toSorted((a, b) => a - b));
      const all = Array.from({ length: 50 * perWriter }, (_, index) => index + 1);
      expect(uids.flat().sort((a, b) => a - b)).toEqual(all);
      expect((await entriesOf(store, inbox)).map((entry) => entry.uid)).toEqual(all);
      expect(await inboxOf(store, anna)).toMatchObject({ messages: 500, uidNext: 501 });
    });
  });
}
