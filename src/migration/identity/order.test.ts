import fc from "fast-check";
import { expect, test } from "vitest";
import { outOfOrder } from "./order.ts";

test("finds what stands in the wrong place", () => {
  expect(outOfOrder([])).toEqual([]);
  expect(outOfOrder([1, 2, 3])).toEqual([]);
  expect(outOfOrder([2, 3, 4, 1])).toEqual([3]);
  expect(outOfOrder([9, 1, 2, 3])).toEqual([0]);
});

test("what is left ascends, and nobody could leave more", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 9 }), (numbers) => {
      const out = new Set(outOfOrder(numbers));
      const left = numbers.filter((_, index) => !out.has(index));
      expect(left).toEqual([...left].sort((a, b) => a - b));
      let best = 0;
      for (let chosen = 0; chosen < 2 ** numbers.length; chosen++) {
        const some = numbers.filter((_, index) => (chosen >> index) & 1);
        if (some.every((n, i) => i === 0 || n > (some[i - 1] ?? 0))) best = Math.max(best, some.length);
      }
      expect(left.length).toBe(best);
    }),
  );
});
