import { describe, expect, test } from "vitest";
import type { ContentId } from "#mailbox/ids";
import { compareInStep } from "../identity/in-step.ts";
import type { LedgerRow } from "../ledger.ts";
import { ListingPacker } from "../old-server/packed-listing.ts";
import { type ErrandOrder, Errands } from "./errands.ts";

const order: ErrandOrder = { now: 1000, bigMessage: 100, suspects: new Set() };

function row(number: number, change: Partial<LedgerRow> = {}): LedgerRow {
  return {
    id: number + 40,
    uidl: `u${number}`,
    size: 10,
    occurrence: 0,
    state: "remote",
    content: (number + 70) as ContentId,
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

/** Errands of a maildrop that lists these rows, in step with them, and some new messages after them. */
async function errands(
  rows: readonly LedgerRow[],
  fresh = 0,
  change: Partial<ErrandOrder> = {},
): Promise<Errands> {
  const packer = new ListingPacker();
  for (const [index, { size, uidl }] of rows.entries()) {
    packer.addSize(index + 1, size);
    packer.addUidl(index + 1, uidl);
  }
  for (let n = rows.length + 1; n <= rows.length + fresh; n++) {
    packer.addSize(n, 10);
    packer.addUidl(n, `u${n}`);
  }
  async function* pieces() {
    yield rows;
  }
  const comparison = await compareInStep(packer.pack(true), pieces());
  if (!comparison) throw new Error("they do not go in step");
  return new Errands(comparison, { ...order, ...change });
}

function numbers(of: Errands, onlyUrgent = false, onlyNews = false): number[] {
  return of.next(1000, onlyUrgent, onlyNews).map(({ number }) => number);
}

function settle(of: Errands, number: number): void {
  const errand = of.get({ number, uidl: null, size: null });
  if (!errand) throw new Error(`${number} is not left`);
  of.settle(errand, true);
}

describe("errands of a maildrop in step with its ledger", () => {
  const mixed = [
    row(1),
    row(2, { size: 5000 }),
    row(3, { failures: 1 }),
    row(4, { size: 200 }),
    row(5),
    row(6, { state: "copied" }),
    row(7, { content: null, isWanted: false }),
    row(8, { nextTry: 2000 }),
  ];

  test("are new mail in its order, then old mail newest first, big, and what made trouble", async () => {
    const all = await errands(mixed, 2);
    expect(numbers(all)).toEqual([9, 10, 5, 1, 4, 2, 3]);
    expect(all.size).toBe(7);
    expect(numbers(all, false, true)).toEqual([9, 10]);
  });

  test("tell the row of each", async () => {
    const all = await errands(mixed);
    expect(all.get({ number: 5, uidl: null, size: null })).toEqual({
      kind: "row",
      row: expect.objectContaining({
        id: 45,
        content: 75,
        uidl: "u5",
        size: 10,
        state: "remote",
        failures: 0,
      }),
      listed: { message: { number: 5, uidl: "u5", size: 10 }, uidl: "u5", size: 10, occurrence: 0 },
    });
    for (const number of [6, 7, 8, 11]) expect(all.get({ number, uidl: null, size: null })).toBeUndefined();
  });

  test("what a connection broke at comes last", async () => {
    const all = await errands([row(1), row(2), row(3)], 0, { suspects: new Set(["10 u3"]) });
    expect(numbers(all)).toEqual([2, 1, 3]);
  });

  test("what somebody waits for goes first, also when it was put off, and only once", async () => {
    const all = await errands(mixed);
    expect(all.hurry(78 as ContentId)).toBe(true);
    expect(all.hurry(71 as ContentId)).toBe(true);
    for (const content of [76, 77, 999]) expect(all.hurry(content as ContentId)).toBe(false);
    expect(numbers(all)).toEqual([8, 1, 5, 4, 2, 3]);
    expect(numbers(all, true)).toEqual([8, 1]);
    expect(all.size).toBe(6);
    settle(all, 1);
    expect(all.hurry(71 as ContentId)).toBe(false);
    expect(numbers(all)).toEqual([8, 5, 4, 2, 3]);
  });

  test("what is settled is gone, newest or not, until nothing is left", async () => {
    const all = await errands([row(1), row(2), row(3)], 1);
    settle(all, 2);
    expect(numbers(all)).toEqual([4, 3, 1]);
    settle(all, 4);
    settle(all, 3);
    expect(numbers(all)).toEqual([1]);
    settle(all, 1);
    expect(numbers(all)).toEqual([]);
    expect(all.size).toBe(0);
    expect(all.hasNews).toBe(false);
  });
});
