import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import { expectProblem, type Harness, type OpenHarness, value } from "./harness.ts";
import { admitUnhashed, domain, listingOf, migration, startMigration } from "./ledger-words.ts";

/** Everything that the port `migration/admission/unhashed-passwords` promises, for any engine. */
export function unhashedPasswordsContract(open: OpenHarness): void {
  describe("passwords that are not hashed yet", () => {
    let store: Harness;
    const sealed = Buffer.from("sealed password");
    const left = async () => (await store.unhashedPasswords.unhashed(null, 9)).map(({ address }) => address);
    const keptOf = (mailbox: MailboxId) => store.directory.keptPassword(mailbox);
    const come = async (name: string, password: Uint8Array | null = sealed) =>
      value(await admitUnhashed(store, `${name}@${domain}`, password, listingOf(1))).mailbox;

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store[Symbol.asyncDispose]());
    beforeEach(() => startMigration(store));

    it("are there with the mailbox, in the order of their coming, and give way to their hash", async () => {
      const carl = await come("carl");
      const anna = await come("anna", Buffer.from("another"));
      await store.reopen();
      expect(await left()).toEqual([`carl@${domain}`, `anna@${domain}`]);
      expect(await store.unhashedPasswords.unhashed(domain, 1)).toMatchObject([
        { mailbox: carl, address: `carl@${domain}`, domain, sealed: new Uint8Array(sealed) },
      ]);
      expect(await store.unhashedPasswords.unhashed("big-company.net", 9)).toEqual([]);
      expect(await keptOf(carl)).toEqual({ hash: null, unhashed: new Uint8Array(sealed) });
      expect(await store.directory.mailbox(`carl@${domain}`)).toMatchObject({ hasPassword: true });
      expect(await store.ledger.transfer(carl)).not.toHaveProperty("lacksPassword");
      await store.unhashedPasswords.hashed({ mailbox: carl, sealed }, "$hash$");
      await store.reopen();
      expect(await keptOf(carl)).toEqual({ hash: "$hash$", unhashed: null });
      expect(await left()).toEqual([`anna@${domain}`]);
      await store.unhashedPasswords.hashed({ mailbox: anna, sealed: Buffer.from("another") }, "$hash$");
    });

    it("go when the password changes, and their hash comes too late then", async () => {
      const dora = await come("dora");
      value(await store.directory.setPasswordHash(dora, "$new$"));
      expect(await left()).toEqual([]);
      await store.unhashedPasswords.hashed({ mailbox: dora, sealed }, "$late$");
      await store.unhashedPasswords.hashed({ mailbox: dora, sealed }, null);
      expect(await keptOf(dora)).toEqual({ hash: "$new$", unhashed: null });
    });

    it("go with the mailbox", async () => {
      const emil = await come("emil");
      value(await store.directory.removeMailbox(emil));
      expect(await left()).toEqual([]);
      expect(await keptOf(emil)).toEqual({ hash: null, unhashed: null });
    });

    it("that are lost leave a mailbox that awaits its owner, whose password is kept when they come", async () => {
      const address = `fred@${domain}`;
      const fred = await come("fred");
      expectProblem(await admitUnhashed(store, address, Buffer.from("again")), "exists");
      await store.unhashedPasswords.hashed({ mailbox: fred, sealed }, null);
      expect(await keptOf(fred)).toEqual({ hash: null, unhashed: null });
      expect(await store.ledger.transfer(fred)).toMatchObject({ lacksPassword: true });
      expect(await store.directory.mailbox(address)).toMatchObject({ hasPassword: false });
      expect(value(await admitUnhashed(store, address, Buffer.from("again"))).mailbox).toBe(fred);
      expect(await keptOf(fred)).toEqual({ hash: null, unhashed: new Uint8Array(Buffer.from("again")) });
      await store.unhashedPasswords.hashed({ mailbox: fred, sealed: Buffer.from("again") }, "$hash$");
    });

    it("of a mailbox that an administrator brought is its owner's, once they come", async () => {
      const gina = await come("gina", null);
      expect(await keptOf(gina)).toEqual({ hash: null, unhashed: null });
      expect(await store.ledger.transfer(gina)).toMatchObject({ lacksPassword: true });
      expectProblem(await admitUnhashed(store, `gina@${domain}`, null), "exists");
      expect(await come("gina")).toBe(gina);
      expect(await left()).toEqual([`gina@${domain}`]);
      await store.unhashedPasswords.hashed({ mailbox: gina, sealed }, "$hash$");
    });

    it("of a mailbox that was prepared takes the place of the password it had", async () => {
      const settings = { domain, admitted: false, passwordHash: "$prepared$", quota: null };
      const address = `hans@${domain}`;
      const { id } = value(await store.directory.addMailbox({ ...settings, address }));
      expect(await come("hans")).toBe(id);
      expect(await keptOf(id)).toEqual({ hash: null, unhashed: new Uint8Array(sealed) });
      await store.unhashedPasswords.hashed({ mailbox: id, sealed }, "$hash$");
    });

    it("keep the migration from ending: with its key they would be lost", async () => {
      const iris = await come("iris");
      expectProblem(await store.ledger.endMigration(domain), "in-use");
      expect(await store.ledger.migration(domain)).toEqual(migration);
      await store.unhashedPasswords.hashed({ mailbox: iris, sealed }, "$hash$");
      value(await store.ledger.endMigration(domain));
    });
  });
}
