import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCapabilities, parseListLine, parsePop3Reply, parseUidlLine } from "./pop3-replies.ts";

const octets = (text: string): Uint8Array => Buffer.from(text, "latin1");

describe("status lines", () => {
  test("success, error, response codes", () => {
    expect(parsePop3Reply(octets("+OK"))).toEqual({ ok: true, code: null, text: "" });
    expect(parsePop3Reply(octets("+ok hello"))).toEqual({ ok: true, code: null, text: "hello" });
    expect(parsePop3Reply(octets("-ERR [IN-USE] locked"))).toEqual({
      ok: false,
      code: "IN-USE",
      text: "locked",
    });
    expect(parsePop3Reply(octets("-ERR [sys/temp]"))).toEqual({ ok: false, code: "SYS/TEMP", text: "" });
  });

  test("what is no status line", () => {
    for (const line of ["", "OK", "* OK", "HTTP/1.1 200", "+OKAY"])
      expect(parsePop3Reply(octets(line))).toBeNull();
  });

  test("no octets make it throw, and the text stays printable", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (line) => {
        const reply = parsePop3Reply(Buffer.concat([octets("-ERR "), line]));
        expect(reply?.text ?? "").toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });
});

describe("listings", () => {
  test("LIST with odd spacing and extras", () => {
    expect(parseListLine("1 120")).toEqual({ number: 1, size: 120 });
    expect(parseListLine("  7   99 octets")).toEqual({ number: 7, size: 99 });
    expect(parseListLine("3")).toEqual({ number: 3, size: null });
    expect(parseListLine("x 1")).toBeNull();
  });

  test("unique-ids are taken octet for octet", () => {
    expect(parseUidlLine("1 whqtswO00WBw418f9t5JxYwZ")).toEqual({
      number: 1,
      uidl: "whqtswO00WBw418f9t5JxYwZ",
    });
    expect(parseUidlLine("+OK 2 \xe4\xf6")).toEqual({ number: 2, uidl: "\xe4\xf6" });
    expect(parseUidlLine("3")).toEqual({ number: 3, uidl: null });
    expect(parseUidlLine("3   ")).toEqual({ number: 3, uidl: null });
    expect(parseUidlLine(`4 ${"u".repeat(255)}`)?.uidl).toHaveLength(255);
    expect(parseUidlLine(`4 ${"u".repeat(256)}`)).toEqual({ number: 4, uidl: null });
  });
});

test("capabilities", () => {
  const capabilities = parseCapabilities(["TOP", "sasl PLAIN LOGIN", "", "LOGIN-DELAY 900"]);
  expect(capabilities.get("SASL")).toEqual(["PLAIN", "LOGIN"]);
  expect(capabilities.get("LOGIN-DELAY")).toEqual(["900"]);
  expect(capabilities.has("TOP")).toBe(true);
});
