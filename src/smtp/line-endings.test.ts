import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LineEndingPolicy, LineEndings } from "./line-endings.ts";

/** Text in which CR and LF are frequent, cut anywhere. */
const cutText = fc
  .array(fc.constantFrom("a", "\r", "\n", "\r\n", "."), { maxLength: 30 })
  .chain((parts) => fc.tuple(fc.constant(parts.join("")), fc.array(fc.nat(60), { maxLength: 8 })));

function pass(
  policy: LineEndingPolicy,
  text: string,
  cuts: readonly number[],
): { text: string; isBare: boolean } {
  const endings = new LineEndings(policy);
  const octets = Buffer.from(text);
  const out: Uint8Array[] = [];
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    out.push(Buffer.from(endings.write(octets.subarray(from, Math.max(from, cut)))));
    from = Math.max(from, cut);
  }
  out.push(Buffer.from(endings.write(octets.subarray(from))), endings.end());
  return { text: Buffer.concat(out).toString(), isBare: endings.isBare };
}

describe("watching", () => {
  test("a bare CR or LF is seen in any chunking, and nothing is changed", () => {
    fc.assert(
      fc.property(cutText, ([text, cuts]) => {
        expect(pass("refuse", text, cuts)).toEqual({ text, isBare: /\r(?!\n)|(?<!\r)\n/.test(text) });
      }),
    );
  });

  test.each(["\n", "\r", "a\r", "\ra", "a\nb", "\r\n\n", "\r\r\n", "\n\r"])("%j is bare", (text) => {
    expect(pass("refuse", text, []).isBare).toBe(true);
    expect(pass("refuse", text, [1]).isBare).toBe(true);
  });
});

describe("normalising", () => {
  test("every line end becomes CRLF, in any chunking", () => {
    fc.assert(
      fc.property(cutText, ([text, cuts]) => {
        const expected = text.replace(/\r+\n|\r|\n/g, "\r\n");
        expect(pass("normalise", text, cuts)).toEqual({ text: expected, isBare: false });
      }),
    );
  });

  test("what is right already is not copied", () => {
    const chunk = Buffer.from("a\r\nb\r\n");
    expect(new LineEndings("normalise").write(chunk)).toBe(chunk);
  });
});
