import { describe, expect, it } from "vitest";
import { parse } from "../../../test/imap/lexed.ts";
import { SyntaxProblem } from "./cursor.ts";
import { type FetchItem, fetchArguments } from "./fetch.ts";

function items(sent: string): readonly FetchItem[] {
  return parse(fetchArguments, ` 1 ${sent}`).items;
}

const whole = { path: [], text: null, fields: [] };

describe("fetchArguments", () => {
  it.each([
    ["FAST", ["FLAGS", "INTERNALDATE", "RFC822.SIZE"]],
    ["all", ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"]],
    ["Full", ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"]],
    ["(uid Flags)", ["UID", "FLAGS"]],
    ["BODYSTRUCTURE", ["BODYSTRUCTURE"]],
  ])("reads %s", (sent, names) => expect(items(sent)).toEqual(names.map((is) => ({ is }))));

  it.each([
    ["BODY[]", { label: "BODY[]", section: whole, partial: null, peeks: false }],
    ["body.peek[]<5.10>", { label: "BODY[]", section: whole, partial: { start: 5, count: 10 }, peeks: true }],
    ["BODY[text]", { label: "BODY[TEXT]", section: { ...whole, text: "TEXT" } }],
    ["BODY[1.2.mime]", { label: "BODY[1.2.MIME]", section: { path: [1, 2], text: "MIME", fields: [] } }],
    ["BODY[3]", { label: "BODY[3]", section: { path: [3], text: null, fields: [] } }],
    [
      'BODY.PEEK[2.HEADER.FIELDS (Subject "X-Odd)" {3}\r\nTo:)]<0.99>',
      {
        label: 'BODY[2.HEADER.FIELDS (Subject "X-Odd)" To:)]',
        section: { path: [2], text: "HEADER.FIELDS", fields: ["Subject", "X-Odd)", "To:"] },
        partial: { start: 0, count: 99 },
        peeks: true,
      },
    ],
    ["RFC822.TEXT", { label: "RFC822.TEXT", section: { ...whole, text: "TEXT" }, peeks: false }],
    ["rfc822.header", { label: "RFC822.HEADER", section: { ...whole, text: "HEADER" }, peeks: true }],
  ])("reads %s", (sent, expected) => expect(items(sent)).toMatchObject([{ is: "section", ...expected }]));

  it("reads what only changed messages are wanted for", () => {
    expect(parse(fetchArguments, " 1:* (FLAGS) (CHANGEDSINCE 12345)")).toMatchObject({
      set: [{ from: 1, to: Number.POSITIVE_INFINITY }],
      changedSince: 12345,
    });
  });

  it.each([
    "",
    " 1",
    " FLAGS",
    " 1 ()",
    " 1 FLAGS UID",
    " 1 BODY[",
    " 1 BODY]",
    " 1 BODY[]x",
    " 1 BODY[1..2]",
    " 1 BODY[.1]",
    " 1 BODY[TEXT.1]",
    " 1 BODY[1TEXT]",
    " 1 BODY[1.HEADER.FIELDS]",
    " 1 BODY[HEADER (Subject)]",
    " 1 BODY[HEADER.FIELDS (Subject)]]",
    " 1 BODY[]<1>",
    " 1 BODY[]<1.0>",
    " 1 BODY[]<-1.5>",
    " 1 BODY.PEEK",
    " 1 BODYSTRUCTURE[1]",
    " 1 FLAGS (CHANGEDSINCE)",
    " 1 FLAGS (CHANGEDSINCE 1 VANISHED)",
    ` 1 BODY[${"1.".repeat(100)}1]`,
    ` 1 BODY[HEADER.FIELDS (${"a ".repeat(600)}a)]`,
    " 1 BODY[HEADER.FIELDS (Subject) ]",
  ])("refuses%s", (sent) => expect(() => parse(fetchArguments, sent)).toThrow(SyntaxProblem));
});
