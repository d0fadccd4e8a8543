import { expect, it } from "vitest";
import { RequestRate } from "./rate.ts";

it("lets through a burst, then so many a second, each key by itself", () => {
  let now = 0;
  const rate = new RequestRate({ burst: 3, perSecond: 2, capacity: 10 }, () => now);
  const takes = (times: number) => Array.from({ length: times }, () => rate.take("one"));
  expect(takes(5)).toEqual([0, 0, 0, 1, 1]);
  expect(rate.take("other")).toBe(0);
  now += 1000;
  expect(takes(3)).toEqual([0, 0, 1]);
  now += 100_000;
  expect(takes(4)).toEqual([0, 0, 0, 1]);
});

it("forgets whoever asked longest ago", () => {
  const rate = new RequestRate({ burst: 1, perSecond: 0.1, capacity: 2 }, () => 0);
  expect(["a", "b", "b", "c", "a"].map((key) => rate.take(key))).toEqual([0, 0, 10, 0, 0]);
});
