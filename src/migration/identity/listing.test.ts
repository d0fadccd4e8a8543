import { describe, expect, test } from "vitest";
import { firstListing, identify, isUsableUidl } from "./listing.ts";

function listed(uidl: string | null, size: number | null = 100, number = 1) {
  return { number, uidl, size };
}

function generator() {
  let made = 0;
  return () => `mf${++made}`;
}

describe("the first listing", () => {
  test("keeps unique-ids byte for byte, in the old order", () => {
    const odd = `${"x".repeat(199)}\xff`;
    const entries = firstListing([listed("b"), listed(odd), listed("a")], generator());
    expect(entries.map(({ entryUidl }) => entryUidl)).toEqual(["b", odd, "a"]);
    expect(entries.map(({ uidl }) => uidl)).toEqual(["b", odd, "a"]);
  });

  test("gives one of ours where there is none, or none that a client could read", () => {
    const entries = firstListing(
      [listed(null), listed(""), listed("with blank"), listed("with another"), listed("x".repeat(256))],
      generator(),
    );
    expect(entries.map(({ entryUidl }) => entryUidl)).toEqual(["mf1", "mf2", "mf3", "mf4", "mf5"]);
    expect(entries.map(({ occurrence }) => occurrence)).toEqual([0, 1, 0, 0, 0]);
  });

  test("keeps one with a blank where its beginning is its own", () => {
    const uidls = ["with blank", "with blank", "other", "other one", "x y", " z", "z "];
    const entries = firstListing(
      uidls.map((uidl) => listed(uidl)),
      generator(),
    );
    expect(entries.map(({ entryUidl }) => entryUidl)).toEqual([
      ...["with blank", "with blank", "other", "mf1", "x y", "mf2", "mf3"],
    ]);
  });

  test("several with one unique-id all keep it, each an identity of its own", () => {
    const entries = firstListing([listed("u"), listed("u", 120), listed("v"), listed("u")], generator());
    expect(entries.map(({ entryUidl }) => entryUidl)).toEqual(["u", "u", "v", "u"]);
    expect(entries.map(({ uidl, size, occurrence }) => [uidl, size, occurrence])).toEqual([
      ["u", 100, 0],
      ["u", 120, 1],
      ["v", 100, 0],
      ["u", 100, 2],
    ]);
  });
});

test("unique-ids too long to keep stay apart and stay bounded", () => {
  const long = "y".repeat(5000);
  const [one, two] = identify([listed(`${long}1`), listed(`${long}2`)]);
  expect(one?.uidl).not.toBe(two?.uidl);
  expect(one?.uidl.length).toBeLessThanOrEqual(255);
  expect(identify([listed(`${long}1`)])[0]?.uidl).toBe(one?.uidl);
});

test("sizes that are none count as nothing", () => {
  expect(identify([listed("a", null), listed("b", -5)]).map(({ size }) => size)).toEqual([0, 0]);
});

test("what a line of POP3 can carry", () => {
  expect(["a", "A.b_C-1", "\xe9", "!~", "a b"].every(isUsableUidl)).toBe(true);
  expect(["", " a", "a ", "a\r", "a\nb", "a\0"].some(isUsableUidl)).toBe(false);
});
