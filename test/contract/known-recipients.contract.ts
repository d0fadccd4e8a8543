/** Everything that the port `routing/known-recipients` promises, for any engine. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, newMailbox, type OpenHarness, value } from "./harness.ts";
import { admit, domain, start, startMigration } from "./ledger-words.ts";

export function knownRecipientsContract(open: OpenHarness): void {
  describe("KnownRecipients", () => {
    let store: Harness;
    const route = "big-company.old";
    const address = (name: string) => `${name}@${domain}`;
    const accepted = (name: string, at = start, delivered = true) =>
      store.knownRecipients.accepted(address(name), route, at, delivered);

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store[Symbol.asyncDispose]());

    it("are remembered with the first and the newest time, and with what was delivered", async () => {
      await accepted("anna", start);
      await accepted("anna", start + 5, false);
      await accepted("anna", start + 3);
      await store.reopen();
      expect(await store.knownRecipients.known(address("anna"))).toEqual({
        address: address("anna"),
        route,
        firstAccepted: start,
        lastAccepted: start + 5,
        messages: 2,
      });
      expect(await store.knownRecipients.known(address("nobody"))).toBeNull();
    });

    it("go by the route that accepted them last", async () => {
      await accepted("moved", start);
      await store.knownRecipients.accepted(address("moved"), "another.old", start + 9, true);
      await store.knownRecipients.accepted(address("moved"), route, start + 1, true);
      expect(await store.knownRecipients.known(address("moved"))).toMatchObject({ route: "another.old" });
    });

    it("are missing until they are admitted or have an alias here", async () => {
      await startMigration(store);
      await newMailbox(store, "here");
      const settings = { domain, admitted: false, passwordHash: null, quota: null };
      value(await store.directory.addMailbox({ address: address("prepared"), ...settings }));
      value(await store.directory.addAlias({ address: address("sales"), target: address("here") }));
      const moved = await admit(store, []);
      for (const name of ["zoe", "here", "prepared", "sales", "bob"]) await accepted(name);
      await store.knownRecipients.accepted(moved.address, route, start, true);
      await store.knownRecipients.accepted("bob@example.org", route, start, true);
      const missing = async () => (await store.knownRecipients.missing(domain)).map((one) => one.address);
      expect(await missing()).toEqual(["anna", "bob", "moved", "prepared", "zoe"].map(address));
      value(await store.directory.removeMailbox(moved.mailbox));
      expect(await missing()).toContain(moved.address);
    });
  });
}
