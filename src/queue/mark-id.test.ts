import { describe, expect, test } from "vitest";
import { makeMark, readMarks } from "#mail/loop-mark";
import { isMarkOf, markId, parseMarkId } from "./mark-id.ts";

describe("the id inside a loop mark", () => {
  test("tells the queue-recipient id and the recipient", () => {
    const id = markId("Zk3-_a", "anna@big-company.com");
    expect(parseMarkId(id)?.queueRecipientId).toBe("Zk3-_a");
    expect(isMarkOf(id, "anna@big-company.com")).toBe(true);
    expect(isMarkOf(id, "bob@big-company.com")).toBe(false);
  });

  test("takes every spelling of the address for the same", () => {
    const id = markId("q1", "Anna@Big-Company.COM");
    expect(isMarkOf(id, '"anna"@big-company.com')).toBe(true);
  });

  test("fits into a mark, and comes back out of it", () => {
    const key = Buffer.alloc(32, 7);
    const id = markId("q".repeat(55), "anna@big-company.com");
    const header = Buffer.from(`Received: by x with ESMTP id ${makeMark(key, id)};\r\n\tnow\r\n\r\n`);
    expect(readMarks(key, header)).toEqual([id]);
  });

  test("an id that is too long or odd is a defect", () => {
    expect(() => markId("q".repeat(56), "anna@big-company.com")).toThrow(RangeError);
    expect(() => markId("a.b", "anna@big-company.com")).toThrow(RangeError);
  });

  test("what it did not make tells nothing", () => {
    for (const id of ["", "q1", "q1-12345", "q1-1234567G", "-12345678"]) {
      expect(parseMarkId(id)).toBeNull();
      expect(isMarkOf(id, "anna@big-company.com")).toBe(false);
    }
  });
});
