import { expect } from "vitest";
import { Cursor } from "#imap/grammar/cursor";
import { Lexer } from "#imap/lexer";

const limits = { octets: 1_000_000, tokens: 100_000, depth: 1000 };

/** A cursor over what a client sent: lines and literals, without the last line end. */
export function cursorOver(sent: string): Cursor {
  const lexer = new Lexer(limits);
  let rest = `${sent}\r\n`;
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

/** What a grammar reads, to its end. Throws SyntaxProblem. */
export function parse<T>(grammar: (cursor: Cursor) => T, sent: string): T {
  const cursor = cursorOver(sent);
  const parsed = grammar(cursor);
  cursor.end();
  return parsed;
}
