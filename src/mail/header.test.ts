import { describe, expect, it } from "vitest";
import { factsOf } from "./facts.ts";
import {
  allFields,
  collapseBlanks,
  firstField,
  headerFields,
  headerSize,
  unfold,
  unfoldToBlanks,
} from "./header.ts";

function octets(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

describe("headerFields", () => {
  it("gives name, value and place of each field", () => {
    const block = octets("Subject: one\r\n two\r\nX-A:b\r\n\r\nNot: this\r\n");
    expect([...headerFields(block)]).toEqual([
      { name: "Subject", value: " one\r\n two", start: 0, end: 20 },
      { name: "X-A", value: "b", start: 20, end: 27 },
    ]);
  });

  it.each([
    ["LF alone", "A: 1\nB: 2\n\nC: 3\n"],
    ["no empty line", "A: 1\r\nB: 2\r\n"],
    ["no line end", "A: 1\r\nB: 2"],
    ["a continuation first", " what\r\nA: 1\r\nB: 2\r\n\r\n"],
    ["an mbox line", "From anna Tue Mar 4 10:11:12 2025\r\nA: 1\r\nB: 2\r\n\r\n"],
    ["junk between, with a continuation", "A: 1\r\njunk\r\n more\r\nB: 2\r\n\r\n"],
    ["a line without a name", "A: 1\r\n: x\r\nB: 2\r\n\r\n"],
    ["blanks before the colon", "A : 1\r\nB\t: 2\r\n\r\n"],
  ])("reads a block with %s", (_name, text) => {
    const fields = [...headerFields(octets(text))].map(({ name, value }) => [name, unfold(value)]);
    expect(fields).toEqual([
      ["A", "1"],
      ["B", "2"],
    ]);
  });

  it("takes a line of blanks for a continuation, not for the end", () => {
    expect(allFields(octets("A: 1\r\n \r\nB: 2\r\n\r\n"), "b")).toEqual(["2"]);
  });

  it("reads nothing in nothing", () => {
    for (const text of ["", "\r\n", "\n", "\r\nA: 1\r\n", "junk"])
      expect([...headerFields(octets(text))]).toEqual([]);
  });

  it("takes time linear to the block", () => {
    // Quadratic reading would take minutes.
    for (const line of ["x\n", " \n", "a:\n", "x\n ", ":", "\r"]) {
      const block = octets(line.repeat(1_000_000 / line.length));
      expect([...headerFields(block)].length).toBeLessThanOrEqual(500_000);
    }
  });
});

describe("finding fields", () => {
  const block = octets("Received: 1\r\nSubject: x\r\nreceived: 2\r\n\r\n");

  it("looks without case", () => {
    expect(firstField(block, "RECEIVED")).toBe("1");
    expect(allFields(block, "Received")).toEqual(["1", "2"]);
    expect(firstField(block, "Date")).toBeNull();
    expect(allFields(block, "Date")).toEqual([]);
  });

  it("sees views that do not begin their buffer", () => {
    const whole = octets("junk junk\r\nSubject: inside\r\n\r\n");
    expect(firstField(whole.subarray(11), "Subject")).toBe("inside");
  });
});

describe("unfolding", () => {
  it("removes line ends and nothing else", () => {
    expect(unfold(" a\r\n\t b \t")).toBe("a\t b");
    expect(unfold("caf\u00c3\u00a9\u00a0")).toBe("caf\u00c3\u00a9\u00a0");
  });

  it("makes one blank of a fold, or of every run of blanks", () => {
    expect(unfoldToBlanks(" a  b\r\n\t  c\0d ")).toBe("a  b cd ");
    expect(collapseBlanks(" a  b\r\n\t  c\0d ")).toBe("a b cd");
  });
});

describe("headerSize", () => {
  it.each([
    ["A: 1\r\n\r\nbody", 8],
    ["A: 1\n\nbody\n\n", 6],
    ["\r\nbody", 2],
    ["A: 1\r\n \r\n\r\n", 11],
    ["A: 1\r\nB", 7],
    ["A: 1\r\n\rx\n\nbody", 10],
    ["", 0],
  ])("of %j is %d, as facts say", (message, size) => {
    expect(headerSize(Buffer.from(message))).toBe(size);
    expect(factsOf(Buffer.from(message)).headerSize).toBe(size);
  });
});
