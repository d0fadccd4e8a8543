import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  mechanism,
  messageAndLines,
  messageNumber,
  name,
  nothing,
  optionalMessageNumber,
  parseCommandLine,
  password,
} from "./grammar.ts";

const octets = (text: string): Buffer => Buffer.from(text, "latin1");
const value = (text: string | null, parse: (argument: Uint8Array | null) => unknown): unknown => {
  const parsed = parse(text === null ? null : octets(text)) as { ok: boolean; value?: unknown };
  return parsed.ok ? parsed.value : "wrong";
};

describe("command lines", () => {
  it("are a keyword in any case and what follows one space", () => {
    expect(parseCommandLine(octets("quit"))).toEqual({ keyword: "QUIT", argument: null });
    expect(parseCommandLine(octets("UTF8"))).toEqual({ keyword: "UTF8", argument: null });
    expect(parseCommandLine(octets("PASS  a b "))).toEqual({ keyword: "PASS", argument: octets(" a b ") });
    expect(parseCommandLine(octets("STAT "))).toEqual({ keyword: "STAT", argument: null });
  });

  it.each(["", " STAT", "\tSTAT", "ST\0AT", "ST-AT", "STÄT", "A".repeat(17)])("are not %j", (line) => {
    expect(parseCommandLine(octets(line))).toBeNull();
  });

  it("never throw, and never take long, whatever comes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), (line) => {
        const parsed = parseCommandLine(line);
        const argument = parsed ? parsed.argument : line;
        for (const parse of [nothing, messageNumber, messageAndLines, name, password, mechanism])
          parse(argument);
      }),
    );
  });
});

describe("arguments", () => {
  it("are none", () => {
    expect([value(null, nothing), value("  ", nothing), value("x", nothing)]).toEqual([null, null, "wrong"]);
  });

  it("are a message number, or none", () => {
    for (const [text, number] of [
      ["1", 1],
      [" 12 ", 12],
      ["007", 7],
      ["0", 0],
    ] as const) {
      expect(value(text, messageNumber)).toBe(number);
    }
    for (const text of [null, "", "-1", "+1", "1.0", "1e3", "0x1", "1234567890", "1 2", "١"]) {
      expect(value(text, messageNumber), String(text)).toBe("wrong");
    }
    expect([value(null, optionalMessageNumber), value("3", optionalMessageNumber)]).toEqual([null, 3]);
  });

  it("are a message number and a number of lines", () => {
    expect(value("1  10", messageAndLines)).toEqual({ number: 1, lines: 10 });
    for (const text of ["1", "1 -1", "1 2 3", "x 1"])
      expect(value(text, messageAndLines), text).toBe("wrong");
  });

  it("are a name in UTF-8", () => {
    expect(value(" anna@big-company.com ", name)).toBe("anna@big-company.com");
    expect(value(Buffer.from("jürgen").toString("latin1"), name)).toBe("jürgen");
    for (const text of [null, " ", "j\xfcrgen", "an\0na", "an\tna"]) expect(value(text, name)).toBe("wrong");
  });

  it("are a password, octet for octet", () => {
    expect(value(" p\xa7ss word ", password)).toEqual(octets(" p\xa7ss word "));
    for (const text of [null, "", "a\0b"]) expect(value(text, password)).toBe("wrong");
  });

  it("are a mechanism and an initial response", () => {
    expect(value(null, mechanism)).toEqual({ mechanism: null, initial: null });
    expect(value("PLAIN", mechanism)).toEqual({ mechanism: "PLAIN", initial: null });
    expect(value("PLAIN =", mechanism)).toEqual({ mechanism: "PLAIN", initial: octets("=") });
    expect(value("PLAIN a b", mechanism)).toBe("wrong");
  });
});
