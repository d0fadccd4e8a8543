import fc from "fast-check";
import { expect, test } from "vitest";
import { goneLine, parseGoneLine } from "./gone-line.ts";
import { type Leaf, leafLine, mailboxLine, parseLeafLine } from "./leaf-line.ts";

const sha256 = "ab".repeat(32);
const here = { class: "here", octets: 1503, sha256, reason: null } as const;

test.each<[string, Leaf, string]>([
  ["here", { uidl: "u1", size: 1500, occurrence: 0, verdict: here }, `here u1 1500 0 1503 ${sha256}`],
  [
    "deleted before it was copied",
    {
      uidl: "u1",
      size: 9,
      occurrence: 2,
      verdict: { class: "deleted", octets: null, sha256: null, reason: null },
    },
    "deleted u1 9 2 - -",
  ],
  [
    "skipped",
    {
      uidl: "",
      size: 0,
      occurrence: 0,
      verdict: { class: "skipped", octets: null, sha256: null, reason: "zu groß \\ 9" },
    },
    "skipped \\- 0 0 - - zu gro\\xc3\\x9f \\x5c 9",
  ],
  [
    "with octets in its unique-id that are no letters",
    { uidl: "a b\\\xff\u0001", size: 1, occurrence: 0, verdict: here },
    `here a\\x20b\\x5c\\xff\\x01 1 0 1503 ${sha256}`,
  ],
])("a message that is %s", (_, leaf, line) => {
  expect(leafLine(leaf)).toBe(line);
  expect(parseLeafLine(line)).toEqual(leaf);
});

const leaves: fc.Arbitrary<Leaf> = fc.record({
  uidl: fc.uint8Array({ maxLength: 90 }).map((octets) => Buffer.from(octets).toString("latin1")),
  size: fc.nat(),
  occurrence: fc.nat(),
  verdict: fc.record({
    class: fc.constantFrom("here", "deleted", "skipped", "unaccounted"),
    octets: fc.option(fc.nat()),
    sha256: fc.option(fc.constant(sha256)),
    reason: fc.option(fc.string({ unit: "grapheme", maxLength: 40 })),
  }),
});

test("a line is printable, and says what it was made of", () => {
  fc.assert(
    fc.property(leaves, fc.nat(), (leaf, since) => {
      const line = leafLine(leaf);
      expect(line).toMatch(/^[ -~]*$/);
      expect(parseLeafLine(line)).toEqual(leaf);
      expect(parseGoneLine(goneLine({ ...leaf, since }))).toEqual({ ...leaf, since });
    }),
  );
});

test.each([
  "",
  "here",
  "here u 1 0 1",
  `gone u 1 0 1 ${sha256}`,
  `here u 1 0 1 ${sha256}x`,
  "here \xe4 1 0 - -",
])("%j is no line", (line) => {
  expect(parseLeafLine(line)).toBeNull();
  expect(parseGoneLine(`yesterday ${line}`)).toBeNull();
});

test("a mailbox is a leaf of its domain", () => {
  expect(mailboxLine("anna@big-company.com", sha256)).toBe(`anna@big-company.com ${sha256}`);
  expect(mailboxLine("jürgen@big-company.com", "-")).toBe("j\\xc3\\xbcrgen@big-company.com -");
});
