import { expect, test } from "vitest";
import { settle } from "../../../test/jobs/manual-clock.ts";
import { Aside } from "./aside.ts";

test("so many pieces go on beside, and the next waits for one of them", async () => {
  const aside = new Aside(2);
  const gates = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const begun: number[] = [];
  const all = (async () => {
    for (const [number, { promise }] of gates.entries()) {
      await aside.add(() => {
        begun.push(number);
        return promise;
      });
    }
    await aside.settle();
    begun.push(-1);
  })();
  await settle();
  expect(begun).toEqual([0, 1]);
  gates[1]?.resolve();
  await settle();
  expect(begun).toEqual([0, 1, 2]);
  gates[0]?.resolve();
  gates[2]?.resolve();
  await all;
  expect(begun).toEqual([0, 1, 2, -1]);
});

test("what a piece threw is told once", async () => {
  const aside = new Aside(2);
  await aside.add(() => Promise.reject(new Error("full")));
  await expect(aside.settle()).rejects.toThrow("full");
  await aside.settle();
});
