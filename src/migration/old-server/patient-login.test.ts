import { describe, expect, test } from "vitest";
import { ManualClock } from "../../../test/jobs/manual-clock.ts";
import { ConnectionBudget, type Place } from "./connections.ts";
import type { Verdict } from "./old-server.ts";
import { loginFrom } from "./patient-login.ts";

const never = new AbortController().signal;
const turnedAway: Verdict = { verdict: "cannot-tell", trouble: "turned-away", reason: "closed" };
const bad: Verdict = { verdict: "bad", reply: "no" };

/** An old server that gives these answers, and a place to ask it from while `others` are taken. */
async function begin(answers: readonly Verdict[], others: number) {
  const clock = new ManualClock();
  const budget = new ConnectionBudget(10, clock);
  const take = async (): Promise<Place> => {
    const place = await budget.take("prompt", never);
    if (!place) throw new Error("no place");
    return place;
  };
  const open: Place[] = [];
  for (let count = 0; count < others; count++) open.push(await take());
  const place = await take();
  let asked = 0;
  const ask = async (): Promise<Verdict> => answers[asked++] ?? bad;
  return { clock, open, place, ask, asked: () => asked };
}

describe("a login on a server that bears few connections", () => {
  test("is tried again when one of the others has ended", async () => {
    const { clock, open, place, ask, asked } = await begin([turnedAway], 2);
    const verdict = loginFrom(place, ask, clock, never);
    await clock.advance(10_000);
    expect(asked()).toBe(1);
    open[0]?.[Symbol.dispose]();
    await clock.advance(1000);
    expect(await verdict).toEqual(bad);
  });

  test("is tried once more when no other is open, and then it is trouble", async () => {
    const { clock, place, ask, asked } = await begin([turnedAway, turnedAway, turnedAway], 0);
    const verdict = loginFrom(place, ask, clock, never);
    await clock.advance(1000);
    expect(await verdict).toEqual(turnedAway);
    expect(asked()).toBe(2);
  });

  test("ends with the wait for room", async () => {
    const { clock, place, ask } = await begin([turnedAway], 1);
    const stop = new AbortController();
    const verdict = loginFrom(place, ask, clock, stop.signal);
    await clock.advance(1000);
    stop.abort();
    expect(await verdict).toBeNull();
  });

  test("takes any other answer at once", async () => {
    const dropped: Verdict = { verdict: "cannot-tell", trouble: "dropped", reason: "closed" };
    const { clock, place, ask, asked } = await begin([dropped], 3);
    expect(await loginFrom(place, ask, clock, never)).toEqual(dropped);
    expect(asked()).toBe(1);
  });
});
