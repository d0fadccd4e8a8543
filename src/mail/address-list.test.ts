import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAddressList } from "./address-list.ts";

const anna = [null, null, "anna", "big-company.com"];
const end = [null, null, null, null];

describe("parseAddressList", () => {
  it.each([
    ["anna@big-company.com", [anna]],
    [" <anna@big-company.com> ", [anna]],
    ["Anna B. <anna@big-company.com>", [["Anna B.", null, "anna", "big-company.com"]]],
    ['"B, Anna" <anna@big-company.com>', [["B, Anna", null, "anna", "big-company.com"]]],
    ["anna@big-company.com (Anna (B))", [["Anna (B)", null, "anna", "big-company.com"]]],
    ['"" <anna@big-company.com>', [anna]],
    [
      "a@x.example,\r\n\tb@y.example,,",
      [
        [null, null, "a", "x.example"],
        [null, null, "b", "y.example"],
      ],
    ],
    [
      "=?utf-8?Q?B,_Anna?= <anna@big-company.com>",
      [["=?utf-8?Q?B,_Anna?=", null, "anna", "big-company.com"]],
    ],
    ["anna . b @ big-company . com", [[null, null, "anna.b", "big-company.com"]]],
    ['"anna b"@big-company.com', [[null, null, "anna b", "big-company.com"]]],
    ["anna@[192.0.2.1]", [[null, null, "anna", "[192.0.2.1]"]]],
    [
      "<@a.example,@b.example:anna@big-company.com>",
      [[null, "@a.example,@b.example", "anna", "big-company.com"]],
    ],
    [
      "anna@big-company.com <anna@big-company.com>",
      [["anna@big-company.com", null, "anna", "big-company.com"]],
    ],
    [
      "Team: anna@big-company.com, b@x.example;",
      [[null, null, "Team", null], anna, [null, null, "b", "x.example"], end],
    ],
    ["undisclosed-recipients:;", [[null, null, "undisclosed-recipients", null], end]],
    ["A: ;, anna@big-company.com", [[null, null, "A", null], end, anna]],
    ["Open: anna@big-company.com", [[null, null, "Open", null], anna, end]],
    ["anna", [[null, null, "anna", "MISSING_DOMAIN"]]],
    ["Anna B", [["Anna B", null, "MISSING_MAILBOX", "MISSING_DOMAIN"]]],
    ["Anna <>", [["Anna", null, "MISSING_MAILBOX", "MISSING_DOMAIN"]]],
    ["<anna@big-company.com", [anna]],
    ["", []],
    ["(nobody)", []],
    [" , ,; ", []],
  ])("%s", (value, expected) => {
    expect(parseAddressList(value)).toEqual(expected);
  });

  it("gives well-formed lists for any text", () => {
    const unit = fc.constantFrom(
      "a",
      "b",
      "@",
      "<",
      ">",
      ",",
      ";",
      ":",
      '"',
      "(",
      ")",
      "[",
      "]",
      "\\",
      " ",
      ".",
      "\r\n ",
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        let inGroup = false;
        for (const [, , mailbox, host] of parseAddressList(text)) {
          // A null host begins a group, or ends it if the mailbox is null too.
          if (host === null) {
            expect(mailbox === null).toBe(inGroup);
            inGroup = !inGroup;
          } else expect(mailbox).not.toBeNull();
        }
        expect(inGroup).toBe(false);
      }),
    );
  });

  it("takes time linear to the text, and bounds the list", () => {
    for (const piece of ["a@b,", "a ", "<@a:", "(", '"', "@ : ", "a:", "=?a?Q?", "[", "a;"]) {
      const list = parseAddressList(piece.repeat(400_000 / piece.length));
      expect(list.length).toBeLessThanOrEqual(10_001);
    }
  });
});
