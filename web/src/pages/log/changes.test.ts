import { describe, expect, it } from "vitest";
import { changesIn, shownValue } from "./changes.ts";

describe("what a record tells", () => {
  it("is of a change what differs", () => {
    const details = {
      before: { quota: null, name: "a" },
      after: { quota: 5, name: "a" },
      asked: { quota: 5 },
    };
    expect(changesIn(details)).toEqual([{ name: "quota", before: null, after: 5 }]);
  });

  it("is of what was made or removed all of it", () => {
    expect(changesIn({ before: null, after: { name: "a" } })).toEqual([
      { name: "name", before: undefined, after: "a" },
    ]);
    expect(changesIn({ before: { name: "a" } })).toEqual([{ name: "name", before: "a", after: undefined }]);
  });

  it("is else everything that was noted, and short", () => {
    expect(changesIn({ messages: 3, asked: { a: 1 } })).toEqual([
      { name: "messages", before: undefined, after: 3 },
      { name: "asked", before: undefined, after: { a: 1 } },
    ]);
    expect(shownValue("x".repeat(1000))).toHaveLength(300);
    expect(shownValue({ a: [1] })).toBe('{"a":[1]}');
  });
});
