/** Taking mail in, as `queue/queue-store` promises it: a 250 stands for all recipients at once. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { StoreUnavailable } from "#mailbox/content";
import type { FolderId, MailboxId } from "#mailbox/ids";
import {
  entriesOf,
  type Harness,
  inboxOf,
  newMailbox,
  type OpenHarness,
  octetsOf,
  readAll,
  staged,
  value,
} from "./harness.ts";
import { emptyQueue, inboxTexts, intakeOf, queued, received, recipientsOf, takeIn } from "./queue-words.ts";

export function intakeContract(open: OpenHarness): void {
  describe("intake", () => {
    let store: Harness;
    let anna: MailboxId;
    let bob: MailboxId;

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store[Symbol.asyncDispose]());
    beforeEach(async () => {
      await emptyQueue(store);
      anna = await newMailbox(store);
      bob = await newMailbox(store);
    });

    it.each([
      ["small", 500],
      ["large", 200_000],
    ])("puts a %s message into every local INBOX and into the queue, once each", async (_, size) => {
      const octets = octetsOf("for all", size);
      const message = await takeIn(
        store,
        octets,
        [anna, bob],
        [queued("carol@big-company.com"), queued("x@example.org", { kind: "relay", to: "example.org" })],
      );
      await store.reopen();
      for (const mailbox of [anna, bob]) {
        const [entry, ...more] = await entriesOf(store, await inboxOf(store, mailbox));
        expect(more).toEqual([]);
        expect(entry).toMatchObject({ flags: [], internalDate: received, size: octets.length });
        if (entry) expect(await readAll(await store.mail.read(entry.content))).toEqual(octets);
      }
      const recipients = await recipientsOf(store);
      expect(recipients.map((one) => [one.address, one.via.to])).toEqual(
        expect.arrayContaining([
          ["carol@big-company.com", "big-company.old"],
          ["x@example.org", "example.org"],
        ]),
      );
      expect(recipients).toHaveLength(2);
      for (const one of recipients) expect(one.message).toEqual(message);
      expect(await readAll(await store.queue.read(message.id, 0))).toEqual(octets);
      expect(await readAll(await store.queue.read(message.id, 17))).toEqual(octets.subarray(17));
    });

    it("keeps the whole envelope, and each recipient's own", async () => {
      await takeIn(
        store,
        octetsOf("envelope"),
        [],
        [
          {
            ...queued("Anna@big-company.com"),
            notify: ["FAILURE", "DELAY"],
            originalRecipient: "rfc822;a@b.example",
          },
        ],
        { reversePath: "", body: "7BIT", smtpUtf8: true, envelopeId: "QQ314159", ret: "HDRS" },
      );
      await store.reopen();
      const [recipient] = await recipientsOf(store);
      expect(recipient).toMatchObject({
        address: "Anna@big-company.com",
        notify: ["FAILURE", "DELAY"],
        originalRecipient: "rfc822;a@b.example",
        attempts: 0,
        nextTry: received,
        held: false,
        lastReply: null,
        mayHaveArrived: false,
        delayReported: false,
        message: { reversePath: "", body: "7BIT", smtpUtf8: true, envelopeId: "QQ314159", ret: "HDRS" },
      });
    });

    it("gives every recipient an id of its own that a loop mark can carry, ascending with the arrival", async () => {
      for (let minute = 0; minute < 5; minute++) {
        await takeIn(store, octetsOf("ids"), [], [queued("a@big-company.com"), queued("b@big-company.com")], {
          receivedAt: received + minute * 60_000,
        });
      }
      const recipients = await recipientsOf(store);
      expect(new Set(recipients.map((one) => one.id)).size).toBe(10);
      for (const { id } of recipients) expect(id).toMatch(/^[0-9a-z]{1,55}$/);
      const arrivals = recipients.map((one) => one.message.receivedAt);
      expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b));
    });

    it("puts a message for two addresses of one mailbox there once", async () => {
      await takeIn(store, octetsOf("twice"), [anna, anna], []);
      expect(await inboxTexts(store, anna)).toHaveLength(1);
    });

    it("is all or nothing: a mailbox that is gone leaves nothing with the others", async () => {
      value(await store.directory.removeMailbox(bob));
      for (const size of [500, 200_000]) {
        const attempt = takeIn(store, octetsOf("nobody", size), [anna, bob], [queued("c@big-company.com")]);
        await expect(attempt).rejects.toThrow(StoreUnavailable);
      }
      expect(await inboxTexts(store, anna)).toEqual([]);
      expect(await recipientsOf(store)).toEqual([]);
    });

    it("can be repeated with the same staged content", async () => {
      for (const size of [500, 200_000]) {
        await using content = await staged(store.stage, octetsOf(`again ${size}`, size));
        await store.queue.intake(intakeOf(content, [anna], []));
        await store.queue.intake(intakeOf(content, [anna], []));
      }
      const texts = await inboxTexts(store, anna);
      expect(texts).toHaveLength(4);
      expect(new Set(texts).size).toBe(2);
    });

    it("tells the news of each INBOX", async () => {
      const heard: FolderId[] = [];
      const inboxes = [await inboxOf(store, anna), await inboxOf(store, bob)];
      for (const inbox of inboxes) store.changes.listen(inbox.id, (folder) => heard.push(folder));
      await takeIn(store, octetsOf("news"), [anna, bob], []);
      expect(heard).toEqual(inboxes.map((inbox) => inbox.id));
    });

    it("gives octets to no one else than asked: an unknown message has none", async () => {
      expect(await store.queue.read("message0", 0)).toBeNull();
    });
  });
}
