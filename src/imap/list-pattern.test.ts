import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ListPattern } from "./list-pattern.ts";
import { encodeName } from "./modified-utf7.ts";

function matches(pattern: string, name: string): boolean {
  return new ListPattern(pattern).matches(name);
}

/** The plainest reading of RFC 3501 §6.3.8, in exponential time. */
function reads(pattern: string, name: string): boolean {
  if (pattern === "") return name === "";
  const [first, rest] = [pattern.charAt(0), pattern.slice(1)];
  if (first !== "*" && first !== "%") return name.startsWith(first) && reads(rest, name.slice(1));
  if (reads(rest, name)) return true;
  return name !== "" && (first === "*" || name.charAt(0) !== "/") && reads(pattern, name.slice(1));
}

describe("LIST patterns", () => {
  it.each([
    ["*", "a/b/c", true],
    ["%", "a", true],
    ["%", "a/b", false],
    ["%/%", "a/b", true],
    ["a%", "a/b", false],
    ["a*", "a/b", true],
    ["inbox", "INBOX", true],
    ["InBoX/*", "INBOX/x", true],
    ["in%", "INBOX", false],
    ["INB*", "INBOX", true],
    ["bills", "Bills", false],
    ["", "", true],
    ["&ZeVnLIqe-*", "日本語/x", true],
    ["Cafe&AwE-", "Café", true],
    ["&bogus", "&bogus", false],
    ["a.c", "abc", false],
  ])("%j and %j: %s", (pattern, name, expected) => expect(matches(pattern, name)).toBe(expected));

  it("match what the plainest reading matches", () => {
    const character = fc.constantFrom("a", "b", "/");
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "b", "/", "*", "%"), maxLength: 8 }),
        fc.string({ unit: character, maxLength: 8 }),
        (pattern, name) => {
          expect(matches(pattern, name)).toBe(reads(pattern, name));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("match every name by itself", () => {
    const name = fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => text.normalize("NFC"));
    fc.assert(
      fc.property(
        name.filter((text) => !/[*%]|^inbox/i.test(text)),
        (text) => {
          expect(matches(encodeName(text), text)).toBe(true);
        },
      ),
    );
  });

  it("take no time for patterns that try to", () => {
    const name = `${"a".repeat(999)}b`;
    expect(matches(`${"*a".repeat(1000)}c`, name)).toBe(false);
    expect(matches(`${"%a".repeat(999)}%b`, name)).toBe(true);
    expect(matches("*".repeat(100_000), name)).toBe(false);
  });
});
