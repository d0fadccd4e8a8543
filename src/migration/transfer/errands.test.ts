import { describe, expect, test } from "vitest";
import type { ContentId } from "#mailbox/ids";
import { type Identified, nameOf } from "../identity/listing.ts";
import type { Comparison } from "../identity/plan.ts";
import type { LedgerRow } from "../ledger.ts";
import { type ErrandOrder, Errands } from "./errands.ts";

const order: ErrandOrder = { now: 1000, bigMessage: 100, suspects: new Set() };

function listed(number: number, size = 10): Identified {
  return { message: { number, uidl: `u${number}`, size }, uidl: `u${number}`, size, occurrence: 0 };
}

function row(number: number, change: Partial<LedgerRow> = {}): LedgerRow {
  const { uidl, size, occurrence } = listed(number);
  return {
    id: number,
    uidl,
    size,
    occurrence,
    state: "remote",
    content: number as ContentId,
    sha256: null,
    settledSha256: null,
    reason: null,
    failures: 0,
    nextTry: 0,
    missingSince: null,
    isWanted: true,
    ...change,
  };
}

function errands(parts: Partial<Comparison>, change: Partial<ErrandOrder> = {}): Errands {
  const nothing = { paired: [], fresh: [], doubtful: [], unseen: [], misplaced: [], isUnstable: false };
  return new Errands({ ...nothing, ...parts }, { ...order, ...change });
}

function numbers(of: Errands, onlyUrgent = false): number[] {
  return of.next(1000, onlyUrgent).map(({ number }) => number);
}

describe("the order of errands", () => {
  const pair = (number: number, size = 10, change: Partial<LedgerRow> = {}) => ({
    row: row(number, change),
    listed: listed(number, size),
  });

  test("new mail in its order, then old mail newest first, doubtful, big, and what made trouble", () => {
    const all = errands({
      fresh: [listed(8), listed(9)],
      paired: [pair(1), pair(2, 5000), pair(3, 10, { failures: 1 }), pair(4, 200), pair(5)],
      doubtful: [{ listed: listed(6), candidates: [] }],
    });
    expect(numbers(all)).toEqual([8, 9, 5, 1, 6, 4, 2, 3]);
  });

  test("what a connection broke at comes last, new mail too", () => {
    const suspects = new Set([nameOf(listed(8))]);
    const all = errands({ fresh: [listed(8), listed(9)], paired: [pair(1)] }, { suspects });
    expect(numbers(all)).toEqual([9, 1, 8]);
  });

  test("nothing that is here, unwanted, or put off", () => {
    const all = errands({
      paired: [
        pair(1, 10, { state: "copied" }),
        pair(2, 10, { isWanted: false }),
        pair(3, 10, { nextTry: 2000 }),
        pair(4),
      ],
    });
    expect(numbers(all)).toEqual([4]);
  });

  test("what somebody waits for goes first, in the order of asking, also when it was put off", () => {
    const all = errands({ paired: [pair(1), pair(2), pair(3, 10, { nextTry: 2000 }), pair(4)] });
    expect(all.hurry(3 as ContentId)).toBe(true);
    expect(all.hurry(1 as ContentId)).toBe(true);
    expect(all.hurry(77 as ContentId)).toBe(false);
    expect(numbers(all)).toEqual([3, 1, 4, 2]);
    expect(numbers(all, true)).toEqual([3, 1]);
    expect(all.next(1, false).map(({ number }) => number)).toEqual([3]);
  });

  test("what is settled is gone, and cannot be hurried any more", () => {
    const all = errands({ paired: [pair(1), pair(2)], doubtful: [{ listed: listed(3), candidates: [] }] });
    for (const number of [2, 3]) {
      const errand = all.get(listed(number).message);
      if (errand) all.settle(errand, number === 2);
    }
    expect(numbers(all)).toEqual([1]);
    expect(all.size).toBe(1);
    expect(all.hurry(2 as ContentId)).toBe(false);
    // The doubt was put off, not settled.
    expect(all.areDoubtsSettled).toBe(false);
  });
});
