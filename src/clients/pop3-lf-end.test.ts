import fc from "fast-check";
import { expect, test } from "vitest";
import { LfEnd } from "./pop3-lf-end.ts";

/** What is handed on of a message in these chunks, and whether it may be over. */
function handedOn(text: string, cuts: readonly number[]): { text: string; mayBeOver: boolean } {
  const octets = Buffer.from(text, "latin1");
  const end = new LfEnd();
  const given: Uint8Array[] = [];
  let from = 0;
  for (const cut of [...cuts.map((one) => one % (octets.length + 1)).sort((a, b) => a - b), octets.length]) {
    if (cut > from) given.push(Uint8Array.from(end.write(octets.subarray(from, cut))));
    from = Math.max(from, cut);
  }
  return { text: Buffer.concat(given).toString("latin1"), mayBeOver: end.mayBeOver };
}

test.each([
  ["one\r\ntwo\r\n.\n", "one\r\ntwo\r\n", true],
  ["one\ntwo\n.\n", "one\ntwo\n", true],
  [".\n", "", true],
  ["one\r\n.\r\n", "one\r\n.\r\n", false],
  ["one\n.\nmore\r\n.\r\n", "one\n.\nmore\r\n.\r\n", false],
  ["one.\n", "one.\n", false],
  ["one\r\n..\n", "one\r\n..\n", false],
  ["one\r\n", "one\r\n", false],
])("%j, in any chunks", (text, given, mayBeOver) => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 6 }), (cuts) => {
      expect(handedOn(text, cuts)).toEqual({ text: given, mayBeOver });
    }),
  );
});
