import { describe, expect, it } from "vitest";
import { pipelined } from "./pipelined.ts";

describe("pipelined", () => {
  it("keeps so many under way and gives outcomes in the order of the items", async () => {
    const waiting = new Map<number, () => void>();
    const start = (item: number): Promise<number> =>
      new Promise((resolve) => waiting.set(item, () => resolve(item * 10)));
    const outcomes = pipelined([1, 2, 3], 2, start);
    const first = outcomes.next();
    expect([...waiting.keys()]).toEqual([1, 2]);
    waiting.get(2)?.();
    waiting.get(1)?.();
    expect((await first).value).toBe(10);
    const second = outcomes.next();
    expect([...waiting.keys()]).toEqual([1, 2, 3]);
    expect((await second).value).toBe(20);
    waiting.get(3)?.();
    expect((await outcomes.next()).value).toBe(30);
    expect((await outcomes.next()).done).toBe(true);
  });

  it("waits for what is under way when the caller stops, and hides its failure", async () => {
    let ended = 0;
    const start = async (item: number): Promise<number> => {
      await new Promise((resolve) => setImmediate(resolve));
      ended++;
      if (item === 2) throw new Error("too late to matter");
      return item;
    };
    for await (const _ of pipelined([1, 2, 3, 4], 3, start)) break;
    expect(ended).toBe(3);
  });
});
