import { expect, test } from "vitest";
import { openRoster, type RosterParts } from "./roster.ts";

const domain = "big-company.com";

/** A move whose figures are counted, each count taking so long; milliseconds. */
function countedMove(cost: number) {
  const world = { now: 1000, touches: 0, counts: 0, over: 0 };
  const parts: RosterParts = {
    roster: {
      page: async () => [],
      count: async () => 0,
      figures: async () => {
        world.counts++;
        world.now += cost;
        const nothing = { messages: 0, messagesHere: 0, octets: 0, octetsHere: 0, lastSweep: null };
        return [{ stage: "over", mailboxes: world.over, ...nothing }];
      },
    },
    transfers: {
      movement: () => ({ stalledBefore: 0, moving: [] }),
      rate: () => null,
      rateOf: () => null,
      stalledSince: () => null,
    },
    isLocal: async () => true,
    move: async () => ({
      ...{ domain, migration: null, limits: null, trouble: null, names: null },
      notes: [],
    }),
    missing: async () => [],
    touches: () => world.touches,
    now: () => world.now,
  };
  const roster = openRoster(parts);
  const over = async () => {
    const summary = await roster.summary(domain);
    return summary.ok ? summary.value.people.over : null;
  };
  return { world, over };
}

test("a move is counted once for all who look on while nothing changes, and anew as soon as something has", async () => {
  const { world, over } = countedMove(0);
  expect(await over()).toBe(0);
  world.now += 900;
  expect(await over()).toBe(0);
  expect(world.counts).toBe(1);
  world.over = 1;
  world.touches++;
  expect(await over()).toBe(1);
  world.now += 1000;
  await over();
  expect(world.counts).toBe(3);
});

test("a long count is not begun again at once, and who waits for the next gets what it counted", async () => {
  const { world, over } = countedMove(2);
  await over();
  const { world: large, over: ofLarge } = countedMove(8);
  await ofLarge();
  large.touches++;
  large.over = 5;
  const before = large.counts;
  const waiting = ofLarge();
  expect(large.counts).toBe(before);
  large.now += 200;
  expect(await waiting).toBe(5);
  world.touches++;
  expect(await over()).toBe(0);
});
