/** Queued mail whose owner has moved here meanwhile, as `queue/queue-store` promises it: delivered here, once. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import {
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
import { emptyQueue, inboxTexts, queued, queueOne, received, recipientsOf, takeIn } from "./queue-words.ts";

export function localDeliveryContract(open: OpenHarness): void {
  describe("delivery here from the queue", () => {
    let store: Harness;
    let anna: MailboxId;
    const later = received + 3_600_000;

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store[Symbol.asyncDispose]());
    beforeEach(async () => {
      await emptyQueue(store);
      anna = await newMailbox(store);
    });

    it.each([500, 200_000])("moves a message of %i octets into the INBOX", async (size) => {
      const octets = octetsOf("moved", size);
      const recipient = await queueOne(store, "anna@big-company.com", undefined, octets);
      await store.queue.begin([recipient.id]);
      expect(value(await store.queue.deliverHere(recipient.id, anna, later))).toBe("delivered");
      expect(await recipientsOf(store)).toEqual([]);
      expect(await store.queue.read(recipient.message.id, 0)).toBeNull();
      await store.reopen();
      const [entry] = await entriesOf(store, await inboxOf(store, anna));
      expect(entry).toMatchObject({ internalDate: received, size: octets.length, flags: [] });
      expect(await inboxTexts(store, anna)).toEqual([Buffer.from(octets).toString()]);
    });

    it("leaves the message to its other recipients", async () => {
      const octets = octetsOf("shared", 200_000);
      const { id } = await takeIn(
        store,
        octets,
        [],
        [queued("anna@big-company.com"), queued("b@big-company.com")],
      );
      const recipients = await recipientsOf(store);
      const annas = recipients.find((one) => one.address.startsWith("anna"));
      expect(value(await store.queue.deliverHere(annas?.id ?? "", anna, later))).toBe("delivered");
      expect(await readAll(await store.queue.read(id, 0))).toEqual(octets);
      await store.reopen();
      expect(await inboxTexts(store, anna)).toEqual([Buffer.from(octets).toString()]);
      expect(await readAll(await store.queue.read(id, 0))).toEqual(octets);
    });

    it("happens once, however often and at once it is asked for", async () => {
      const recipient = await queueOne(store, "anna@big-company.com", undefined, octetsOf("once", 200_000));
      const answers = await Promise.allSettled(
        [1, 2, 3].map(() => store.queue.deliverHere(recipient.id, anna, later)),
      );
      const delivered = answers.filter((one) => one.status === "fulfilled" && one.value.ok);
      expect(delivered).toHaveLength(1);
      expect(await inboxTexts(store, anna)).toHaveLength(1);
      expectProblem(await store.queue.deliverHere(recipient.id, anna, later), "not-found");
    });

    it("keeps the message in the queue when the mailbox is gone", async () => {
      const recipient = await queueOne(store, "anna@big-company.com", undefined, octetsOf("kept", 200_000));
      value(await store.directory.removeMailbox(anna));
      expectProblem(await store.queue.deliverHere(recipient.id, anna, later), "not-found");
      expect(await recipientsOf(store)).toHaveLength(1);
      expect(await readAll(await store.queue.read(recipient.message.id, 0))).toHaveLength(
        recipient.message.size,
      );
    });
  });
}
