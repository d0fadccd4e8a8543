import { describe, expect, it } from "vitest";
import { factsOf } from "#mail/facts";
import type { Section, SectionText } from "../grammar/section.ts";
import { rangeOf, selectFields } from "./section.ts";

const message = [
  "Subject: outer",
  "Content-Type: multipart/mixed; boundary=x",
  "",
  "--x",
  "X-P: 1",
  "",
  "first",
  "--x",
  "Content-Type: message/rfc822",
  "",
  "Subject: inner",
  "",
  "inside",
  "--x--",
  "",
].join("\r\n");
const { structure } = factsOf(Buffer.from(message));

function section(path: readonly number[], text: SectionText | null, ...fields: string[]): Section {
  return { path, text, fields };
}

describe("rangeOf", () => {
  it.each([
    ["", section([], null), message],
    ["HEADER", section([], "HEADER"), message.slice(0, message.indexOf("--x"))],
    ["TEXT", section([], "TEXT"), message.slice(message.indexOf("--x"))],
    ["1", section([1], null), "first"],
    ["1.MIME", section([1], "MIME"), "X-P: 1\r\n\r\n"],
    ["2", section([2], null), "Subject: inner\r\n\r\ninside"],
    ["2.HEADER", section([2], "HEADER"), "Subject: inner\r\n\r\n"],
    ["2.TEXT", section([2], "TEXT"), "inside"],
    ["2.1", section([2, 1], null), "inside"],
    ["2.1.MIME", section([2, 1], "MIME"), "Subject: inner\r\n\r\n"],
  ])("finds %s", (_, wanted, expected) => {
    const range = rangeOf(structure, wanted);
    expect(range && message.slice(range.start, range.end)).toBe(expected);
  });

  it.each([
    ["3", section([3], null)],
    ["1.HEADER, which is no message", section([1], "HEADER")],
    ["1.1", section([1, 1], null)],
    ["2.2", section([2, 2], null)],
  ])("finds no %s", (_, wanted) => expect(rangeOf(structure, wanted)).toBeNull());
});

describe("selectFields", () => {
  const header = "A: 1\r\nno field\r\nB: 2\r\n folded\r\na: 3\r\nC: 4\r\n\r\n";
  const select = (text: SectionText, ...fields: string[]): string =>
    Buffer.from(selectFields(Buffer.from(header), section([], text, ...fields))).toString();

  it("keeps what is named, octet for octet, in the order of the header", () => {
    expect(select("HEADER.FIELDS", "b", "A")).toBe("A: 1\r\nB: 2\r\n folded\r\na: 3\r\n\r\n");
    expect(select("HEADER.FIELDS", "x")).toBe("\r\n");
  });

  it("keeps all else", () => {
    expect(select("HEADER.FIELDS.NOT", "b", "c")).toBe("A: 1\r\nno field\r\na: 3\r\n\r\n");
  });

  it("ends every line", () => {
    const selected = selectFields(Buffer.from("A: 1"), section([], "HEADER.FIELDS", "A"));
    expect(Buffer.from(selected).toString()).toBe("A: 1\r\n\r\n");
  });
});
