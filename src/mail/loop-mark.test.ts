import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeMark, readMarks } from "./loop-mark.ts";
import { composeReceived } from "./received.ts";

const key = Buffer.alloc(32, 7);
const ids = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);

function field(id: string): string {
  const date = new Date("2025-03-04T12:00:00Z");
  return composeReceived({
    from: "a.example",
    peerAddress: "192.0.2.1",
    by: "b.example",
    with: "ESMTP",
    id,
    date,
  });
}

describe("a loop mark", () => {
  it("is read back from the Received field it travels in, wherever that stands", () => {
    fc.assert(
      fc.property(ids, fc.nat(98), (id, above) => {
        const header = `${field("other").repeat(above)}X-Spam: no\r\n${field(makeMark(key, id))}Subject: x\r\n\r\nbody`;
        expect(readMarks(key, Buffer.from(header))).toEqual([id]);
      }),
    );
  });

  it("is worth nothing when it is forged, changed or made with another key", () => {
    fc.assert(
      fc.property(ids, fc.nat(), (id, random) => {
        const mark = makeMark(key, id);
        const at = random % mark.length;
        const changed = mark.slice(0, at) + (mark[at] === "0" ? "1" : "0") + mark.slice(at + 1);
        for (const forged of [
          changed,
          makeMark(Buffer.alloc(32, 8), id),
          id,
          `${id}.${"0".repeat(32)}`,
          `${mark}0`,
        ]) {
          expect(readMarks(key, Buffer.from(field(forged)))).toEqual([]);
        }
      }),
    );
  });

  it("counts only in Received fields, folded or not", () => {
    const mark = makeMark(key, "q1");
    expect(readMarks(key, Buffer.from(`X-Received: id ${mark}\r\nSubject: id ${mark}\r\n\r\n`))).toEqual([]);
    expect(readMarks(key, Buffer.from(`\r\nReceived: id ${mark}\r\n`))).toEqual([]);
    expect(readMarks(key, Buffer.from(`Received: by a with ESMTP id\r\n\t${mark}; date\r\n\r\n`))).toEqual([
      "q1",
    ]);
  });

  it("is listed once, newest first", () => {
    const [first, second] = [field(makeMark(key, "q1")), field(makeMark(key, "q2"))];
    expect(readMarks(key, Buffer.from(`${second}${first}${second}\r\n`))).toEqual(["q2", "q1"]);
  });

  it("is looked for in a bounded number of places", () => {
    const mark = field(makeMark(key, "q1"));
    expect(readMarks(key, Buffer.from(`${field("x").repeat(100)}${mark}\r\n`))).toEqual([]);
    const fakes = `id x.${"0".repeat(32)} `.repeat(10_000);
    expect(readMarks(key, Buffer.from(`Received: ${fakes}\r\n`.repeat(10)))).toEqual([]);
  });

  it("takes no id that would not survive the way", () => {
    for (const id of ["", "a b", "a.b", "a\r\nb", "a".repeat(65)])
      expect(() => makeMark(key, id)).toThrow(RangeError);
  });
});
