import { expect, test } from "vitest";
import { Slab } from "./slab.ts";

test("parts are as long as asked for, zeros, and never overlap", () => {
  const slab = new Slab();
  const parts = Array.from({ length: 500 }, (_, n) => slab.take(n * 13));
  for (const [n, part] of parts.entries()) {
    expect(part.length).toBe(n * 13);
    expect(part.every((octet) => octet === 0)).toBe(true);
    part.fill((n % 255) + 1);
  }
  for (const [n, part] of parts.entries()) {
    expect(part.every((octet) => octet === (n % 255) + 1)).toBe(true);
  }
});

test("small parts share a buffer, a large one has its own", () => {
  const slab = new Slab();
  const small = slab.take(100);
  const large = slab.take(1_000_000);
  expect(slab.take(100).buffer).toBe(small.buffer);
  expect(large.buffer.byteLength).toBe(1_000_000);
});
