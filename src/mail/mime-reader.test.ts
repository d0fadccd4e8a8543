import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyStructure } from "./body-structure.ts";
import { FactsReader, factsOf, type MessageFacts } from "./facts.ts";
import type { MimePart } from "./mime-part.ts";
import { partAt } from "./part-path.ts";

function crlf(text: string): Buffer {
  return Buffer.from(text.replace(/\r?\n/g, "\r\n"), "latin1");
}

function text(octets: Buffer, part: MimePart | null): string | null {
  return part === null ? null : octets.subarray(part.body.start, part.body.end).toString("latin1");
}

const nested = crlf(`Subject: outer
Content-Type: multipart/mixed; boundary=a

preamble
--a

one
--a
Content-Type: multipart/alternative; boundary="ab"

--ab
Content-Type: text/html

two
--ab--
--a
Content-Type: message/rfc822

Subject: inner
Content-Type: multipart/mixed; boundary=c

--c

three

--c--
--a--
epilogue
`);

describe("the MIME tree", () => {
  it("knows where each part's octets are", () => {
    const { structure } = factsOf(nested);
    expect(text(nested, partAt(structure, [1]))).toBe("one");
    expect(text(nested, partAt(structure, [2, 1]))).toBe("two");
    expect(text(nested, partAt(structure, [3, 1]))).toBe("three\r\n");
    // The line end between two delimiter lines is the first one's.
    expect(text(nested, partAt(structure, [3]))).toMatch(/\r\n--c--\r\n$/);
    expect(partAt(structure, [3])?.message?.envelope.subject).toBe("inner");
    expect(partAt(structure, [1, 1])).toBeNull();
    expect(partAt(structure, [4])).toBeNull();
    expect(partAt(structure, [0])).toBeNull();
    expect(bodyStructure(structure, false)).toEqual([
      ["text", "plain", ["charset", "us-ascii"], null, null, "7bit", 3, 0],
      [["text", "html", ["charset", "us-ascii"], null, null, "7bit", 3, 0], "alternative"],
      [
        "message",
        "rfc822",
        null,
        null,
        null,
        "7bit",
        84,
        [null, "inner", null, null, null, null, null, null, null, null],
        [["text", "plain", ["charset", "us-ascii"], null, null, "7bit", 7, 1], "mixed"],
        8,
      ],
      "mixed",
    ]);
  });

  it("of a message that is not MIME has no content fields (RFC 2045 §4)", () => {
    const left = "Content-Transfer-Encoding: base64\nContent-Disposition: attachment\n";
    expect(factsOf(crlf(`${left}\nx\n`)).structure).toMatchObject({ encoding: null, disposition: null });
    const mime = factsOf(crlf(`Mime-Version: 1.0\n${left}\nx\n`)).structure;
    expect(mime).toMatchObject({ encoding: "base64", disposition: { type: "attachment" } });
    const part = crlf(`Content-Type: multipart/mixed; boundary=a=/b\n\n--a=/b\n${left}\nx\n--a=/b--\n`);
    expect(factsOf(part).structure.parts).toMatchObject([{ encoding: "base64" }]);
  });

  it("of a plain message has the message itself as part 1", () => {
    const octets = crlf("Subject: x\n\nhello\n");
    const { structure } = factsOf(octets);
    expect(text(octets, partAt(structure, [1]))).toBe("hello\r\n");
    expect(partAt(structure, [])).toBeNull();
  });

  it("is the same whether lines end with CRLF or LF", () => {
    const lines = factsOf(Buffer.from(nested.toString("latin1").replaceAll("\r\n", "\n")));
    const shape = (facts: MessageFacts): string =>
      JSON.stringify(bodyStructure(facts.structure, true)).replace(/,\d+,/g, ",n,");
    expect(shape(lines)).toBe(shape(factsOf(nested)));
  });

  it("takes the longest boundary that a line begins with", () => {
    const { structure } = factsOf(nested);
    expect(structure.parts).toHaveLength(3);
    const padded = nested
      .toString("latin1")
      .replaceAll("--ab\r\n", "--ab  \r\n")
      .replaceAll("--a\r\n", "--a\t\r\n");
    expect(factsOf(Buffer.from(padded, "latin1")).structure.parts).toHaveLength(3);
  });

  it("shows a multipart without its delimiter as one readable text", () => {
    const octets = crlf("Content-Type: multipart/mixed; boundary=x\n\nhello\n");
    const { structure } = factsOf(octets);
    expect(structure.parts).toHaveLength(1);
    expect(text(octets, partAt(structure, [1]))).toBe("hello\r\n");
  });

  it("is read from hostile input in any chunks the same way", () => {
    const unit = fc.constantFrom(
      "--a",
      "--b",
      "--",
      "\r\n",
      "\n",
      "\r",
      "x",
      "\r\n\r\n",
      "\r\n--a\r\n",
      "\r\n--b--\r\n",
      "\r\n--a--\r\n",
      "Content-Type: multipart/mixed; boundary=a\r\n\r\n",
      "Content-Type: multipart/digest; boundary=b\r\n\r\n",
      "Content-Type: message/rfc822\r\n\r\n",
      "Content-Type: text/plain\r\n",
      "Subject: s\r\n",
    ); // prettier-ignore
    fc.assert(
      fc.property(
        fc.string({ unit, maxLength: 30 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (message, cuts) => {
          const octets = Buffer.from(message);
          const reader = new FactsReader();
          const places = [
            0,
            ...cuts.map((cut) => cut % (octets.length + 1)).sort((a, b) => a - b),
            octets.length,
          ];
          places.forEach((place, index) => {
            reader.write(octets.subarray(places[index - 1] ?? 0, place));
          });
          const facts = factsOf(octets);
          expect(reader.finish()).toEqual(facts);
          const bytewise = new FactsReader();
          for (const octet of octets) bytewise.write(Uint8Array.of(octet));
          expect(bytewise.finish()).toEqual(facts);
          expectInside(facts.structure, 0, octets.length);
        },
      ),
      { numRuns: 500 },
    );
  });
});

function expectInside(part: MimePart, start: number, end: number): void {
  expect(part.header.start).toBeGreaterThanOrEqual(start);
  expect(part.header.end).toBe(part.body.start);
  expect(part.body.end).toBeGreaterThanOrEqual(part.body.start);
  expect(part.body.end).toBeLessThanOrEqual(end);
  expect(part.lines).toBeGreaterThanOrEqual(0);
  let from = part.body.start;
  for (const inside of part.parts) {
    expectInside(inside, from, part.body.end);
    from = inside.body.end;
  }
  if (part.message !== null) expectInside(part.message.structure, part.body.start, part.body.end);
}

describe("bounds", () => {
  function countParts(part: MimePart): number {
    return 1 + part.parts.reduce((sum, inside) => sum + countParts(inside), 0);
  }

  function depth(part: MimePart): number {
    const inside = part.message === null ? part.parts : [part.message.structure];
    return 1 + Math.max(0, ...inside.map(depth));
  }

  it("reads no more than 10,000 parts, and keeps the rest in the last one", () => {
    const octets = Buffer.from(
      `Content-Type: multipart/mixed; boundary=a\r\n\r\n${"--a\r\n\r\nx\r\n".repeat(20_000)}--a--\r\n`,
    );
    const { structure } = factsOf(octets);
    expect(countParts(structure)).toBe(10_000);
    expect(structure.parts.at(-1)?.body.end).toBeGreaterThan(octets.length - 20);
  });

  it("goes no deeper than 100 levels", () => {
    const levels = Array.from(
      { length: 300 },
      (_, n) => `Content-Type: multipart/mixed; boundary=b${n}.\r\n\r\n--b${n}.\r\n`,
    );
    expect(depth(factsOf(Buffer.from(levels.join(""))).structure)).toBe(100);
    expect(depth(factsOf(Buffer.from("Content-Type: message/rfc822\r\n\r\n".repeat(300))).structure)).toBe(
      100,
    );
  });

  it("keeps 1 MiB of a header, and still knows where it ends", () => {
    const header = `Subject: kept\r\n${`X-Junk: ${"x".repeat(70)}\r\n`.repeat(40_000)}Cc: lost@big-company.com\r\n\r\n`;
    const facts = factsOf(Buffer.from(`${header}body`));
    expect(facts.headerSize).toBe(header.length);
    expect(facts.envelope.subject).toBe("kept");
    expect(facts.envelope.cc).toBeNull();
  });

  it("keeps a bounded amount of all part headers together", () => {
    const part = `--a\r\nContent-Description: ${"x".repeat(100_000)}\r\n\r\nbody\r\n`;
    const octets = Buffer.from(
      `Content-Type: multipart/mixed; boundary=a\r\n\r\n${part.repeat(100)}--a--\r\n`,
    );
    const { structure } = factsOf(octets);
    expect(structure.parts).toHaveLength(100);
    expect(JSON.stringify(structure).length).toBeLessThan(5_000_000);
  });

  it("takes lines longer than any delimiter as they are", () => {
    const long = "x".repeat(10_000);
    const octets = crlf(`X: ${long}\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\n--${long}\n--a--\n`);
    const reader = new FactsReader();
    for (let at = 0; at < octets.length; at += 100) reader.write(octets.subarray(at, at + 100));
    const facts = reader.finish();
    expect(facts).toEqual(factsOf(octets));
    expect(text(octets, partAt(facts.structure, [1]))).toBe(`--${long}`);
  });
});
