import { describe, expect, test } from "vitest";
import type { Identified } from "../identity/listing.ts";
import { effectOfReading } from "./reading-effect.ts";

/** Messages by unique-id, all of 100 octets. */
const listing = (...uidls: readonly string[]): readonly Identified[] =>
  uidls.map((uidl, index) => ({
    message: { number: index + 1, uidl, size: 100 },
    uidl,
    size: 100,
    occurrence: uidls.slice(0, index).filter((one) => one === uidl).length,
  }));

/** What it means that one of a to d was read and the next session lists these. */
function meaning(read: number, ...next: readonly string[]): "keeps" | "takes" | null {
  const listed = listing("a", "b", "c", "d");
  const one = listed[read];
  if (!one) throw new Error("no such message");
  return effectOfReading({ read: one, listed }, listing(...next));
}

describe("what reading does", () => {
  test("is told by the message that was read, whatever came or went beside it", () => {
    expect(meaning(3, "a", "b", "c", "d")).toBe("keeps");
    expect(meaning(3, "d")).toBe("keeps");
    expect(meaning(3, "a", "b", "c")).toBe("takes");
    expect(meaning(0, "b", "c", "d", "e", "f")).toBe("takes");
  });

  test("is nothing worse where the server writes into what was read, and so changes its size", () => {
    const listed = listing("a", "b", "c");
    const [, , read] = listed;
    if (!read) throw new Error("no such message");
    const next = listing("a", "b", "c").map((one) => (one.uidl === "c" ? { ...one, size: 157 } : one));
    expect(effectOfReading({ read, listed }, next)).toBe("keeps");
    expect(effectOfReading({ read, listed }, next.slice(0, 2))).toBe("takes");
  });

  test("is not told by a maildrop that is empty, or of which most went", () => {
    expect(meaning(3)).toBe(null);
    expect(meaning(3, "a")).toBe(null);
    const [only] = listing("a");
    if (!only) throw new Error("no message");
    expect(effectOfReading({ read: only, listed: [only] }, [])).toBe(null);
    expect(effectOfReading({ read: only, listed: [only] }, listing("b"))).toBe("keeps");
  });

  test("is told by the number of messages where unique-ids do not hold", () => {
    expect(meaning(3, "e", "f", "g", "h")).toBe("keeps");
    expect(meaning(3, "e", "f", "g")).toBe("takes");
    expect(meaning(3, "e", "f")).toBe(null);
  });

  test("is told where several messages have one name", () => {
    const listed = listing("a", "a", "", "");
    const [one, , three] = listed;
    if (!one || !three) throw new Error("no such message");
    expect(effectOfReading({ read: one, listed }, listing("a", "", ""))).toBe("takes");
    expect(effectOfReading({ read: three, listed }, listing("a", "a", ""))).toBe("takes");
    expect(effectOfReading({ read: three, listed }, listing("a", "a", "", ""))).toBe("keeps");
  });
});
