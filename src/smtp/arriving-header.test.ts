import fc from "fast-check";
import { expect, test } from "vitest";
import { ArrivingHeader, maximumHeaderOctets } from "./arriving-header.ts";

/** Passes a message in pieces; what came out, and what was taken for its header. */
function pass(message: Uint8Array, piece: number): { out: string; header: string; isCut: boolean } {
  const header = new ArrivingHeader();
  const out: Uint8Array[] = [];
  for (let at = 0; at < message.length; at += piece) {
    const chunk = message.subarray(at, at + piece);
    const passed = header.isDecided ? chunk : header.take(chunk);
    if (passed) out.push(Buffer.from(passed));
  }
  if (!header.isDecided) out.push(Buffer.from(header.end()));
  return {
    out: Buffer.concat(out).toString("latin1"),
    header: Buffer.from(header.octets).toString("latin1"),
    isCut: header.isCut,
  };
}

test("nothing is lost, and the header ends at the first empty line, in any chunking", () => {
  const text = fc
    .array(fc.constantFrom("a: b", "\r\n", "\r", "\n", "x"), { maxLength: 40 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 50 }), (message, piece) => {
      const end = /^\r\n|\n\r\n/.exec(message);
      const header = end ? message.slice(0, end.index + end[0].length) : message;
      expect(pass(Buffer.from(message), piece)).toEqual({ out: message, header, isCut: false });
    }),
  );
});

test("what is held is bounded, octet by octet and at once", () => {
  const endless = Buffer.from("X: y\r\n".repeat(maximumHeaderOctets / 4));
  for (const piece of [1, 1000, endless.length]) {
    const { out, header, isCut } = pass(endless, piece);
    expect(out.length).toBe(endless.length);
    expect(header.length).toBe(maximumHeaderOctets);
    expect(isCut).toBe(true);
  }
});
