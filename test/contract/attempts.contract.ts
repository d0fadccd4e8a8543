/** Attempts to deliver, as `queue/queue-store` promises them: begun durably, ended once. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import type { AttemptResult, QueuedRecipient, Via } from "#queue/queue-store";
import {
  expectProblem,
  type Harness,
  newMailbox,
  type OpenHarness,
  octetsOf,
  readAll,
  staged,
  value,
} from "./harness.ts";
import {
  day,
  emptyQueue,
  inboxTexts,
  intakeOf,
  oldServer,
  queued,
  queueOne,
  received,
  recipientsOf,
  takeIn,
} from "./queue-words.ts";

const example: Via = { kind: "relay", to: "example.org" };
const later = received + 600_000;

function deferred(recipient: QueuedRecipient, change: object = {}): AttemptResult {
  const rest = { reply: "451 4.3.0 later", nextTry: later, mayHaveArrived: false, report: null };
  return { kind: "deferred", recipient: recipient.id, ...rest, ...change };
}

export function attemptsContract(open: OpenHarness): void {
  describe("attempts", () => {
    let store: Harness;
    let sender: MailboxId;
    const due = async (now = received, limit = 100, except?: readonly Via[]) =>
      (await store.queue.due(now, limit, except)).map((one) => one.id);
    const begun = async (via = oldServer) => {
      const recipient = await queueOne(store, "anna@big-company.com", via);
      expect(await store.queue.begin([recipient.id])).toEqual([recipient.id]);
      return recipient;
    };
    const now = async ({ id }: QueuedRecipient) => store.queue.recipient(id);

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store[Symbol.asyncDispose]());
    beforeEach(async () => {
      await emptyQueue(store);
      sender = await newMailbox(store);
    });

    it("are due in the order of their times, not before, and past busy destinations", async () => {
      const first = await queueOne(store, "a@big-company.com");
      const second = await queueOne(store, "b@example.org", example);
      const third = await queueOne(store, "c@big-company.com");
      await store.queue.retry(first.id, received + 2);
      await store.queue.retry(second.id, received + 1);
      expect(await due(received - 1)).toEqual([]);
      expect(await due(received + 1)).toEqual([third.id, second.id]);
      expect(await due(received + 2)).toEqual([third.id, second.id, first.id]);
      expect(await due(received + 2, 1)).toEqual([third.id]);
      expect(await due(received + 2, 1, [oldServer])).toEqual([second.id]);
      expect(await due(received + 2, 9, [oldServer, example])).toEqual([]);
      expect(await due(received + 2, 9, [{ kind: "relay", to: oldServer.to }])).toHaveLength(3);
      expect(await store.queue.nextDue()).toBe(received);
    });

    it("are begun once, durably", async () => {
      const recipient = await queueOne(store);
      const ids = [recipient.id, "nobody"];
      const both = await Promise.all([store.queue.begin(ids), store.queue.begin(ids)]);
      expect(both.flat()).toEqual([recipient.id]);
      expect(await due()).toEqual([]);
      expect(await store.queue.nextDue()).toBeNull();
      await store.reopen();
      expect(await due()).toEqual([]);
      expect(await now(recipient)).toMatchObject({ attempts: 1 });
    });

    it("that a crash cut off are due again, and may have arrived", async () => {
      const cutOff = await begun();
      const waiting = await queueOne(store);
      await store.reopen();
      expect(await store.queue.recover(later)).toBe(1);
      expect(await store.queue.recover(later)).toBe(0);
      expect(await now(cutOff)).toMatchObject({ mayHaveArrived: true, nextTry: later, attempts: 1 });
      expect(await now(waiting)).toMatchObject({ mayHaveArrived: false });
      expect(await due(later)).toEqual([waiting.id, cutOff.id]);
    });

    it("that were given back count for nothing", async () => {
      const recipient = await begun();
      await store.queue.release([recipient.id], later);
      await store.queue.release([recipient.id], later + 1);
      expect(await now(recipient)).toMatchObject({ attempts: 0, nextTry: later, mayHaveArrived: false });
      expect(await due(later)).toEqual([recipient.id]);
    });

    it("that are deferred wait, with the reply; what may have arrived once may have for good", async () => {
      const recipient = await begun();
      await store.queue.finish([deferred(recipient, { mayHaveArrived: true })]);
      expect(await now(recipient)).toMatchObject({
        lastReply: "451 4.3.0 later",
        nextTry: later,
        mayHaveArrived: true,
        delayReported: false,
      });
      expect(await due(later - 1)).toEqual([]);
      await store.queue.begin([recipient.id]);
      await store.queue.finish([deferred(recipient)]);
      expect(await now(recipient)).toMatchObject({ attempts: 2, mayHaveArrived: true });
    });

    it("end the message with its last recipient, octets and all", async () => {
      for (const size of [500, 200_000]) {
        const octets = octetsOf("two", size);
        const message = await takeIn(
          store,
          octets,
          [],
          [queued("a@big-company.com"), queued("b@big-company.com")],
        );
        const [a, b] = await recipientsOf(store);
        if (!a || !b) throw new Error("two recipients were queued");
        await store.queue.begin([a.id, b.id]);
        await store.queue.finish([{ kind: "delivered", recipient: a.id, report: null }]);
        expect(await readAll(await store.queue.read(message.id, 0))).toEqual(octets);
        const reading = await store.queue.read(message.id, 0);
        await store.queue.finish([{ kind: "failed", recipient: b.id, report: null }]);
        expect(await store.queue.read(message.id, 0)).toBeNull();
        expect(await readAll(reading)).toEqual(octets);
        expect(await recipientsOf(store)).toEqual([]);
      }
    });

    it.each([500, 200_000])("report failure in the commit that ends them (%i octets)", async (size) => {
      const failed = await begun();
      const slow = await begun(example);
      await using text = await staged(store.stage, octetsOf("report", size));
      const report = intakeOf(text, [sender], [queued("friend@example.net", example)], { reversePath: "" });
      const delay = intakeOf(text, [sender], [], { reversePath: "" });
      const results: AttemptResult[] = [
        { kind: "failed", recipient: failed.id, report },
        deferred(slow, { report: delay }),
      ];
      await store.queue.finish(results);
      // Whoever was not told that it was committed says it again.
      await store.queue.finish(results);
      expect(await inboxTexts(store, sender)).toHaveLength(2);
      const left = await recipientsOf(store);
      expect(left.map((one) => [one.address, one.message.reversePath]).toSorted()).toEqual([
        ["anna@big-company.com", "friend@example.net"],
        ["friend@example.net", ""],
      ]);
      expect(await now(slow)).toMatchObject({ delayReported: true, lastReply: "451 4.3.0 later" });
      expect(await now(failed)).toBeNull();
    });

    it("end although the report's own reader is gone", async () => {
      const failed = await begun();
      value(await store.directory.removeMailbox(sender));
      await using text = await staged(store.stage, octetsOf("report", 200_000));
      const report = intakeOf(text, [sender], [], { reversePath: "" });
      await store.queue.finish([{ kind: "failed", recipient: failed.id, report }]);
      expect(await recipientsOf(store)).toEqual([]);
    });

    it("of a dropped recipient end in nothing, report included", async () => {
      const dropped = await begun();
      value(await store.queue.drop(dropped.id));
      await using text = await staged(store.stage, octetsOf("report"));
      const report = intakeOf(text, [sender], [], { reversePath: "" });
      await store.queue.finish([
        deferred(dropped, { report }),
        { kind: "failed", recipient: dropped.id, report },
      ]);
      expect(await inboxTexts(store, sender)).toEqual([]);
      expect(await recipientsOf(store)).toEqual([]);
    });

    it("are not begun while held; letting go makes them due", async () => {
      const recipient = await queueOne(store);
      value(await store.queue.hold(recipient.id, true, received));
      expect(await due(received + day)).toEqual([]);
      expect(await store.queue.begin([recipient.id])).toEqual([]);
      expect(await now(recipient)).toMatchObject({ held: true });
      value(await store.queue.hold(recipient.id, false, received - 1));
      expect(await due(received - 1)).toEqual([recipient.id]);
    });

    it("come at once when asked for, also of one that was held; other destinations wait on", async () => {
      const [one, other] = [await begun(), await begun(example)];
      await store.queue.finish([deferred(one), deferred(other)]);
      await store.queue.hurry(oldServer, received);
      expect(await due(received)).toEqual([one.id]);
      value(await store.queue.hold(other.id, true, received));
      value(await store.queue.retry(other.id, received));
      expect((await due(received)).toSorted()).toEqual([one.id, other.id].toSorted());
    });

    it("cannot be asked for those that are gone", async () => {
      expectProblem(await store.queue.hold("gone", true, received), "not-found");
      expectProblem(await store.queue.retry("gone", received), "not-found");
      expectProblem(await store.queue.drop("gone"), "not-found");
      expect(await store.queue.recipient("gone")).toBeNull();
    });

    it("are counted by destination, and listed page by page", async () => {
      expect(await store.queue.totals()).toEqual([]);
      await takeIn(store, octetsOf("old"), [], [queued("a@big-company.com")], { receivedAt: received - day });
      await queueOne(store);
      await queueOne(store, "x@example.org", example);
      expect(await store.queue.totals()).toEqual([
        { via: oldServer, recipients: 2, oldest: received - day },
        { via: example, recipients: 1, oldest: received },
      ]);
      const all = await recipientsOf(store);
      const pages = [await store.queue.list("", 2), await store.queue.list(all[1]?.id ?? "", 2)];
      expect(pages.flat()).toEqual(all);
    });
  });
}
