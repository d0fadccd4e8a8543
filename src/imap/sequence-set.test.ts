import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSequenceSet, printSequenceSet, setOf, settled } from "./sequence-set.ts";

function numbers(text: string, inUse: number): readonly string[] {
  return settled(parseSequenceSet(text) ?? [], inUse).map(({ from, to }) => `${from}:${to}`);
}

describe("sequence sets", () => {
  it.each(["1", "*", "1:*", "2,4:7,9,12:*", "4294967295"])("%s is one", (text) => {
    expect(printSequenceSet(parseSequenceSet(text) ?? [])).toBe(text);
  });

  it.each(["", "0", "01", "1:", ":1", "1,", ",", "a", "1:2:3", "4294967296", "-1", "1 2", "$", "**"])(
    "%j is none",
    (text) => expect(parseSequenceSet(text)).toBeNull(),
  );

  it("are written as they are read", () => {
    const number = fc.oneof(fc.integer({ min: 1, max: 4294967295 }), fc.constant(Number.POSITIVE_INFINITY));
    const range = fc.tuple(number, number).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
    fc.assert(
      fc.property(fc.array(range, { minLength: 1 }), (set) => {
        expect(parseSequenceSet(printSequenceSet(set))).toEqual(set);
      }),
    );
  });

  it.each([
    ["3:1", 9, ["1:3"]],
    ["*", 9, ["9:9"]],
    ["*:4", 9, ["4:9"]],
    ["20:*", 9, ["9:20"]],
    ["5,1:2,2:3,4", 9, ["1:5"]],
    ["1:4294967295", 9, ["1:4294967295"]],
    ["7,3", 9, ["3:3", "7:7"]],
    ["*", 0, ["0:0"]],
  ])("%s of %d are settled", (text, inUse, expected) => expect(numbers(text, inUse)).toEqual(expected));

  it("of ascending numbers hold just these", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 60 })), (list) => {
        const sorted = list.toSorted((a, b) => a - b);
        const spread = setOf(sorted).flatMap(({ from, to }) =>
          Array.from({ length: to - from + 1 }, (_, index) => from + index),
        );
        expect(spread).toEqual(sorted);
      }),
    );
  });
});
