import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imapString } from "#mail/imap-text";
import { Cursor } from "./grammar/cursor.ts";
import { dateTime as dateTimeOf } from "./grammar/date.ts";
import { Lexer } from "./lexer.ts";
import { astring, dateTime, mailboxName } from "./printer.ts";

function cursorOver(printed: string): Cursor {
  const lexer = new Lexer({ octets: 100_000, tokens: 10_000, depth: 100 });
  let rest = `${printed}\r\n`;
  for (;;) {
    const end = rest.indexOf("\r\n");
    const literal = lexer.line(Buffer.from(rest.slice(0, end), "latin1"));
    rest = rest.slice(end + 2);
    if (!literal) break;
    lexer.literal(Buffer.from(rest.slice(0, literal.size), "latin1"));
    rest = rest.slice(literal.size);
  }
  expect(lexer.problem).toBeNull();
  return new Cursor(lexer.tokens);
}

const text = fc
  .array(fc.integer({ min: 1, max: 255 }), { maxLength: 20 })
  .map((codes) => String.fromCharCode(...codes));

describe("the printer", () => {
  it("prints strings that are read as they were", () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(cursorOver(imapString(value)).string("A string")).toBe(value);
        expect(cursorOver(astring(value)).astring("A string")).toBe(value);
      }),
    );
    expect(astring("nil")).toBe('"nil"');
  });

  it("prints folders' names", () => {
    expect(mailboxName("INBOX")).toBe("INBOX");
    expect(mailboxName("[Gmail]/Sent Mail")).toBe('"[Gmail]/Sent Mail"');
    expect(mailboxName("Entwürfe")).toBe("Entw&APw-rfe");
    expect(mailboxName("50%")).toBe('"50%"');
  });

  it("prints dates that are read as they were", () => {
    expect(dateTime(Date.UTC(2024, 1, 3, 4, 5, 6))).toBe('" 3-Feb-2024 04:05:06 +0000"');
    const seconds = fc.integer({ min: -62_135_596_800, max: 253_402_300_799 });
    fc.assert(
      fc.property(seconds, (time) => {
        expect(dateTimeOf(cursorOver(dateTime(time * 1000)))).toBe(time * 1000);
      }),
    );
  });
});
