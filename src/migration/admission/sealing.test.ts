import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { longestPassword, openPassword, sealPassword } from "./sealing.ts";

const key = randomBytes(32);
const anna = "anna@big-company.com";

describe("sealed passwords", () => {
  test("any octets come out as they went in", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (password) => {
        expect(openPassword(key, anna, sealPassword(key, anna, password))).toEqual(password);
      }),
    );
    const long = new Uint8Array(longestPassword).fill(7);
    expect(openPassword(key, anna, sealPassword(key, anna, long))).toEqual(long);
  });

  test("do not open under another key, for another address, or changed", () => {
    const sealed = sealPassword(key, anna, Buffer.from("correct horse"));
    expect(openPassword(randomBytes(32), anna, sealed)).toBeNull();
    expect(openPassword(key, "bob@big-company.com", sealed)).toBeNull();
    for (const at of [0, 1, 13, 29, sealed.length - 1]) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(openPassword(key, anna, changed)).toBeNull();
    }
    expect(openPassword(key, anna, sealed.subarray(0, 20))).toBeNull();
    expect(openPassword(key, anna, new Uint8Array(0))).toBeNull();
  });

  test("tell neither the password nor its length, nor that two are the same", () => {
    const one = sealPassword(key, anna, Buffer.from("a"));
    const two = sealPassword(key, anna, Buffer.from("a much longer password"));
    expect(one.length).toBe(two.length);
    expect(Buffer.from(one).includes("a much")).toBe(false);
    expect(sealPassword(key, anna, Buffer.from("a"))).not.toEqual(one);
  });
});
