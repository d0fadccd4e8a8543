import { describe, expect, it } from "vitest";
import { folderName } from "./folder-name.ts";

describe("folderName", () => {
  it.each([
    ["Sent", "Sent"],
    ["inbox", "INBOX"],
    ["InBox/Bills", "INBOX/Bills"],
    ["Bills/inbox", "Bills/inbox"],
    ["Entwu\u0308rfe", "Entw\u00fcrfe"],
    ["a b.c\\d", "a b.c\\d"],
  ])("spells %j as %j", (name, spelled) => expect(folderName(name)).toBe(spelled));

  it.each([
    "",
    "/",
    "/a",
    "a/",
    "a//b",
    "a\0b",
    "a\nb",
    "\u0085",
    "\ud800",
    "a".repeat(1001),
    Array(33).fill("a").join("/"),
  ])("takes no %j", (name) => expect(folderName(name)).toBeNull());

  it("takes the longest and the deepest", () => {
    expect(folderName("a".repeat(1000))).not.toBeNull();
    expect(folderName(Array(32).fill("a").join("/"))).not.toBeNull();
  });
});
