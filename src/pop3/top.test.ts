import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { topOf } from "./top.ts";

async function* chunked(text: string, size: number): AsyncGenerator<Uint8Array> {
  const octets = Buffer.from(text, "latin1");
  for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size);
}

async function top(text: string, lines: number, size = 1000): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of topOf(chunked(text, size), lines)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("latin1");
}

describe("topOf", () => {
  it("is header, empty line, and so many lines", async () => {
    const text = "A: 1\r\nB: 2\r\n\r\none\r\ntwo\r\nthree";
    expect(await top(text, 0)).toBe("A: 1\r\nB: 2\r\n\r\n");
    expect(await top(text, 2)).toBe("A: 1\r\nB: 2\r\n\r\none\r\ntwo\r\n");
    expect(await top(text, 3)).toBe(text);
    expect(await top(text, 999)).toBe(text);
  });

  it("takes a line of blanks in the header for no end of it", async () => {
    expect(await top("A: 1\r\n \r\nB: 2\r\n\r\nbody", 0)).toBe("A: 1\r\n \r\nB: 2\r\n\r\n");
  });

  it("is the whole of a message without body, and nothing of an empty one", async () => {
    expect([await top("A: 1", 5), await top("", 5), await top("\r\nbody\r\n", 0)]).toEqual([
      "A: 1",
      "",
      "\r\n",
    ]);
  });

  it("does not depend on where the chunks end, and is always a beginning of the message", async () => {
    const text = fc.array(fc.constantFrom("\r", "\n", "\r\n", "a", "A: 1"), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, fc.nat(5), fc.integer({ min: 1, max: 9 }), async (parts, lines, size) => {
        const message = parts.join("");
        const some = await top(message, lines, size);
        expect(some).toBe(await top(message, lines));
        expect(message.startsWith(some)).toBe(true);
      }),
    );
  });

  it("reads no further than it must", async () => {
    let isLeft = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        yield Buffer.from("A: 1\r\n\r\n");
        for (;;) yield Buffer.from("line\r\n");
      } finally {
        isLeft = true;
      }
    }
    let count = 0;
    for await (const _ of topOf(endless(), 3)) count++;
    expect([count, isLeft]).toEqual([4, true]);
  });
});
