import fc from "fast-check";
import { expect, test } from "vitest";
import { SwallowedReply } from "./swallowed-reply.ts";

/** Whether it is seen, the message coming in chunks of these sizes. */
function isSeen(message: string, size: number | null, chunks: readonly number[]): boolean {
  const octets = Buffer.from(message, "latin1");
  const swallowed = new SwallowedReply(size);
  let isIn = false;
  let at = 0;
  for (const length of [...chunks, octets.length]) {
    isIn = swallowed.sees(octets.subarray(at, at + length)) || isIn;
    at += length;
  }
  return isIn;
}

test("about where the message should end, in any chunks", () => {
  const message = `${"x".repeat(998)}\r\n+OK 120 octets\r\nSubject: next\r\n`;
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 600 }), { maxLength: 8 }), (chunks) => {
      expect(isSeen(message, 1000, chunks)).toBe(true);
      expect(isSeen(message, null, chunks)).toBe(true);
    }),
  );
});

test("not in the middle of a message, nor where no line begins with it", () => {
  const within = `Subject: a POP3 log\r\n\r\n+OK ready\r\n${"x".repeat(2000)}\r\n`;
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 600 }), { maxLength: 8 }), (chunks) => {
      expect(isSeen(within, within.length, chunks)).toBe(false);
      expect(isSeen(`${"x".repeat(100)} +OK\r\n`, 100, chunks)).toBe(false);
    }),
  );
});
