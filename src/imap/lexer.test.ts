import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Lexer, type LexerLimits, type Token } from "./lexer.ts";

const limits: LexerLimits = { octets: 10_000, tokens: 500, depth: 20 };

/** Feeds a whole command, as a wire would cut it into lines and literals. */
function lex(command: string, given: LexerLimits = limits): Lexer {
  const lexer = new Lexer(given);
  let rest = command;
  for (;;) {
    const end = rest.indexOf("\r\n");
    const literal = lexer.line(Buffer.from(rest.slice(0, end), "latin1"));
    rest = rest.slice(end + 2);
    if (literal === null) return lexer;
    lexer.literal(Buffer.from(rest.slice(0, literal.size), "latin1"));
    rest = rest.slice(literal.size);
  }
}

function tokens(command: string): readonly Token[] {
  const lexer = lex(command);
  expect(lexer.problem).toBeNull();
  return lexer.tokens;
}

/** A command that has these tokens; strings alternate between the forms that can carry them. */
function print(list: readonly Token[]): string {
  const printed = list.map((token, index) => {
    if (token.is === "space") return " ";
    if (token.is === "open") return "(";
    if (token.is === "close") return ")";
    if (token.is === "word") return token.text;
    if (token.is !== "string") return "";
    const isQuotable = /^[^\0\r\n]*$/.test(token.text) && index % 3 !== 0;
    const plus = index % 2 === 0 ? "+" : "";
    return isQuotable
      ? `"${token.text.replace(/["\\]/g, "\\$&")}"`
      : `{${token.text.length}${plus}}\r\n${token.text}`;
  });
  return `${printed.join("")}\r\n`;
}

const latin1 = (from: number, exclude: string) =>
  fc
    .array(
      fc
        .integer({ min: from, max: 255 })
        .map((code) => String.fromCharCode(code))
        .filter((character) => !exclude.includes(character)),
      { minLength: 1, maxLength: 12 },
    )
    .map((characters) => characters.join(""));

const text: fc.Arbitrary<Token> = fc.oneof(
  latin1(33, '"(){\x7f').map((word): Token => ({ is: "word", text: word })),
  latin1(1, "").map((string): Token => ({ is: "string", text: string })),
);

/** Tokens of which no two texts stand side by side, and brackets that close. */
const command: fc.Arbitrary<readonly Token[]> = fc
  .array(fc.tuple(text, fc.constantFrom("space", "list")), { minLength: 1, maxLength: 15 })
  .map((parts) =>
    parts.flatMap(([one, how], index): Token[] => {
      const gap: Token[] = index === 0 ? [] : [{ is: "space" }];
      return how === "space" ? [...gap, one] : [...gap, { is: "open" }, one, { is: "close" }];
    }),
  );

describe("the lexer", () => {
  it("takes a command apart", () => {
    expect(
      tokens('a1 FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (Subject "x y")]<0.9>) {3}\r\na"b \\Seen\r\n'),
    ).toEqual([
      { is: "word", text: "a1" },
      { is: "space" },
      { is: "word", text: "FETCH" },
      { is: "space" },
      { is: "word", text: "1:*" },
      { is: "space" },
      { is: "open" },
      { is: "word", text: "FLAGS" },
      { is: "space" },
      { is: "word", text: "BODY.PEEK[HEADER.FIELDS" },
      { is: "space" },
      { is: "open" },
      { is: "word", text: "Subject" },
      { is: "space" },
      { is: "string", text: "x y" },
      { is: "close" },
      { is: "word", text: "]<0.9>" },
      { is: "close" },
      { is: "space" },
      { is: "string", text: 'a"b' },
      { is: "space" },
      { is: "word", text: "\\Seen" },
    ]);
  });

  it("gives back what was printed", () => {
    fc.assert(
      fc.property(command, (list) => {
        expect(tokens(print(list))).toEqual(list);
      }),
    );
  });

  it("never throws, keeps its bounds, and says what is wrong once", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (lines) => {
        const lexer = new Lexer({ octets: 200, tokens: 20, depth: 3 });
        for (const line of lines) {
          const literal = lexer.line(line);
          if (literal && literal.size < 50) lexer.literal(new Uint8Array(literal.size).fill(65));
        }
        expect(lexer.tokens.length).toBeLessThanOrEqual(20);
      }),
    );
  });

  it.each([
    ['a "x', "A quoted string is not well-formed."],
    ['a "x\\y"', "A quoted string is not well-formed."],
    ['a x"y"', "A quoted string is not well-formed."],
    ['a "x""y"', "A quoted string is not well-formed."],
    ['a "x"y', "A space is missing."],
    ["a x\x00", "Control characters are not allowed."],
    ["a x\ty", "Control characters are not allowed."],
    ["a {3} x", "A literal is not well-formed."],
    ["a {x}", "A literal is not well-formed."],
    ["a (b", "A bracket is not closed."],
    ["a b)", "A bracket is closed that was not opened."],
    [`a ${"(".repeat(21)}`, "Too many brackets."],
    [`a${" b".repeat(300)}`, "The command is too long."],
    [`a ${"b".repeat(10_000)}`, "The command is too long."],
  ])("refuses %j", (line, problem) => {
    expect(lex(`${line}\r\n`).problem).toBe(problem);
  });

  it("keeps in step with the other side after a mistake", () => {
    const lexer = new Lexer(limits);
    expect(lexer.line(Buffer.from('a "x y{5+}'))).toEqual({ size: 5, waits: false });
    expect(lexer.problem).toBe("A quoted string is not well-formed.");
    lexer.literal(Buffer.from("12345"));
    expect(lexer.line(Buffer.from(" {7}"))).toEqual({ size: 7, waits: true });
    expect(lexer.line(Buffer.from("end"))).toBeNull();
    expect(lexer.problem).toBe("A quoted string is not well-formed.");
  });

  it("takes no NUL in a string", () => {
    expect(lex("a {3}\r\nx\0y\r\n").problem).toBe("A string cannot have a NUL.");
  });
});
