import { describe, expect, it } from "vitest";
import { parse } from "../../../test/imap/lexed.ts";
import { SyntaxProblem } from "./cursor.ts";
import { searchArguments } from "./search.ts";

function key(sent: string): unknown {
  return parse(searchArguments, ` ${sent}`).key;
}

const all = { is: "all" };

describe("searchArguments", () => {
  it.each([
    ["ALL", all],
    ["all ALL", { is: "and", keys: [all, all] }],
    ["(ALL)", all],
    ["NOT ALL", { is: "not", key: all }],
    ["OR ALL (ALL ALL)", { is: "or", keys: [all, { is: "and", keys: [all, all] }] }],
    ["UNSEEN", { is: "flag", flag: "\\Seen", has: false }],
    ["KEYWORD $x", { is: "flag", flag: "$x", has: true }],
    ["FROM Anna", { is: "envelope", field: "from", text: "Anna" }],
    ['HEADER X-A "b c"', { is: "header", name: "X-A", text: "b c" }],
    ["TEXT {2}\r\nab", { is: "text", text: "ab" }],
    ["LARGER 4294967295", { is: "size", how: "larger", than: 4294967295 }],
    ["SENTSINCE 1-Jan-1970", { is: "day", of: "sent", how: "since", day: 0 }],
    ['on "2-jan-1970"', { is: "day", of: "internal", how: "on", day: 1 }],
    ["BEFORE 31-Dec-1969", { is: "day", of: "internal", how: "before", day: -1 }],
    ["UID 1:3", { is: "set", by: "uids", set: [{ from: 1, to: 3 }] }],
    [
      "2,4",
      {
        is: "set",
        by: "numbers",
        set: [
          { from: 2, to: 2 },
          { from: 4, to: 4 },
        ],
      },
    ],
    ["MODSEQ 5", { is: "modseq", from: 5 }],
    ['MODSEQ "/flags/\\\\seen" all 5', { is: "modseq", from: 5 }],
    ["SUBJECT Gr\xc3\xbc\xc3\x9fe", { is: "envelope", field: "subject", text: "Grüße" }],
    ["CHARSET ISO-8859-1 BODY {2}\r\n\xfc\xdf", { is: "body", text: "üß" }],
    ["CHARSET utf-8 BODY {4}\r\n\xc3\xbc\xc3\x9f", { is: "body", text: "üß" }],
  ])("reads %j", (sent, expected) => expect(key(sent)).toEqual(expected));

  it("knows what is to be returned, and in which charset it cannot read", () => {
    expect(parse(searchArguments, " ALL").returns).toBeNull();
    expect(parse(searchArguments, " RETURN () ALL").returns).toEqual(new Set(["ALL"]));
    expect(parse(searchArguments, " RETURN (MIN count) CHARSET UTF-8 ALL")).toMatchObject({
      returns: new Set(["MIN", "COUNT"]),
      isReadable: true,
    });
    expect(parse(searchArguments, " CHARSET KLINGON ALL").isReadable).toBe(false);
  });

  it("takes programs that nest deeply, but not without end", () => {
    expect(() => key(`${"NOT ".repeat(400)}ALL`)).not.toThrow();
    expect(() => key(`${"OR ALL ".repeat(400)}ALL`)).not.toThrow();
    expect(() => key(`${"NOT ".repeat(5000)}ALL`)).toThrow(SyntaxProblem);
    expect(() => key("ALL ".repeat(6000).trim())).toThrow(SyntaxProblem);
  });

  it.each([
    "",
    "NOT",
    "OR ALL",
    "()",
    "BOGUS",
    "FROM",
    "FROM (a)",
    "LARGER x",
    "ON 32-Jan-2024",
    "ON 2024-01-01",
    "ALL  ALL",
    "UID",
    "KEYWORD \\Seen",
    "RETURN ALL",
    "RETURN (SAVE) ALL",
    "MODSEQ",
    "CHARSET",
  ])("refuses %j", (sent) => expect(() => key(sent)).toThrow(SyntaxProblem));
});
