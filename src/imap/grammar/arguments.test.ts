import { describe, expect, it } from "vitest";
import { cursorOver, parse } from "../../../test/imap/lexed.ts";
import { appendHeading } from "./append.ts";
import { SyntaxProblem } from "./cursor.ts";
import { listArguments } from "./list.ts";
import { statusArguments } from "./status.ts";
import { storeArguments } from "./store.ts";

describe("appendHeading", () => {
  it.each([
    [" INBOX ", { mailbox: "INBOX", flags: [], internalDate: null }],
    [" {5}\r\nINBOX (\\Seen a) ", { mailbox: "INBOX", flags: ["\\Seen", "a"], internalDate: null }],
    [
      ' INBOX () "17-Jul-1996 02:44:25 -0700" ',
      { mailbox: "INBOX", flags: [], internalDate: Date.UTC(1996, 6, 17, 9, 44, 25) },
    ],
    [
      ' "a b" " 1-Jan-2000 00:00:00 +1400" ',
      { mailbox: "a b", flags: [], internalDate: Date.UTC(1999, 11, 31, 10) },
    ],
  ])("reads %j", (sent, expected) => expect(appendHeading(cursorOver(sent))).toEqual(expected));

  it.each([
    " INBOX (\\Seen)",
    " INBOX (\\) ",
    ' INBOX "1-Jan-2000 00:00:00 +0000" ',
    ' INBOX "29-Feb-2023 00:00:00 +0000" ',
    ' INBOX "01-Jan-2000 24:00:00 +0000" ',
    ' INBOX "01-Jan-2000 00:00:00 GMT" ',
  ])("refuses %j", (sent) => expect(() => appendHeading(cursorOver(sent))).toThrow(SyntaxProblem));
});

describe("storeArguments", () => {
  const set = [{ from: 1, to: 1 }];
  it.each([
    [
      " 1 FLAGS (a)",
      { set, change: { how: "replace", flags: ["a"] }, isSilent: false, unchangedSince: null },
    ],
    [" 1 +flags.silent a b", { change: { how: "add", flags: ["a", "b"] }, isSilent: true }],
    [" 1 -FLAGS ()", { change: { how: "remove", flags: [] } }],
    [" 1 (UNCHANGEDSINCE 7) FLAGS \\Seen", { change: { flags: ["\\Seen"] }, unchangedSince: 7 }],
    [" 1 +FLAGS (\\Recent)", { change: { how: "add", flags: [] } }],
  ])("reads %j", (sent, expected) => expect(parse(storeArguments, sent)).toMatchObject(expected));

  it.each([
    " 1 FLAGS",
    " 1 FLAG ()",
    " 1 +-FLAGS ()",
    " 1 FLAGS (a%)",
    " 1 FLAGS (\\a\\b)",
    ' 1 FLAGS ("a")',
  ])("refuses %j", (sent) => expect(() => parse(storeArguments, sent)).toThrow(SyntaxProblem));
});

describe("listArguments", () => {
  it.each([
    [' "" *', { reference: "", patterns: ["*"], isExtended: false, status: null }],
    [
      ' (SUBSCRIBED) "" ("a" b%)',
      { patterns: ["a", "b%"], select: new Set(["SUBSCRIBED"]), isExtended: true },
    ],
    [
      ' "" * RETURN (CHILDREN STATUS (MESSAGES UNSEEN) SUBSCRIBED)',
      { give: new Set(["CHILDREN", "SUBSCRIBED"]), status: ["MESSAGES", "UNSEEN"] },
    ],
  ])("reads %j", (sent, expected) => expect(parse(listArguments, sent)).toMatchObject(expected));

  it("takes a hundred patterns and no more", () => {
    expect(() => parse(listArguments, ` "" (${"a ".repeat(99)}a)`)).not.toThrow();
    expect(() => parse(listArguments, ` "" (${"a ".repeat(100)}a)`)).toThrow(SyntaxProblem);
  });
});

describe("statusArguments", () => {
  it("reads each item once", () => {
    expect(parse(statusArguments, " INBOX (messages UNSEEN MESSAGES)")).toEqual({
      mailbox: "INBOX",
      items: ["MESSAGES", "UNSEEN"],
    });
    expect(() => parse(statusArguments, " INBOX MESSAGES")).toThrow(SyntaxProblem);
  });
});
