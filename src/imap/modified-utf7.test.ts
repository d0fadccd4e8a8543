import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeName, encodeName } from "./modified-utf7.ts";

describe("modified UTF-7", () => {
  it.each([
    ["INBOX", "INBOX"],
    ["~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"],
    ["Entwürfe", "Entw&APw-rfe"],
    ["A&B", "A&-B"],
    ["&", "&-"],
    ["Gesendete Objekte (😀)", "Gesendete Objekte (&2D3eAA-)"],
  ])("writes %j as %j and reads it", (name, wire) => {
    expect(encodeName(name)).toBe(wire);
    expect(decodeName(wire)).toBe(name);
  });

  it("gives back every name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        expect(decodeName(encodeName(name))).toBe(name);
        expect(encodeName(name)).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });

  it.each([
    ["an ampersand alone", "A&B"],
    ["what is not closed", "&ZeVnLIqe"],
    ["ASCII that is encoded", "&AGE-"],
    ["two runs where one would do", "&ZeU-&ZyyKng-"],
    ["padding bits", "&ZeV-"],
    ["half a character", "&ZeVnLIo-"],
    ["octets beyond ASCII", "Entw\xfcrfe"],
    ["a control character", "a\tb"],
  ])("takes no %s: a name has one form only", (_, wire) => {
    expect(decodeName(wire)).toBeNull();
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("&", "-", "A", ",", "+", "é", "z") }), (wire) => {
        const name = decodeName(wire);
        if (name !== null) expect(encodeName(name)).toBe(wire);
      }),
    );
  });
});
