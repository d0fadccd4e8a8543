import { describe, expect, it } from "vitest";
import type { ImapList } from "./body-structure.ts";
import { imapList, imapString } from "./imap-text.ts";

describe("imapString", () => {
  it.each([
    ["plain", '"plain"'],
    ['a "b" \\c', '"a \\"b\\" \\\\c"'],
    ["a\r\nb", "{4}\r\na\r\nb"],
    ["\xfc", "{1}\r\n\xfc"],
    ["", '""'],
  ])("prints the string %j", (value, printed) => expect(imapString(value)).toBe(printed));
});

describe("imapList", () => {
  it("prints lists as ENVELOPE and BODYSTRUCTURE want them", () => {
    const address = ["Anna", null, "anna", "big-company.com"];
    expect(imapList(["x", [address, address], [address], null])).toBe(
      '("x" (("Anna" NIL "anna" "big-company.com")("Anna" NIL "anna" "big-company.com")) (("Anna" NIL "anna" "big-company.com")) NIL)',
    );
    const part: ImapList = ["text", "plain", ["charset", "us-ascii"], null, null, "7bit", 3, 1];
    expect(imapList([part, part, "mixed"])).toBe(
      '(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 1)("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 1) "mixed")',
    );
  });
});
