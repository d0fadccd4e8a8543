import { expect, test } from "vitest";
import { AnswerCache } from "./answer-cache.ts";
import { Turns } from "./turns.ts";

const never = new AbortController().signal;

test("turns are taken in order, and who gives up waiting takes none", async () => {
  const turns = new Turns(1);
  const first = await turns.take("a", never);
  expect(await turns.take("b", never)).not.toBeNull();
  const order: string[] = [];
  const impatient = new AbortController();
  const second = turns.take("a", impatient.signal).then((turn) => order.push(turn ? "second" : "gave up"));
  const third = turns.take("a", never).then((turn) => {
    order.push("third");
    return turn;
  });
  impatient.abort();
  await second;
  first?.[Symbol.dispose]();
  first?.[Symbol.dispose]();
  (await third)?.[Symbol.dispose]();
  expect(order).toEqual(["gave up", "third"]);
  expect(await turns.take("a", never)).not.toBeNull();
  expect(await turns.take("c", AbortSignal.abort())).toBeNull();
});

test("answers go when their time is over, and the oldest when there are too many", () => {
  let now = 0;
  const cache = new AnswerCache<string>(2, () => now);
  cache.set("a", "1", 100);
  cache.set("b", "2", 200);
  now = 100;
  expect([cache.get("a"), cache.get("b")]).toEqual([null, "2"]);
  cache.set("c", "3", 100);
  cache.set("d", "4", 100);
  expect([cache.get("b"), cache.get("c"), cache.get("d")]).toEqual([null, "3", "4"]);
});
