/** Subscriptions, as `mailbox/mail-store` promises them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { initialFolders } from "#mailbox/folder";
import type { MailboxId } from "#mailbox/ids";
import { expectProblem, type Harness, newMailbox, type OpenHarness, value } from "./harness.ts";

export function subscriptionsContract(open: OpenHarness): void {
  describe("subscriptions", () => {
    let store: Harness;
    let anna: MailboxId;
    /** Beside those that every mailbox begins with. */
    const names = async (mailbox = anna) =>
      (await store.mail.subscriptions(mailbox)).filter(
        (name) => !initialFolders.some((one) => one.name === name),
      );
    const create = async (name: string) => value(await store.mail.createFolder(anna, name, null));
    const subscribe = async (name: string) => value(await store.mail.subscribe(anna, name, true));

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store[Symbol.asyncDispose]());
    beforeEach(async () => {
      anna = await newMailbox(store);
    });

    it("are to folders that are there, and none of a new one", async () => {
      await create("Bills/Entwürfe");
      expect(await names()).toEqual([]);
      await subscribe("Bills/Entwu\u0308rfe");
      await subscribe("Bills/Entwürfe");
      value(await store.mail.subscribe(anna, "inbox", true));
      expect(await names()).toEqual(["Bills/Entwürfe"]);
      for (const name of ["Bills", "nowhere", "a//b"])
        expectProblem(await store.mail.subscribe(anna, name, true), "not-found");
      expectProblem(await store.mail.subscribe(4711 as MailboxId, "INBOX", true), "not-found");
      const bob = await newMailbox(store);
      expect(await names(bob)).toEqual([]);
    });

    it("end when somebody says so, and not before", async () => {
      const bills = await create("Bills");
      await subscribe("Bills");
      value(await store.mail.removeFolder(bills.id));
      await store.reopen();
      expect(await names()).toEqual(["Bills"]);
      expectProblem(await store.mail.subscribe(anna, "Bills", true), "not-found");
      await create("Bills");
      expect(await names()).toEqual(["Bills"]);
      for (const name of ["Bills", "Bills", "a//b"]) value(await store.mail.subscribe(anna, name, false));
      expect(await names()).toEqual([]);
    });

    it("are to the new names as to the old ones when folders are renamed", async () => {
      const bills = await create("Bills");
      await create("Bills/2024");
      await create("Bills/2025");
      await create("Bills+");
      const gone = await create("Bills/gone");
      for (const name of ["Bills", "Bills/2024", "Bills+", "Bills/gone"]) await subscribe(name);
      value(await store.mail.removeFolder(gone.id));
      const old = ["Bills", "Bills+", "Bills/2024", "Bills/gone"];
      value(await store.mail.renameFolder(bills.id, "Paid/Bills"));
      expect(await names()).toEqual([...old, "Paid/Bills", "Paid/Bills/2024"]);
      value(await store.mail.renameFolder(bills.id, "Bills"));
      expect(await names()).toEqual([...old, "Paid/Bills", "Paid/Bills/2024"]);
    });

    it("go with the mailbox", async () => {
      anna = await newMailbox(store, "subscribed-again");
      await create("Bills");
      await subscribe("Bills");
      value(await store.directory.removeMailbox(anna));
      anna = await newMailbox(store, "subscribed-again");
      expect(await names()).toEqual([]);
      await create("Bills");
      expect(await names()).toEqual([]);
    });
  });
}
