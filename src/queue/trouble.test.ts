import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testMessage } from "../../test/courier/consignment.ts";
import { queuedRecipient } from "../../test/queue/queued.ts";
import type { Delivery } from "./courier.ts";
import type { QueuedRecipient } from "./queue-store.ts";
import { delayWorthTelling, judge, nextTry, replyLine, type Verdict } from "./trouble.ts";

const start = testMessage.receivedAt;
const later = { host: "old.big-company.com", code: 451, enhanced: "4.2.0", text: "later" };
const no = { host: "old.big-company.com", code: 550, enhanced: "5.1.1", text: "no such person" };
const deferred: Delivery = { kind: "deferred", recipient: "r1", reply: later, mayHaveArrived: false };
const rejected: Delivery = { kind: "rejected", recipient: "r1", reply: no, policy: false };
const refusedByPolicy: Delivery = { ...rejected, policy: true };
const relay = { kind: "relay", to: "example.org" } as const;

function verdict(delivery: Delivery, change: Partial<QueuedRecipient> = {}, at = start): Verdict {
  return judge(queuedRecipient(change), delivery, at, 0.5);
}

describe("when the next attempt is made", () => {
  const delays = (via: QueuedRecipient["via"]): number[] =>
    Array.from(
      { length: 14 },
      (_, attempts) => nextTry(queuedRecipient({ via, attempts }), start, 0.5) - start,
    );

  test("ever more rarely, up to three hours", () => {
    const minutes = [1, 2, 5, 10, 20, 40, 60, 60, 120, 180, 180, 180, 180, 180];
    expect(delays(relay)).toEqual(minutes.map((minute) => minute * 60_000));
  });

  test("behind a pipe sooner at first", () => {
    expect(delays({ kind: "pipe", to: "x" }).slice(0, 4)).toEqual([10_000, 30_000, 60_000, 120_000]);
  });

  test("spread, so that nothing comes back in step, and never past the end", () => {
    fc.assert(
      fc.property(
        fc.nat(20),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        fc.nat(3_600_000),
        (attempts, random, left) => {
          const recipient = queuedRecipient({ via: relay, attempts, expires: start + left });
          const at = nextTry(recipient, start, random);
          expect(at).toBeGreaterThan(start);
          expect(at).toBeLessThanOrEqual(Math.max(start + 1000, recipient.expires));
        },
      ),
    );
    expect(nextTry(queuedRecipient({ via: relay }), start, 0) - start).toBe(48_000);
  });
});

describe("what an outcome means", () => {
  test("a message that must arrive is held instead of failing, and somebody is told", () => {
    const message = { ...testMessage, mustArrive: true };
    expect(verdict(rejected, { message })).toEqual({
      kind: "deferred",
      reply: no,
      nextTry: start,
      mayHaveArrived: false,
      report: false,
      ...{ alarm: true, hold: true },
    });
    // What may pass is tried again by itself, as ever.
    expect(verdict(deferred, { message })).toMatchObject({ kind: "deferred", hold: false });
    expect(verdict(refusedByPolicy, { message })).toMatchObject({ hold: false, alarm: true });
  });

  test("put off: again later, and what is in doubt stays in doubt", () => {
    expect(verdict(deferred)).toMatchObject({ kind: "deferred", mayHaveArrived: false, alarm: false });
    expect(verdict(deferred, { mayHaveArrived: true })).toMatchObject({ mayHaveArrived: true });
    expect(verdict({ ...deferred, mayHaveArrived: true })).toMatchObject({ mayHaveArrived: true });
  });

  test("put off for too long: failed", () => {
    const result = verdict(deferred, { expires: start + 1000 }, start + 1000);
    expect(result).toMatchObject({ kind: "failed", report: true, reply: { enhanced: "4.4.7" } });
    expect(replyLine(result.reply)).toContain("later");
  });

  test("rejected: failed at once", () => {
    expect(verdict(rejected)).toEqual({ kind: "failed", reply: no, report: true });
  });

  test("refused by policy: held back behind a pipe until it expires, failed for a relay", () => {
    expect(verdict(refusedByPolicy)).toMatchObject({ kind: "deferred", alarm: true });
    expect(verdict(refusedByPolicy, { expires: start }).kind).toBe("failed");
    expect(verdict(refusedByPolicy, { via: relay }).kind).toBe("failed");
  });

  test("no such domain: the recipient of a relay is wrong, but behind a pipe the route is", () => {
    const noDomain: Delivery = {
      ...rejected,
      reply: { host: null, code: null, enhanced: "5.1.2", text: "none" },
    };
    expect(verdict(noDomain, { via: relay }).kind).toBe("failed");
    expect(verdict(noDomain)).toMatchObject({ kind: "deferred", alarm: true });
  });
});

describe("what the sender hears", () => {
  const delivered: Delivery = { kind: "delivered", recipient: "r1", reply: later, keepsNotify: false };
  const old = start + delayWorthTelling;
  const fromNobody = queuedRecipient({}, { reversePath: "" }).message;
  const ours = queuedRecipient({}, { authenticated: "bob@big-company.com" }).message;

  test.each<[string, Delivery, Partial<QueuedRecipient>, boolean]>([
    ["a failure, unasked", rejected, {}, true],
    ["a failure that was asked for", rejected, { notify: ["FAILURE"] }, true],
    ["no failure if only success was asked for", rejected, { notify: ["SUCCESS"] }, false],
    ["nothing after NEVER", rejected, { notify: ["NEVER"] }, false],
    ["no report about a report", rejected, { message: fromNobody }, false],
    ["no success unasked", delivered, {}, false],
    ["a success that was asked for", delivered, { notify: ["SUCCESS"] }, true],
    [
      "no success that the next hop reports",
      { ...delivered, keepsNotify: true },
      { notify: ["SUCCESS"] },
      false,
    ],
    ["a delay that was asked for", deferred, { notify: ["DELAY"] }, true],
    ["a delay to our own people", deferred, { message: ours }, true],
    ["no delay to a stranger who said nothing", deferred, {}, false],
    ["a delay once", deferred, { notify: ["DELAY"], delayReported: true }, false],
    ["no delay of a report", deferred, { notify: ["DELAY"], message: fromNobody }, false],
  ])("%s", (_, delivery, change, report) => {
    expect(verdict(delivery, change, old).report).toBe(report);
  });

  test("no delay before it is worth telling", () => {
    expect(verdict(deferred, { notify: ["DELAY"] }, old - 1).report).toBe(false);
  });
});
