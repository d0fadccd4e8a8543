import { expect, test } from "vitest";
import { countForAll } from "./counting.ts";

const domain = "big-company.com";

/** Counts that end when they are told to. */
function countedByHand() {
  const world = { now: 1000, touches: 0, figure: 0, running: [] as PromiseWithResolvers<number>[], begun: 0 };
  const figures = countForAll({
    count: async () => {
      const { figure } = world;
      world.begun++;
      const running = Promise.withResolvers<number>();
      world.running.push(running);
      await running.promise;
      return figure;
    },
    touches: () => world.touches,
    now: () => world.now,
  });
  const end = () => world.running.shift()?.resolve(0);
  return { world, figures: () => figures(domain), end };
}

/** Lets everything go on that waits for nothing outside. */
const settled = async () => {
  for (let n = 0; n < 20; n++) await Promise.resolve();
};

test("who comes while it is counted, and nothing has changed, waits for that count", async () => {
  const { world, figures, end } = countedByHand();
  const all = Promise.all([figures(), figures(), figures()]);
  world.now += 500;
  const late = figures();
  end();
  expect(await all).toEqual([0, 0, 0]);
  expect(await late).toBe(0);
  expect(world.begun).toBe(1);
});

test("who comes while it is counted, and knows of a change, gets one more count with all who do, after that", async () => {
  const { world, figures, end } = countedByHand();
  const first = figures();
  world.now += 2;
  world.touches++;
  world.figure = 7;
  const others = Promise.all([figures(), figures(), figures()]);
  await settled();
  expect(world.begun).toBe(1);
  world.now += 1;
  end();
  expect(await first).toBe(0);
  await settled();
  expect(world.begun).toBe(2);
  end();
  expect(await others).toEqual([7, 7, 7]);
  expect(world.begun).toBe(2);
});

test("after a long count the next begins only when the first was a twenty-fifth of the time", async () => {
  const { world, figures, end } = countedByHand();
  const first = figures();
  world.now += 8;
  end();
  await first;
  world.touches++;
  const next = figures();
  await settled();
  expect(world.begun).toBe(1);
  world.now += 192;
  await expect.poll(() => world.begun).toBe(2);
  end();
  await next;
});

test("where nothing was committed, nobody waits until a long count may be made anew", async () => {
  const { world, figures, end } = countedByHand();
  const first = figures();
  world.now += 80;
  end();
  await first;
  world.figure = 7;
  world.now += 1900;
  expect(await figures()).toBe(0);
  expect(world.begun).toBe(1);
  world.now += 30;
  const later = figures();
  end();
  expect(await later).toBe(7);
});

test("a failure is told to all who waited for it, and whoever asks next has it counted anew", async () => {
  const { world, figures, end } = countedByHand();
  const both = Promise.allSettled([figures(), figures()]);
  world.running.shift()?.reject(new Error("cannot be read"));
  expect((await both).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  const next = figures();
  end();
  expect(await next).toBe(0);
  expect(world.begun).toBe(2);
});
