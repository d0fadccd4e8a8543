/** Folders, as `mailbox/mail-store` promises them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { initialFolders } from "#mailbox/folder";
import type { FolderId, MailboxId } from "#mailbox/ids";
import {
  append,
  entriesOf,
  expectProblem,
  type Harness,
  inboxOf,
  newMailbox,
  type OpenHarness,
  octetsOf,
  value,
} from "./harness.ts";

export function foldersContract(open: OpenHarness): void {
  describe("folders", () => {
    let store: Harness;
    let anna: MailboxId;
    const noFolder = 4711 as FolderId;
    const names = async () => (await store.mail.folders(anna)).map((folder) => folder.name);

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store[Symbol.asyncDispose]());
    beforeEach(async () => {
      anna = await newMailbox(store);
    });

    it("are there with the mailbox: INBOX first, all subscribed, numbered from 1", async () => {
      const folders = await store.mail.folders(anna);
      expect(folders.map(({ name, specialUse }) => ({ name, specialUse }))).toEqual(
        expect.arrayContaining([...initialFolders]),
      );
      expect(folders).toHaveLength(initialFolders.length);
      expect(await store.mail.subscriptions(anna)).toEqual(folders.map(({ name }) => name).sort());
      expect(folders[0]).toEqual(await store.mail.inbox(anna));
      for (const folder of folders) {
        expect(folder).toMatchObject({ mailbox: anna, uidNext: 1, messages: 0 });
        expect(folder.uidValidity).toBeGreaterThan(0);
        expect(folder.uidValidity).toBeLessThan(2 ** 32);
        expect(folder.highestModSeq).toBeGreaterThan(0);
        expect(await store.mail.folder(folder.id)).toEqual(folder);
      }
      expect(new Set(folders.map((folder) => folder.uidValidity)).size).toBe(folders.length);
    });

    it("of a mailbox are none of another's", async () => {
      const bob = await newMailbox(store);
      value(await store.mail.createFolder(anna, "Bills", null));
      expect(await store.mail.folders(bob)).toHaveLength(initialFolders.length);
      expect(await store.mail.folderNamed(bob, "Bills")).toBeNull();
      value(await store.mail.createFolder(bob, "Bills", null));
    });

    it("can be created, once, under a sound name", async () => {
      const bills = value(await store.mail.createFolder(anna, "Bills/2024", "archive"));
      expect(bills).toMatchObject({ mailbox: anna, name: "Bills/2024", specialUse: "archive", uidNext: 1 });
      expect(await store.mail.folder(bills.id)).toEqual(bills);
      expect(await store.mail.folderNamed(anna, "Bills/2024")).toEqual(bills);
      expect(await store.mail.folderNamed(anna, "bills/2024")).toBeNull();
      expectProblem(await store.mail.createFolder(anna, "Bills/2024", null), "exists");
      expectProblem(await store.mail.createFolder(anna, "inbox", null), "exists");
      for (const name of ["", "/Bills", "Bills/", "a//b", "a\r\nb"]) {
        expectProblem(await store.mail.createFolder(anna, name, null), "invalid");
      }
      expectProblem(await store.mail.createFolder(4711 as MailboxId, "Bills", null), "not-found");
    });

    it("can be renamed with all below, and keep their numbers and messages", async () => {
      const bills = value(await store.mail.createFolder(anna, "Bills", null));
      const year = value(await store.mail.createFolder(anna, "Bills/2024", null));
      const other = value(await store.mail.createFolder(anna, "Bills%", null));
      const entry = await append(store, year, octetsOf("bill"));
      value(await store.mail.renameFolder(bills.id, "Paid/Bills"));
      expect(await store.mail.folder(bills.id)).toEqual({ ...bills, name: "Paid/Bills" });
      expect(await store.mail.folder(year.id)).toMatchObject({
        name: "Paid/Bills/2024",
        uidValidity: year.uidValidity,
        uidNext: 2,
      });
      expect(await store.mail.folder(other.id)).toEqual(other);
      expect(await store.mail.entry(entry.id)).toEqual(entry);
    });

    it("are renamed not at all when one of them cannot be", async () => {
      const bills = value(await store.mail.createFolder(anna, "Bills", null));
      value(await store.mail.createFolder(anna, "Bills/2024", null));
      value(await store.mail.createFolder(anna, "Paid/2024", null));
      const before = await names();
      expectProblem(await store.mail.renameFolder(bills.id, "Paid"), "exists");
      expectProblem(await store.mail.renameFolder(bills.id, "Bills"), "exists");
      expectProblem(await store.mail.renameFolder(bills.id, "Bills/old"), "invalid");
      expectProblem(await store.mail.renameFolder(bills.id, "x".repeat(999)), "invalid");
      expectProblem(await store.mail.renameFolder((await inboxOf(store, anna)).id, "Old"), "not-permitted");
      expectProblem(await store.mail.renameFolder(noFolder, "Old"), "not-found");
      expect(await names()).toEqual(before);
    });

    it("go with their messages, but not with what is below", async () => {
      const bills = value(await store.mail.createFolder(anna, "Bills", null));
      const year = value(await store.mail.createFolder(anna, "Bills/2024", null));
      const entry = await append(store, bills, octetsOf("bill"));
      const kept = await append(store, year, octetsOf("kept"));
      value(await store.mail.removeFolder(bills.id));
      expect(await store.mail.folder(bills.id)).toBeNull();
      expect(await store.mail.entry(entry.id)).toBeNull();
      expect(await store.mail.read(entry.content)).toBeNull();
      expect(await entriesOf(store, bills)).toEqual([]);
      expect(await store.mail.entry(kept.id)).toEqual(kept);
      expect(await store.mail.usage(anna)).toMatchObject({ messages: 1, octets: kept.size });
      expectProblem(await store.mail.removeFolder(bills.id), "not-found");
      expectProblem(await store.mail.removeFolder((await inboxOf(store, anna)).id), "not-permitted");
    });

    it("that come again under an old name have a UIDVALIDITY that was never there", async () => {
      const seen = new Set((await store.mail.folders(anna)).map((folder) => folder.uidValidity));
      for (let round = 0; round < 5; round++) {
        const folder = value(await store.mail.createFolder(anna, "Bills", null));
        expect(seen).not.toContain(folder.uidValidity);
        seen.add(folder.uidValidity);
        await store.reopen();
        value(await store.mail.removeFolder(folder.id));
      }
    });

    it("have a UIDVALIDITY that was never there after the mailbox was removed, too, even if the clock is set back", async () => {
      anna = await newMailbox(store, "back-again");
      const seen = new Set((await store.mail.folders(anna)).map((folder) => folder.uidValidity));
      for (let round = 0; round < 3; round++) {
        value(await store.directory.removeMailbox(anna));
        store.clock.now -= 86_400_000;
        anna = await newMailbox(store, "back-again");
        for (const folder of await store.mail.folders(anna)) {
          expect(seen).not.toContain(folder.uidValidity);
          seen.add(folder.uidValidity);
        }
      }
    });

    it("are the same after the store was opened again", async () => {
      value(await store.mail.createFolder(anna, "Entwürfe/日本", null));
      const before = await store.mail.folders(anna);
      await store.reopen();
      expect(await store.mail.folders(anna)).toEqual(before);
    });
  });
}
