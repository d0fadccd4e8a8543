import { describe, expect, test } from "vitest";
import { queuedRecipient } from "../../test/queue/queued.ts";
import { Destinations } from "./destinations.ts";
import { Ready } from "./jobs.ts";

const reply = { host: null, code: null, enhanced: "4.4.1", text: "no answer" };

describe("places", () => {
  test("so many for one destination, so many in all", () => {
    const destinations = new Destinations({ total: 3, perDestination: 2 });
    expect(["a", "a", "a", "b", "b"].map((name) => destinations.take(name))).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
    expect(destinations.full()).toEqual([
      { kind: "pipe", to: "a" },
      { kind: "relay", to: "a" },
    ]);
    destinations.giveBack("a");
    expect([destinations.free, destinations.isFull("a"), destinations.take("b")]).toEqual([1, false, true]);
  });

  test("what waits gets them in turn, and one message for one relay goes as one", () => {
    const ready = new Ready();
    const due = (id: string, kind: "pipe" | "relay", to: string) =>
      queuedRecipient({ id, via: { kind, to } });
    ready.add([due("1", "pipe", "a"), due("2", "pipe", "a"), due("3", "relay", "b"), due("4", "relay", "b")]);
    ready.add([due("1", "pipe", "a")]);
    const taken = ready.take(new Destinations({ total: 2, perDestination: 2 }));
    expect(taken.map(({ recipients }) => recipients.map(({ id }) => id))).toEqual([["1"], ["3", "4"]]);
    expect([ready.has("a"), ready.has("b")]).toEqual([true, false]);
    const rest = ready.take(new Destinations());
    expect(rest.map(({ recipients }) => recipients.map(({ id }) => id))).toEqual([["2"]]);
  });
});

describe("a destination that cannot be reached", () => {
  test("is left in peace after three failures, for longer and longer, up to a minute", () => {
    const destinations = new Destinations();
    const waits: number[] = [];
    for (let failure = 1; failure <= 8; failure++) {
      destinations.unreached("a", reply, 0);
      let wait = 0;
      while (destinations.suspended("a", wait)) wait += 1000;
      waits.push(wait);
    }
    expect(waits).toEqual([0, 0, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
    expect(destinations.suspended("b", 0)).toBeNull();
  });

  test("is back with its first answer, which is told once", () => {
    const destinations = new Destinations();
    for (let failure = 1; failure <= 3; failure++) destinations.unreached("a", reply, 0);
    expect([destinations.reached("a"), destinations.reached("a")]).toEqual([true, false]);
    expect(destinations.suspended("a", 0)).toBeNull();
  });
});
