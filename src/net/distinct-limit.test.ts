import { expect, test } from "vitest";
import { DistinctLimit } from "./distinct-limit.ts";

const limit = (clock: () => number, capacity = 10) =>
  new DistinctLimit({ most: 2, windowMilliseconds: 1000, capacity }, clock);

test("different values are limited, the same one is not", () => {
  let now = 0;
  const it = limit(() => now);
  expect(["a", "b", "a", "c", "b"].map((value) => it.admits("peer", value))).toEqual([
    ...[true, true, true, false, true],
  ]);
  expect(it.admits("another peer", "c")).toBe(true);
  now = 1001;
  expect(it.admits("peer", "c")).toBe(true);
});

test("the key used longest ago is forgotten first", () => {
  const it = limit(() => 0, 2);
  for (const value of ["a", "b"]) it.admits("one", value);
  it.admits("two", "a");
  it.admits("one", "a");
  it.admits("three", "a");
  expect(it.admits("one", "c")).toBe(false);
  expect(["b", "c"].map((value) => it.admits("two", value))).toEqual([true, true]);
});
