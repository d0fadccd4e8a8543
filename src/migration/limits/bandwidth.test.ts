import { expect, test } from "vitest";
import { ManualClock } from "../../../test/jobs/manual-clock.ts";
import { Bandwidth } from "./bandwidth.ts";

/** Copies messages of one size for so long, one after the other. @returns how many */
async function copied(bandwidth: Bandwidth, clock: ManualClock, size: number, milliseconds: number) {
  const end = clock.now() + milliseconds;
  let count = 0;
  while (clock.now() < end) {
    if (!bandwidth.ask(size)) {
      await clock.advance(Math.max(1, bandwidth.readyAt - clock.now()));
      continue;
    }
    bandwidth.came(size);
    bandwidth.whole(size);
    count++;
  }
  return count;
}

function limited(perSecond: number) {
  const clock = new ManualClock();
  const bandwidth = new Bandwidth(clock);
  bandwidth.limit(perSecond);
  return { clock, bandwidth };
}

test("without a limit nothing waits", () => {
  const clock = new ManualClock();
  const bandwidth = new Bandwidth(clock);
  bandwidth.came(1e12);
  expect(bandwidth.ask(1e12)).toBe(true);
  expect(bandwidth.readyAt).toBe(clock.now());
});

test("over a minute no more comes than a minute's worth and one burst", async () => {
  const { clock, bandwidth } = limited(100_000);
  const count = await copied(bandwidth, clock, 1000, 60_000);
  expect(count).toBeGreaterThan(5900);
  expect(count).toBeLessThanOrEqual(6101);
});

test("after a rest no more than a burst comes at once", async () => {
  const { clock, bandwidth } = limited(100_000);
  await clock.advance(3_600_000);
  let count = 0;
  while (bandwidth.ask(1000)) count++;
  expect(count).toBe(100);
});

test("a message that is larger than a burst comes, and is paid back", async () => {
  const { clock, bandwidth } = limited(100_000);
  const began = clock.now();
  expect(await copied(bandwidth, clock, 1_000_000, 60_000)).toBe(7);
  expect(clock.now() - began).toBeLessThan(70_000);
});

test("what others read makes copying wait, and waits for nothing itself", async () => {
  const { clock, bandwidth } = limited(100_000);
  bandwidth.came(1_100_000);
  expect(bandwidth.ask(1)).toBe(false);
  expect(bandwidth.readyAt - clock.now()).toBe(10_250);
  await clock.advance(10_250);
  expect(bandwidth.ask(1)).toBe(true);
});

test("several who copy share it: what is asked for counts before it comes", () => {
  const { bandwidth } = limited(100_000);
  expect([1, 2, 3].map(() => bandwidth.ask(60_000))).toEqual([true, true, false]);
});

test("what was asked for and does not come is given back", () => {
  const { clock, bandwidth } = limited(100_000);
  expect(bandwidth.ask(5_000_000)).toBe(true);
  expect(bandwidth.ask(1)).toBe(false);
  bandwidth.whole(5_000_000);
  expect(bandwidth.readyAt).toBe(clock.now());
});

test("another limit holds at once; debts are paid at the new rate", () => {
  const { clock, bandwidth } = limited(1000);
  bandwidth.came(101_000);
  bandwidth.limit(100_000);
  expect(bandwidth.readyAt - clock.now()).toBe(1250);
  bandwidth.limit(null);
  expect(bandwidth.ask(1e9)).toBe(true);
});
