import { describe, expect, test } from "vitest";
import { ManualClock, settle } from "../../../test/jobs/manual-clock.ts";
import { ConnectionBudget, ConnectionBudgets, type Place, type Purpose } from "./connections.ts";

const never = new AbortController().signal;

function asking(budget: ConnectionBudget, purpose: Purpose, signal = never) {
  const asked: { place: Place | null | undefined } = { place: undefined };
  void budget.take(purpose, signal).then((place) => {
    asked.place = place;
  });
  return asked;
}

async function taken(budget: ConnectionBudget, purpose: Purpose): Promise<Place> {
  const place = await budget.take(purpose, never);
  if (!place) throw new Error("no place");
  return place;
}

describe("places at an old server", () => {
  test("half is kept free for people who wait", async () => {
    const budget = new ConnectionBudget(4, new ManualClock());
    const copying = [await taken(budget, "background"), await taken(budget, "background")];
    const third = asking(budget, "background");
    const login = await taken(budget, "prompt");
    await settle();
    expect(third.place).toBeUndefined();
    expect(copying[0]).toMatchObject({ isContended: true, isNeeded: false, mustYield: false });
    login[Symbol.dispose]();
    await settle();
    expect(third.place).toBeUndefined();
    copying[0]?.[Symbol.dispose]();
    await settle();
    expect(third.place?.purpose).toBe("background");
  });

  test("people who wait may use all of it, and go first", async () => {
    const budget = new ConnectionBudget(2, new ManualClock());
    const first = await taken(budget, "prompt");
    const second = await taken(budget, "prompt");
    const copier = asking(budget, "background");
    const login = asking(budget, "prompt");
    await settle();
    expect(first.isNeeded).toBe(true);
    second[Symbol.dispose]();
    await settle();
    expect([login.place?.purpose, copier.place]).toEqual(["prompt", undefined]);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    await settle();
    expect(copier.place?.purpose).toBe("background");
  });

  test("a first login goes on as copier where there is room", async () => {
    const budget = new ConnectionBudget(4, new ManualClock());
    const places = [
      await taken(budget, "prompt"),
      await taken(budget, "prompt"),
      await taken(budget, "prompt"),
    ];
    expect(places.map((place) => place.becomeBackground())).toEqual([true, true, false]);
    expect(places[2]?.purpose).toBe("prompt");
    places[0]?.[Symbol.dispose]();
    expect(places[2]?.becomeBackground()).toBe(true);
  });

  test("a little is finished on the places of those who came, save on a few", async () => {
    for (const [total, most] of [
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 1],
      [16, 6],
    ] as const) {
      const budget = new ConnectionBudget(total, new ManualClock());
      const places: Place[] = [];
      for (let n = 0; n < total; n++) places.push(await taken(budget, "prompt"));
      const finishing = places.filter((place) => place.mayFinish());
      expect(finishing).toHaveLength(most);
      const [one, other] = [finishing[0], places.find((place) => !finishing.includes(place))];
      if (!one) continue;
      expect([one.mayFinish(), other?.mayFinish()]).toEqual([true, false]);
      one[Symbol.dispose]();
      expect(other?.mayFinish()).toBe(true);
      // A copier's place is none of these.
      expect(other?.becomeBackground()).toBe(true);
      expect(places.find((place) => place !== other && !finishing.includes(place))?.mayFinish()).toBe(true);
    }
  });

  test("who holds a place hears at once that others wait, and that there is room", async () => {
    const budget = new ConnectionBudget(2, new ManualClock());
    const [copying, idle] = [await taken(budget, "background"), await taken(budget, "prompt")];
    const heard: boolean[][] = [];
    {
      using _ = idle.watch(() => heard.push([idle.isNeeded, idle.becomeBackground()]));
      const login = asking(budget, "prompt");
      await settle();
      expect(heard).toEqual([[true, false]]);
      copying[Symbol.dispose]();
      await settle();
      expect(login.place).toBeTruthy();
      expect(heard.at(-1)).toEqual([false, true]);
    }
    const times = heard.length;
    idle[Symbol.dispose]();
    expect(heard).toHaveLength(times);
  });

  test("with a single connection the copier lets others go first", async () => {
    const budget = new ConnectionBudget(1, new ManualClock());
    const copier = await taken(budget, "background");
    expect(copier.mustYield).toBe(false);
    const login = asking(budget, "prompt");
    await settle();
    expect(copier.mustYield).toBe(true);
    copier[Symbol.dispose]();
    await settle();
    expect(login.place).toBeTruthy();
  });

  test("who gives up waiting takes nothing", async () => {
    const budget = new ConnectionBudget(1, new ManualClock());
    const place = await taken(budget, "prompt");
    const stop = new AbortController();
    const impatient = asking(budget, "prompt", stop.signal);
    const patient = asking(budget, "prompt");
    stop.abort();
    await settle();
    expect(impatient.place).toBeNull();
    place[Symbol.dispose]();
    await settle();
    expect(patient.place).toBeTruthy();
    expect(await budget.take("prompt", stop.signal)).toBeNull();
  });
});

describe("an old server that bears fewer connections", () => {
  test("who is turned away goes again when another has ended, and there are no more at once than it bore", async () => {
    const budget = new ConnectionBudget(10, new ManualClock());
    const open = [await taken(budget, "prompt"), await taken(budget, "background")];
    const turnedAway = await taken(budget, "prompt");
    const outcome = turnedAway.turnedAway(never);
    const late = asking(budget, "prompt");
    await settle();
    expect(late.place).toBeUndefined();
    open[0]?.[Symbol.dispose]();
    expect(await outcome).toBe("again");
    await settle();
    expect(late.place).toBeUndefined();
    turnedAway[Symbol.dispose]();
    await settle();
    expect(late.place).toBeTruthy();
  });

  test("copiers that hold more than their share of what is left let people go first", async () => {
    const budget = new ConnectionBudget(10, new ManualClock());
    const copiers = await Promise.all(Array.from({ length: 4 }, () => taken(budget, "background")));
    const login = await taken(budget, "prompt");
    const outcome = login.turnedAway(never);
    await settle();
    expect(copiers[0]?.mustYield).toBe(true);
    copiers[0]?.[Symbol.dispose]();
    expect(await outcome).toBe("again");
    expect(copiers[1]?.mustYield).toBe(false);
  });

  test("turned away without another open: nothing is to be waited for", async () => {
    const budget = new ConnectionBudget(2, new ManualClock());
    const place = await taken(budget, "prompt");
    expect(await place.turnedAway(never)).toBe("alone");
    place[Symbol.dispose]();
    await taken(budget, "prompt");
    await taken(budget, "prompt");
  });

  test("who gives up waiting after being turned away holds nothing", async () => {
    const budget = new ConnectionBudget(2, new ManualClock());
    const other = await taken(budget, "prompt");
    const place = await taken(budget, "prompt");
    const stop = new AbortController();
    const outcome = place.turnedAway(stop.signal);
    stop.abort();
    expect(await outcome).toBeNull();
    place[Symbol.dispose]();
    const next = asking(budget, "prompt");
    await settle();
    expect(next.place).toBeUndefined();
    other[Symbol.dispose]();
    await settle();
    expect(next.place).toBeTruthy();
  });

  test("after some quiet minutes it is tried with more", async () => {
    const clock = new ManualClock();
    const budget = new ConnectionBudget(4, clock);
    const first = await taken(budget, "prompt");
    const turnedAway = await taken(budget, "prompt");
    const outcome = turnedAway.turnedAway(never);
    first[Symbol.dispose]();
    expect(await outcome).toBe("again");
    const early = asking(budget, "prompt");
    await settle();
    expect(early.place).toBeUndefined();
    await clock.advance(5 * 60_000);
    const late = asking(budget, "prompt");
    await settle();
    expect([early.place, late.place]).toEqual([expect.anything(), undefined]);
  });
});

test("each old server has a budget of its own", async () => {
  const budgets = new ConnectionBudgets(1, new ManualClock());
  expect(budgets.of({ host: "a", port: 110 })).toBe(budgets.of({ host: "a", port: 110 }));
  expect(budgets.of({ host: "a", port: 110 })).not.toBe(budgets.of({ host: "a", port: 995 }));
});
