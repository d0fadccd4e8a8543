import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { identify } from "../identity/listing.ts";
import type { ListedMessage } from "./old-server.ts";
import { ListingPacker, type PackedListing } from "./packed-listing.ts";

type Sizes = readonly (readonly [number, number | null])[];
type Uidls = readonly (readonly [number, string | null])[];

function packed(sizes: Sizes, uidls: Uidls | null): PackedListing {
  const packer = new ListingPacker();
  for (const [number, size] of sizes) packer.addSize(number, size);
  for (const [number, uidl] of uidls ?? []) packer.addUidl(number, uidl);
  return packer.pack(uidls !== null);
}

/** The same with objects. */
function paired(sizes: Sizes, uidls: Uidls | null): ListedMessage[] {
  const uidlOf = new Map(uidls ?? []);
  return sizes
    .filter(([number]) => uidls === null || uidlOf.has(number))
    .map(([number, size]) => ({ number, size, uidl: uidlOf.get(number) ?? null }));
}

/** As many messages as need several pieces of memory. */
const many = 20_000;
const uidlOf = (n: number): string => `${n}-${"x".repeat(n % 200)}\xff`;

describe("a packed listing", () => {
  test("is what LIST and UIDL say, whatever they say", () => {
    const number = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(9_999_999_999));
    const size = fc.option(fc.oneof(fc.nat(5000), fc.constant(999_999_999_999_999)));
    const uidl = fc.option(fc.oneof(fc.constantFrom("a", "b", "\xe9 x"), fc.string({ minLength: 1 })));
    const latin1 = uidl.map((text) => text && Buffer.from(text).toString("latin1"));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(number, size)),
        fc.option(fc.array(fc.tuple(number, latin1))),
        (sizes, uidls) => {
          const listing = packed(sizes, uidls);
          const objects = paired(sizes, uidls);
          expect([...listing]).toEqual(objects);
          expect(listing.length).toBe(objects.length);
          expect(identify(listing)).toEqual(identify(objects));
        },
      ),
    );
  });

  test("of very many messages is whole, and is asked for single ones", () => {
    const numbers = Array.from({ length: many }, (_, index) => index + 1);
    const listing = packed(
      numbers.map((n) => [n, n * 10]),
      numbers.map((n) => [n, uidlOf(n)]),
    );
    expect([...listing].map(({ uidl }) => uidl)).toEqual(numbers.map(uidlOf));
    expect(listing.at(many - 1)).toEqual({ number: many, size: many * 10, uidl: uidlOf(many) });
    expect(listing.isOrderly).toBe(true);
    for (const place of [0, 776, many - 1]) {
      expect(listing.placeOfUidl(uidlOf(place + 1))).toBe(place);
      expect(listing.placeOfNumber(place + 1)).toBe(place);
    }
    expect(listing.placeOfUidl("another")).toBe(-1);
    expect(listing.placeOfNumber(many + 1)).toBe(-1);
  });

  test("finds numbers that are not one behind the other", () => {
    const numbers = [3, 5, 9_999_999_999];
    const listing = packed(
      numbers.map((n) => [n, null]),
      numbers.map((n) => [n, `u${n}`]),
    );
    expect(numbers.map((number) => listing.placeOfNumber(number))).toEqual([0, 1, 2]);
    for (const number of [1, 4, 6, 99_999_999_999]) expect(listing.placeOfNumber(number)).toBe(-1);
  });

  test("is not orderly where a unique-id is missing or repeated, or the numbers do not ascend", () => {
    const sizes = [1, 2, 3].map((n) => [n, 5] as const);
    const named = (...uidls: readonly (string | null)[]): Uidls =>
      uidls.map((uidl, index) => [index + 1, uidl]);
    expect(packed(sizes, named("a", "b", "c")).isOrderly).toBe(true);
    expect(packed(sizes, named("a", null, "c")).isOrderly).toBe(false);
    expect(packed(sizes, named("a", "b", "a")).isOrderly).toBe(false);
    expect(packed(sizes, null).isOrderly).toBe(false);
    expect(packed(sizes.toReversed(), named("a", "b", "c")).isOrderly).toBe(false);
  });
});
