import { describe, expect, it } from "vitest";
import { pairKey, RememberedPairs } from "./remembered-pairs.ts";

describe("pairKey", () => {
  it("tells lists of parts apart, and one process's keys from another's", () => {
    const key = pairKey(Buffer.from("one"));
    expect(key("ab", "c")).toBe(key("ab", Buffer.from("c")));
    const others = [key("a", "bc"), key("abc"), key("ab", "c", ""), pairKey(Buffer.from("two"))("ab", "c")];
    expect(new Set([...others, key("ab", "c")]).size).toBe(5);
  });
});

describe("RememberedPairs", () => {
  const at = { now: 0 };
  it("forgets after its time", () => {
    const pairs = new RememberedPairs({ milliseconds: 100, capacity: 10, renews: false }, () => at.now);
    pairs.note("a");
    at.now += 99;
    expect(pairs.has("a")).toBe(true);
    at.now += 1;
    expect(pairs.has("a")).toBe(false);
    expect(pairs.size).toBe(0);
  });

  it("goes on remembering what is met again, where that is wanted", () => {
    const pairs = new RememberedPairs({ milliseconds: 100, capacity: 10, renews: true }, () => at.now);
    pairs.note("a");
    for (let count = 0; count < 10; count++) {
      at.now += 60;
      expect(pairs.has("a")).toBe(true);
    }
  });

  it("keeps no more than it may", () => {
    const pairs = new RememberedPairs({ milliseconds: 100, capacity: 3, renews: false }, () => at.now);
    for (const key of ["a", "b", "c", "a", "d"]) pairs.note(key);
    expect([pairs.size, pairs.has("a"), pairs.has("b")]).toEqual([3, true, false]);
  });
});
