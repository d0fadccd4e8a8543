/** What a session asks of a whole folder, as `mailbox/mail-store` promises it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Folder, MessageEntry } from "#mailbox/folder";
import type { FolderId, MailboxId, Uid } from "#mailbox/ids";
import type { FlagChange } from "#mailbox/mail-store";
import {
  append,
  expectProblem,
  type Harness,
  inboxOf,
  newMailbox,
  type OpenHarness,
  octetsOf,
  value,
} from "./harness.ts";
import { admit, listingOf, startMigration } from "./ledger-words.ts";

export function viewsContract(open: OpenHarness): void {
  describe("views of a folder", () => {
    let store: Harness;
    let anna: MailboxId;
    let inbox: Folder;
    let entries: MessageEntry[];
    const noFolder = 4711 as FolderId;
    const uids = (...numbers: number[]) => numbers as Uid[];
    const at = (index: number): MessageEntry => entries[index] ?? expect.fail("too few");
    const flag = async (how: FlagChange["how"], name: string, ...indexes: number[]) =>
      value(
        await store.mail.changeFlags(
          inbox.id,
          indexes.map((index) => at(index).id),
          { how, flags: [name] },
        ),
      );

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store[Symbol.asyncDispose]());
    beforeEach(async () => {
      anna = await newMailbox(store);
      inbox = await inboxOf(store, anna);
      entries = [];
      for (let index = 0; index < 5; index++) entries.push(await append(store, inbox, octetsOf(`v${index}`)));
    });

    it("begin with all UIDs and the first unseen message", async () => {
      await flag("add", "\\Seen", 0, 1);
      value(await store.mail.expunge(inbox.id, [at(3).id]));
      const snapshot = await store.mail.snapshot(inbox.id);
      expect(snapshot?.folder).toEqual(await inboxOf(store, anna));
      expect([...(snapshot?.uids ?? [])]).toEqual([1, 2, 3, 5]);
      expect(snapshot?.firstUnseen).toBe(3);
      await flag("add", "\\Seen", 2, 4);
      expect((await store.mail.snapshot(inbox.id))?.firstUnseen).toBeNull();
      expect(await store.mail.snapshot(noFolder)).toBeNull();
    });

    it("of an empty folder are empty", async () => {
      const bills = value(await store.mail.createFolder(anna, "Bills", null));
      expect(await store.mail.snapshot(bills.id)).toEqual({
        folder: bills,
        uids: new Uint32Array(0),
        firstUnseen: null,
      });
      expect(await store.mail.counts(bills.id)).toEqual({ folder: bills, unseen: 0, deleted: 0 });
      expect(await store.mail.octets(bills.id)).toEqual({ all: 0, deleted: 0 });
    });

    it("give entries by UID, without those that are gone", async () => {
      value(await store.mail.expunge(inbox.id, [at(1).id]));
      const found = await store.mail.entriesOf(inbox.id, uids(5, 1, 2, 99, 1));
      expect(found).toEqual([at(0), at(4)]);
      expect(await store.mail.entriesOf(inbox.id, [])).toEqual([]);
      expect(await store.mail.entriesOf(noFolder, uids(1))).toEqual([]);
    });

    it("list a span of messages with what is known of them", async () => {
      await flag("add", "\\Seen", 2);
      value(await store.mail.expunge(inbox.id, [at(1).id]));
      const span = (from: number, to: number, ...also: readonly string[]) =>
        store.mail.listing(inbox.id, from as Uid, to as Uid, {
          dates: also.includes("dates"),
          sizes: also.includes("sizes"),
          envelopes: also.includes("envelopes"),
        });
      const all = await span(1, 4294967295, "dates", "sizes", "envelopes");
      expect(all.map(({ uid }) => uid)).toEqual([1, 3, 4, 5]);
      const now = await store.mail.entry(at(2).id);
      const { uid, modSeq, flags, internalDate, size } = now ?? at(2);
      const address = '((NIL NIL "anna" "big-company.com"))';
      const envelope = `(NIL "v2" ${address} ${address} ${address} NIL NIL NIL NIL "<v2@big-company.com>")`;
      expect(all[1]).toEqual({ uid, modSeq, flags, internalDate, size, envelope });
      const plain = { uid, modSeq, flags, internalDate: null, size: null, envelope: null };
      expect(await span(2, 3)).toEqual([plain]);
      expect(await span(2, 3, "dates")).toEqual([{ ...plain, internalDate }]);
      expect(await span(2, 3, "sizes")).toEqual([{ ...plain, size }]);
      expect(await span(2, 3, "dates", "envelopes")).toEqual([{ ...plain, internalDate, envelope }]);
      expect(await span(6, 5, "sizes")).toEqual([]);
      await startMigration(store);
      const { mailbox } = await admit(store, listingOf(1));
      const remote = await inboxOf(store, mailbox);
      const everything = { dates: true, sizes: true, envelopes: true };
      expect((await store.mail.listing(remote.id, 1 as Uid, 1 as Uid, everything))[0]).toMatchObject({
        internalDate: null,
        size: null,
        envelope: null,
      });
    });

    it("count what is unseen and deleted, whatever flags look alike", async () => {
      await flag("add", "\\Seen", 0, 1, 2);
      await flag("add", "\\SeenTwice", 3);
      await flag("add", "\\Deleted", 0, 4);
      await flag("add", "Deleted", 1);
      const counts = await store.mail.counts(inbox.id);
      expect(counts).toEqual({ folder: await inboxOf(store, anna), unseen: 2, deleted: 2 });
      const sizeOf = (...indexes: number[]) => indexes.reduce((sum, index) => sum + (at(index).size ?? 0), 0);
      expect(await store.mail.octets(inbox.id)).toEqual({
        all: sizeOf(0, 1, 2, 3, 4),
        deleted: sizeOf(0, 4),
      });
      expect(await store.mail.counts(noFolder)).toBeNull();
    });

    it("cannot tell octets while content is remote", async () => {
      await startMigration(store);
      const { mailbox } = await admit(store, listingOf(2));
      expect(await store.mail.octets((await inboxOf(store, mailbox)).id)).toBeNull();
    });

    it("tell news in slices, none twice, none left out, each change whole", async () => {
      const from = inbox.highestModSeq;
      await flag("add", "\\Seen", 0, 1, 2);
      value(await store.mail.expunge(inbox.id, [at(3).id, at(4).id]));
      const whole = await store.mail.newsSince(inbox.id, from);
      for (const limit of [1, 2, 3, 4, 100]) {
        const changed: MessageEntry[] = [];
        const expunged: Uid[] = [];
        let reached = from;
        for (;;) {
          const slice = await store.mail.newsSince(inbox.id, reached, limit);
          if (slice.highestModSeq === reached) break;
          changed.push(...slice.changed);
          expunged.push(...slice.expunged);
          reached = slice.highestModSeq;
        }
        expect(changed.toSorted((a, b) => a.uid - b.uid)).toEqual(whole.changed);
        expect(expunged).toEqual(whole.expunged);
        expect(reached).toBe(whole.highestModSeq);
      }
    });

    it("expunge what is deleted, everywhere or among some, until nothing is left", async () => {
      await flag("add", "\\Deleted", 0, 1, 3);
      expect(value(await store.mail.expungeDeleted(inbox.id, uids(2, 3, 4)))).toBe(2);
      expect(value(await store.mail.expungeDeleted(inbox.id, uids(2, 3, 4)))).toBe(0);
      await flag("remove", "\\Deleted", 0);
      expect(value(await store.mail.expungeDeleted(inbox.id, null))).toBe(0);
      await flag("add", "\\Deleted", 0, 2, 4);
      expect(value(await store.mail.expungeDeleted(inbox.id, null))).toBe(3);
      const news = await store.mail.newsSince(inbox.id, inbox.highestModSeq);
      expect(news).toMatchObject({ changed: [], expunged: [1, 2, 3, 4, 5] });
      expectProblem(await store.mail.expungeDeleted(noFolder, null), "not-found");
    });
  });
}
