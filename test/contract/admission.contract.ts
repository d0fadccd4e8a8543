/** Migrations and admissions, as `migration/ledger` promises them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import {
  entriesOf,
  expectProblem,
  type Harness,
  inboxOf,
  type OpenHarness,
  octetsOf,
  readAll,
  value,
} from "./harness.ts";
import {
  admit,
  domain,
  listed,
  listingOf,
  migration,
  minute,
  start,
  startMigration,
  tryToAdmit,
} from "./ledger-words.ts";

export function admissionContract(open: OpenHarness): void {
  describe("admission", () => {
    let store: Harness;
    const mailboxAt = (address: string) => store.directory.mailbox(address);

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store[Symbol.asyncDispose]());
    beforeEach(() => startMigration(store));

    it("makes everything real at once, with the whole old listing in its order", async () => {
      const listing = listingOf(7).toReversed();
      const transfer = await admit(store, listing);
      await store.reopen();
      const { mailbox, address } = transfer;
      expect(await mailboxAt(address)).toMatchObject({ id: mailbox, admitted: true, hasPassword: true });
      expect((await store.directory.keptPassword(mailbox)).hash).toBe("$argon2id$hash");
      const names = (await store.mail.folders(mailbox)).map((folder) => folder.name);
      expect(names.toSorted()).toEqual(["Archive", "Drafts", "INBOX", "Junk", "Sent", "Trash"]);
      const inbox = await inboxOf(store, mailbox);
      const entries = await entriesOf(store, inbox);
      expect(entries.map((entry) => entry.uid)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(inbox).toMatchObject({ messages: 8, uidNext: 9 });
      expect(entries.slice(0, 7)).toMatchObject(
        listing.map(({ uidl, size }) => ({
          uidl,
          listedSize: size,
          size: null,
          internalDate: null,
          flags: [],
          isHere: false,
        })),
      );
      const welcome = entries[7];
      expect(welcome).toMatchObject({ internalDate: start + minute, listedSize: null, isHere: true });
      if (welcome) expect(await readAll(await store.mail.read(welcome.content))).toEqual(octetsOf("Welcome"));
      const octets = listing.reduce((sum, one) => sum + one.size, 0);
      expect(await store.ledger.transfer(mailbox)).toEqual({
        mailbox,
        address,
        domain,
        state: "copying",
        reason: null,
        nextTry: start,
        failures: 0,
        loginName: address,
        messages: 7,
        messagesHere: 0,
        octets,
        octetsHere: 0,
        startedAt: start,
        lastSweep: null,
        isToldApart: false,
        lastStat: "7/1000",
        met: null,
        notes: null,
      });
      expect(transfer).toEqual(await store.ledger.transfer(mailbox));
      const sealed = await store.ledger.sealedPassword(mailbox);
      expect(sealed?.loginName).toBe(address);
      expect(Buffer.from(sealed?.sealed ?? []).toString()).toBe("sealed");
      const rows = await store.ledger.rows(mailbox);
      expect(rows.map((row) => [row.uidl, row.state, row.isWanted])).toEqual(
        listing.map((one) => [one.uidl, "remote", true]),
      );
      expect(rows.map((row) => row.content)).toEqual(entries.slice(0, 7).map((entry) => entry.content));
      expect((await store.mail.usage(mailbox)).octets).toBe(octets + octetsOf("Welcome").length);
    });

    it("of an empty maildrop has the migration message alone", async () => {
      const { mailbox } = await admit(store, []);
      expect(await entriesOf(store, await inboxOf(store, mailbox))).toMatchObject([{ uid: 1, isHere: true }]);
    });

    it("takes any octets for unique-ids, and several alike where the entries' own differ", async () => {
      const odd = String.fromCharCode(...Array.from({ length: 255 }, (_, index) => index + 1));
      const { mailbox } = await admit(store, [
        listed(odd, 10),
        listed(odd, 10, 1, "mf1"),
        listed("", 10, 0, "mf2"),
        listed("", 10, 1, "mf3"),
        listed("a\0b", 10),
        listed("a\0c", 10),
      ]);
      const entries = await entriesOf(store, await inboxOf(store, mailbox));
      expect(entries.slice(0, 6).map((entry) => entry.uidl)).toEqual([
        odd,
        "mf1",
        "mf2",
        "mf3",
        "a\0b",
        "a\0c",
      ]);
      const rows = await store.ledger.rows(mailbox);
      expect(rows.map((row) => row.uidl)).toEqual([odd, odd, "", "", "a\0b", "a\0c"]);
    });

    it("refuses a listing with one message twice, and leaves nothing", async () => {
      const listing = [listed("a", 10, 0, "x"), listed("a", 10, 0, "y")];
      const address = `wrong@${domain}`;
      expectProblem(await tryToAdmit(store, listing, address), "invalid");
      expect(await mailboxAt(address)).toBeNull();
      expect((await tryToAdmit(store, [listed("a", 10)], address)).ok).toBe(true);
      const { id } = (await mailboxAt(address)) ?? {};
      if (id) value(await store.directory.removeMailbox(id));
    });

    it("happens once, however many try at once", async () => {
      const address = `rush@${domain}`;
      const outcomes = await Promise.all(
        [3, 4, 5, 6].map((count) => tryToAdmit(store, listingOf(count), address)),
      );
      const won = outcomes.filter((outcome) => outcome.ok);
      expect(won).toHaveLength(1);
      for (const outcome of outcomes) if (!outcome.ok) expectProblem(outcome, "exists");
      const messages = won[0]?.ok ? won[0].value.messages : 0;
      const mailbox = (await mailboxAt(address))?.id as MailboxId;
      expect(await entriesOf(store, await inboxOf(store, mailbox))).toHaveLength(messages + 1);
      expect(await store.ledger.rows(mailbox)).toHaveLength(messages);
    });

    it("of a prepared mailbox keeps its settings and takes the password that the old server knows", async () => {
      const address = `prepared@${domain}`;
      const settings = { address, domain, admitted: false, passwordHash: "prepared", quota: 5_000_000 };
      const { id } = value(await store.directory.addMailbox(settings));
      expect(await store.mail.inbox(id)).toBeNull();
      expect(value(await tryToAdmit(store, listingOf(2), address)).mailbox).toBe(id);
      expect(await mailboxAt(address)).toMatchObject({ id, admitted: true, quota: 5_000_000 });
      expect((await store.directory.keptPassword(id)).hash).toBe("$argon2id$hash");
      expect(await entriesOf(store, await inboxOf(store, id))).toHaveLength(3);
    });

    it("comes too late once the migration has ended", async () => {
      value(await store.ledger.endMigration(domain));
      expectProblem(await tryToAdmit(store, listingOf(1), `late@${domain}`), "not-permitted");
      expect(await mailboxAt(`late@${domain}`)).toBeNull();
    });

    it("goes with the mailbox; whoever is admitted again starts anew", async () => {
      const address = `again@${domain}`;
      const first = value(await tryToAdmit(store, listingOf(3), address));
      value(await store.directory.removeMailbox(first.mailbox));
      expect(await store.ledger.transfer(first.mailbox)).toBeNull();
      expect(await store.ledger.sealedPassword(first.mailbox)).toBeNull();
      const second = value(await tryToAdmit(store, listingOf(3), address));
      expect(second.mailbox).not.toBe(first.mailbox);
      expect(await store.ledger.remoteRows(second.mailbox)).toHaveLength(3);
    });
  });

  describe("a domain's migration", () => {
    let store: Harness;

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store[Symbol.asyncDispose]());

    it("needs a local domain", async () => {
      expectProblem(await store.ledger.setMigration(migration), "not-found");
      expectProblem(await store.ledger.endMigration(domain), "not-found");
      expect(await store.ledger.migration(domain)).toBeNull();
      expect(await store.ledger.migrations()).toEqual([]);
    });

    it("is kept, and changed as a whole", async () => {
      await startMigration(store);
      const changed = { ...migration, message: "Welcome", sealingKey: "migration-2" };
      value(await store.ledger.setMigration(changed));
      await store.reopen();
      expect(await store.ledger.migration(domain)).toEqual(changed);
      expect(await store.ledger.migrations()).toEqual([changed]);
      expectProblem(await store.directory.removeDomain(domain), "in-use");
    });

    it("keeps its limits, changed alone, and only while it is on", async () => {
      const limits = { bandwidth: 2_000_000, connections: 3, copyHours: "Mon-Fri 22:00-06:00, Sat-Sun" };
      await startMigration(store);
      value(await store.ledger.setMigration(migration));
      value(await store.ledger.limitMigration(domain, limits));
      await store.reopen();
      expect(await store.ledger.migration(domain)).toEqual({ ...migration, limits });
      const none = { bandwidth: null, connections: null, copyHours: null };
      value(await store.ledger.limitMigration(domain, none));
      expect(await store.ledger.migrations()).toEqual([{ ...migration, limits: none }]);
      value(await store.ledger.endMigration(domain));
      expectProblem(await store.ledger.limitMigration(domain, limits), "not-found");
      expect(await store.ledger.migration(domain)).toBeNull();
    });

    it("takes every old password with it when it ends, and admits who was only prepared", async () => {
      await startMigration(store);
      const { mailbox, address } = await admit(store, listingOf(2));
      const settings = { domain, admitted: false, passwordHash: null, quota: null };
      const prepared = value(await store.directory.addMailbox({ address: `slow@${domain}`, ...settings }));
      await store.ledger.setSealedPassword(mailbox, Buffer.from("another"), "anna");
      expect(await store.ledger.sealedPassword(mailbox)).toMatchObject({ loginName: "anna" });
      value(await store.ledger.endMigration(domain));
      await store.ledger.setSealedPassword(mailbox, Buffer.from("too late"), "anna");
      await store.reopen();
      expect(await store.ledger.migration(domain)).toBeNull();
      expect(await store.ledger.sealedPassword(mailbox)).toBeNull();
      expect(await store.ledger.transfer(mailbox)).toMatchObject({ address, state: "settled" });
      expect(await store.ledger.dueTransfers(start * 2, 9)).toEqual([]);
      expect(await store.directory.mailboxById(prepared.id)).toMatchObject({ admitted: true });
      expect(await store.mail.inbox(prepared.id)).not.toBeNull();
    });
  });
}
