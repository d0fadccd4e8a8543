/** Mail that came by a forward on the old server, and that a sweep finds there as well: `Ledger.adopt`. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import { entriesOf, type Harness, inboxOf, type OpenHarness, octetsOf, sha256, staged } from "./harness.ts";
import { admit, listingOf, minute, rowOf, start, startMigration, swept, transferOf } from "./ledger-words.ts";
import { takeIn } from "./queue-words.ts";

const day = 86_400_000;
const hop = "Received: from old by new;\r\n\tSun, 1 Jun 2025 09:00:00 +0000\r\n";
const there = "Return-Path: <friend@example.net>\r\nDelivered-To: mover@big-company.com\r\n";

function under(trace: string, letter: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(trace), letter]);
}

export function cameByMailContract(open: OpenHarness): void {
  describe("mail that came by a forward, and that a sweep finds", () => {
    let store: Harness;
    let anna: MailboxId;
    const now = start + minute;
    const count = async () => (await entriesOf(store, await inboxOf(store, anna))).length;
    const came = (letter: Uint8Array, authenticated: string | null = null, receivedAt = start) =>
      takeIn(store, under(hop, letter), [anna], [], { receivedAt, authenticated });
    const found = (uidl: string, letter: Uint8Array, at = now) =>
      store.ledger.adopt(anna, [swept(uidl, under(there, letter))], at);
    const foundInFile = async (uidl: string, letter: Uint8Array) => {
      await using content = await staged(store.stage, under(there, letter));
      return await store.ledger.adopt(anna, [{ ...swept(uidl, under(there, letter)), content }], now);
    };

    beforeAll(async () => {
      store = await open();
      await startMigration(store);
    });
    afterAll(() => store[Symbol.asyncDispose]());
    beforeEach(async () => {
      anna = (await admit(store, listingOf(0))).mailbox;
    });

    it.each([
      ["inline", 0, found],
      ["larger than what is kept in the database", 150_000, found],
      ["in a file on both ways", 150_001, foundInFile],
    ])("is kept once, and the ledger says why (%s)", async (_, size, find) => {
      const letter = octetsOf(`both ways ${size}`, size);
      await came(letter);
      const before = [await count(), await transferOf(store, anna)];
      expect(await find("u1", letter)).toEqual({ stored: 0, alreadyHere: 1 });
      expect([await count(), await transferOf(store, anna)]).toEqual(before);
      expect(await rowOf(store, anna, "u1")).toMatchObject({
        state: "skipped",
        content: null,
        sha256: sha256(under(there, letter)),
        reason: expect.stringContaining("kept once: it came by mail on 2025-06-01"),
      });
      await store.reopen();
      expect(await found("u1", letter)).toEqual({ stored: 0, alreadyHere: 0 });
    });

    it("answers for one message there, also when the person deleted it here meanwhile", async () => {
      const letter = octetsOf("one of two");
      await came(letter);
      const inbox = await inboxOf(store, anna);
      const last = (await entriesOf(store, inbox)).at(-1);
      if (last) await store.mail.expunge(inbox.id, [last.id]);
      expect(await found("u1", letter)).toEqual({ stored: 0, alreadyHere: 1 });
      expect(await found("u2", letter)).toEqual({ stored: 1, alreadyHere: 0 });
    });

    it.each<[string, (letter: string) => string]>([
      ["another octet in it", (letter) => `${letter}.`],
      ["another field below the trace", (letter) => letter.replace("Subject", "X-Footer: 1\r\nSubject")],
      ["what a filter found on top", (letter) => `X-Spam: no\r\n${letter}`],
    ])("is kept twice with %s", async (_, change) => {
      const letter = octetsOf("changed").toString();
      await came(Buffer.from(letter));
      expect(await found("u1", Buffer.from(change(letter)))).toEqual({ stored: 1, alreadyHere: 0 });
    });

    it("is kept twice without a Message-ID, after seven days, and where somebody here sent it", async () => {
      const nameless = Buffer.from("Subject: no name\r\n\r\nbody\r\n");
      await came(nameless);
      expect(await found("u1", nameless)).toEqual({ stored: 1, alreadyHere: 0 });
      await came(octetsOf("late"));
      expect(await found("u2", octetsOf("late"), start + 7 * day + 1)).toEqual({ stored: 1, alreadyHere: 0 });
      await came(octetsOf("sent"), "bob@big-company.com");
      expect(await found("u3", octetsOf("sent"))).toEqual({ stored: 1, alreadyHere: 0 });
    });

    it("is delivered all the same after the sweep, and for other people", async () => {
      const letter = octetsOf("the sweep was first");
      expect(await found("u1", letter)).toEqual({ stored: 1, alreadyHere: 0 });
      const before = await count();
      await came(letter);
      expect(await count()).toBe(before + 1);
      const bob = (await admit(store, listingOf(0))).mailbox;
      expect(await store.ledger.adopt(bob, [swept("u1", under(there, letter))], now)).toEqual({
        stored: 1,
        alreadyHere: 0,
      });
    });
  });
}
