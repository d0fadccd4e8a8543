import fc from "fast-check";
import { expect, test } from "vitest";
import { LineCutter } from "./line-cutter.ts";

function cut(chunks: readonly Uint8Array[]): string[] {
  const lines: string[] = [];
  const cutter = new LineCutter((line) => lines.push(line));
  for (const chunk of chunks) {
    cutter.write(chunk);
    // Whoever gave it may use it again.
    chunk.fill(0);
  }
  cutter.end();
  return lines;
}

test("lines are the same in any pieces, with or without a last end", () => {
  const line = fc.constantFrom("", "1 100", "2 \xe9\xff", "a longer line".repeat(20), "odd\rend");
  fc.assert(
    fc.property(
      fc.array(line),
      fc.constantFrom("\r\n", "\n"),
      fc.boolean(),
      fc.array(fc.nat(300)),
      (lines, end, hasLastEnd, cuts) => {
        fc.pre(hasLastEnd || lines.at(-1) !== "");
        const text = lines.join(end) + (hasLastEnd && lines.length > 0 ? end : "");
        const octets = Buffer.from(text, "latin1");
        const places = [0, ...cuts.sort((a, b) => a - b), octets.length];
        const chunks = places
          .slice(1)
          .map((to, index) => Uint8Array.from(octets.subarray(places[index], to)));
        expect(cut(chunks)).toEqual(lines);
      },
    ),
  );
});
