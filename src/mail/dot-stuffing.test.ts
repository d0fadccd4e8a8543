import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DotStuffer, DotUnstuffer, type StuffedLines } from "./dot-stuffing.ts";

function latin1(octets: Uint8Array): string {
  return Buffer.from(octets).toString("latin1");
}

function unstuff(chunks: readonly string[]): { content: string; rest: string | null } {
  const unstuffer = new DotUnstuffer();
  let content = "";
  let rest: string | null = null;
  for (const chunk of chunks) {
    const got = unstuffer.write(Buffer.from(chunk, "latin1"));
    content += got.content.map(latin1).join("");
    if (got.rest !== null) rest = (rest ?? "") + latin1(got.rest);
  }
  return { content, rest };
}

function stuff(chunks: readonly string[], lines?: StuffedLines): string {
  const stuffer = new DotStuffer(lines);
  const out = chunks.map((chunk) => latin1(stuffer.write(Buffer.from(chunk, "latin1"))));
  return out.join("") + latin1(stuffer.end());
}

/** Mail made of what matters here, cut anywhere. */
const pieces = fc.array(
  fc.string({ unit: fc.constantFrom(".", "\r", "\n", "\r\n", "\r\n.", "a", "\u00e9"), maxLength: 12 }),
  { maxLength: 8 },
);

describe("DotUnstuffer", () => {
  it.each([
    ["nothing at all", ".\r\n", "", ""],
    ["a line", "a\r\n.\r\n", "a\r\n", ""],
    ["what follows", "a\r\n.\r\nQUIT\r\n", "a\r\n", "QUIT\r\n"],
    ["a stuffed lone dot", "..\r\n.\r\n", ".\r\n", ""],
    ["a stuffed line", "a\r\n..b\r\n.\r\n", "a\r\n.b\r\n", ""],
    ["a single dot before text", "a\r\n.b\r\n.\r\n", "a\r\nb\r\n", ""],
    ["a dot inside a line", "a.\r\n.\r\n", "a.\r\n", ""],
  ])("reads %s", (_name, data, content, rest) => {
    expect(unstuff([data])).toEqual({ content, rest });
    expect(unstuff([...data])).toEqual({ content, rest });
  });

  it.each([
    "\n.\n",
    "\n.\r\n",
    "\r\n.\n",
    "\r.\r",
    "\r.\r\n",
    "\n.\r",
    "\r\n.\r",
    "\r\n.\r\r\n",
    "\r\n\0.\r\n",
  ])("does not take %j for the end", (sequence) => {
    for (const chunks of [[`a${sequence}b`], [..."a", ...sequence, "b"]]) {
      expect(unstuff(chunks).rest).toBeNull();
    }
  });

  it("keeps a CR that was held back at a border", () => {
    expect(unstuff(["a\r\n.\r", "b\r\n.\r\n"])).toEqual({ content: "a\r\n\rb\r\n", rest: "" });
  });

  it("reads the same in any chunking", () => {
    fc.assert(
      fc.property(pieces, (chunks) => {
        const mail = chunks.join("");
        expect(unstuff([stuff([mail])])).toEqual(unstuff([...stuff(chunks)]));
      }),
    );
  });

  it("gives back views, not copies", () => {
    const chunk = Buffer.from("a\r\n..b\r\n");
    for (const view of new DotUnstuffer().write(chunk).content) expect(view.buffer).toBe(chunk.buffer);
  });
});

describe("DotStuffer", () => {
  it("is undone by DotUnstuffer, in any chunking", () => {
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 5 }), (chunks, size) => {
        const mail = chunks.join("");
        const wire = `${stuff(chunks)}NEXT`;
        const cut = wire.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
        const { content, rest } = unstuff(cut);
        expect(content).toBe(mail === "" || mail.endsWith("\r\n") ? mail : `${mail}\r\n`);
        expect(rest).toBe("NEXT");
      }),
    );
  });

  it("does not touch a dot after a bare line end, which a receiver would leave in", () => {
    expect(stuff(["a\n.\n.b\r.c\r\n"])).toBe("a\n.\n.b\r.c\r\n.\r\n");
  });

  it("shows no false end to a reader that splits at every line feed, if asked", () => {
    fc.assert(
      fc.property(pieces, (chunks) => {
        const lines = stuff(chunks, "any").split("\n");
        const end = lines.findIndex((line) => line.replace(/\r$/, "") === ".");
        expect(end).toBe(lines.length - 2);
      }),
    );
  });

  it("hands on a chunk without dots as it is", () => {
    const chunk = Buffer.from("a.b\r\n");
    expect(new DotStuffer().write(chunk)).toBe(chunk);
  });
});
