import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeWords, encodeWords } from "./encoded-word.ts";

describe("decodeWords", () => {
  it.each([
    ["plain", "plain"],
    ["=?utf-8?Q?na=C3=AFve_text?=", "naïve text"],
    ["=?UTF-8?B?bmHDr3Zl?=", "naïve"],
    ["=?iso-8859-1*fr?q?na=EFve?= text", "naïve text"],
    ["=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"],
    ["=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"],
    ["(=?utf-8?Q?a?=)", "(a)"],
    // One character's octets in two words.
    ["=?utf-8?Q?na=C3?= =?utf-8?Q?=AFve?=", "naïve"],
    ["=?gb2312?B?xOO6ww==?=", "你好"],
    ["=?no-such-charset?Q?a?=", "=?no-such-charset?Q?a?="],
    ["=?utf-8?X?a?=", "=?utf-8?X?a?="],
    ["=?utf-8?Q?unclosed", "=?utf-8?Q?unclosed"],
    ["na\u00c3\u00afve", "naïve"],
    ["na\u00efve", "naïve"],
  ])("%s", (text, expected) => {
    expect(decodeWords(text)).toBe(expected);
  });

  it("gives text for any octets, and bounds it", () => {
    const unit = fc.constantFrom("=?", "?=", "utf-8", "?Q?", "?B?", "=C3", " ", "a", "\u00e9");
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), (text) => typeof decodeWords(text) === "string"),
    );
    expect(decodeWords("a".repeat(1_000_000)).length).toBeLessThan(100_000);
  });
});

describe("encodeWords", () => {
  it("is undone by decodeWords, in words of at most 75 characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
        const encoded = encodeWords(text);
        expect(encoded).toMatch(/^[\x20-\x7e]*$/);
        expect(decodeWords(encoded)).toBe(text);
        if (encoded !== text)
          for (const word of encoded.split(" ")) expect(word.length).toBeLessThanOrEqual(75);
      }),
    );
  });

  it("leaves readable text alone", () => {
    expect(encodeWords("Welcome to big-company.com!")).toBe("Welcome to big-company.com!");
    expect(encodeWords("=?not a word")).not.toContain("=?not");
  });
});
