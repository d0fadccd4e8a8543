import { expect, test } from "vitest";
import { silentLog } from "#observe/log";
import { ManualClock } from "../../test/jobs/manual-clock.ts";
import { persist } from "./persist.ts";

const stop = new AbortController();

test("it writes again until the store takes it, ever more slowly", async () => {
  const clock = new ManualClock(0);
  const at: number[] = [];
  const writing = persist(
    { clock, log: silentLog },
    async () => {
      at.push(clock.now());
      if (at.length < 5) throw new Error("the disk is full");
    },
    stop.signal,
  );
  await clock.advance(60_000);
  await writing;
  expect(at).toEqual([0, 250, 750, 1750, 3750]);
});

test("it gives up with the program", async () => {
  const clock = new ManualClock(0);
  const writing = persist(
    { clock, log: silentLog },
    async () => {
      throw new Error("the disk is full");
    },
    stop.signal,
  );
  stop.abort();
  await expect(writing).rejects.toThrow("the disk is full");
});
