import { describe, expect, it } from "vitest";
import { changedFlags, normalFlags } from "./flags.ts";

describe("normalFlags", () => {
  it("spells system flags as usual and keeps keywords as they came first", () => {
    expect(normalFlags(["\\SEEN", "$junk", "$Junk", "\\seen", "\\XYZ", "Label1"])).toEqual([
      "\\Seen",
      "$junk",
      "\\XYZ",
      "Label1",
    ]);
  });

  it.each(["", "a b", "\\", "\\\\a", "a]", "a(", "\\Recent", "\\RECENT", "a\r\n", "ä", "%", "a".repeat(251)])(
    "takes no %j",
    (flag) => expect(normalFlags(["\\Seen", flag])).toBeNull(),
  );

  it("takes a hundred and no more", () => {
    const flags = Array.from({ length: 101 }, (_, index) => `k${index}`);
    expect(normalFlags(flags.slice(1))).toHaveLength(100);
    expect(normalFlags(flags)).toBeNull();
  });
});

describe("changedFlags", () => {
  it.each([
    ["add", ["\\Flagged", "\\seen"], ["\\Seen", "$Junk", "\\Flagged"]],
    ["add", ["\\SEEN", "$junk"], null],
    ["remove", ["$JUNK", "$Other"], ["\\Seen"]],
    ["remove", ["\\Flagged"], null],
    ["replace", ["$Junk", "\\Seen"], null],
    ["replace", ["$Junk"], ["$Junk"]],
    ["replace", ["$Junk", "\\Draft"], ["$Junk", "\\Draft"]],
    ["replace", [], []],
  ] as const)("can %s %j", (how, flags, after) => {
    expect(changedFlags(["\\Seen", "$Junk"], { how, flags })).toEqual(after);
  });
});
