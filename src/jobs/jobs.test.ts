import { describe, expect, test } from "vitest";
import { ManualClock, settle } from "../../test/jobs/manual-clock.ts";
import { Alarm } from "./alarm.ts";
import { backoff } from "./backoff.ts";
import { systemClock } from "./clock.ts";

const never = new AbortController().signal;

describe("the alarm", () => {
  test("sleeps until its time", async () => {
    const clock = new ManualClock(1000);
    const alarm = new Alarm(clock);
    let awake = false;
    void alarm.sleep(1500, never).then(() => {
      awake = true;
    });
    await clock.advance(499);
    expect(awake).toBe(false);
    await clock.advance(1);
    expect(awake).toBe(true);
  });

  test("is woken early, also by a call that came before the sleep", async () => {
    const clock = new ManualClock();
    const alarm = new Alarm(clock);
    const sleep = alarm.sleep(null, never);
    alarm.wake();
    await sleep;
    alarm.wake();
    await alarm.sleep(null, never);
    let awake = false;
    void alarm.sleep(clock.now() + 1, never).then(() => {
      awake = true;
    });
    await settle();
    expect(awake).toBe(false);
    await clock.advance(1);
  });

  test("ends with its signal", async () => {
    const stop = new AbortController();
    const sleep = new Alarm(systemClock).sleep(null, stop.signal);
    stop.abort();
    await sleep;
    expect(stop.signal.aborted).toBe(true);
  });
});

test("the back-off doubles, is spread, and is bounded", () => {
  const times = { first: 5000, longest: 900_000 };
  expect([1, 2, 3].map((failures) => backoff(times, failures, 0.999999))).toEqual([5000, 10_000, 20_000]);
  expect(backoff(times, 1, 0)).toBe(2500);
  expect(backoff(times, 1_000_000, 0.999999)).toBe(900_000);
  expect(backoff(times, 0, 0.999999)).toBe(5000);
});
