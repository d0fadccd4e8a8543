import { Hono } from "hono";
import { beforeEach, expect, it } from "vitest";
import { asOnlooker } from "./events/onlooker.ts";
import { repeats } from "./repeats.ts";

let made = 0;
let now = 0;
let status: 200 | 503 = 200;
let app: Hono;

beforeEach(() => {
  made = 0;
  status = 200;
  app = new Hono();
  app.use(repeats(() => now));
  app.post("/tokens", async (context) => {
    const { label } = await context.req.json();
    await new Promise((resolve) => setTimeout(resolve, 5));
    return context.json({ label, number: ++made }, status);
  });
});

const post = async (key: string | null, label = "x", who = "one") => {
  const request = new Request("http://localhost/tokens", {
    method: "POST",
    body: JSON.stringify({ label }),
    headers: key === null ? {} : { "idempotency-key": key },
  });
  const onlooker = { key: who, maySee: () => true, isStillThere: async () => true };
  const answer = await app.fetch(asOnlooker(request, onlooker));
  return { status: answer.status, ...((await answer.json()) as object) };
};

it("makes a change once that is sent twice, also at the same time", async () => {
  expect(await Promise.all([post("a"), post("a")])).toEqual([
    { status: 200, label: "x", number: 1 },
    { status: 200, label: "x", number: 1 },
  ]);
  expect(await post("a")).toMatchObject({ number: 1 });
  expect(await post("b")).toMatchObject({ number: 2 });
  expect(await post(null)).toMatchObject({ number: 3 });
});

it("gives nobody the answer of another, and of another request", async () => {
  await post("a");
  expect(await post("a", "x", "another")).toMatchObject({ number: 2 });
  expect(await post("a", "y")).toMatchObject({ status: 409, title: "in-use" });
  expect(await post("a b".repeat(100))).toMatchObject({ status: 400 });
});

it("lets what failed be tried again, and forgets after ten minutes", async () => {
  status = 503;
  await post("a");
  status = 200;
  expect(await post("a")).toMatchObject({ status: 200, number: 2 });
  now += 601_000;
  expect(await post("a")).toMatchObject({ number: 3 });
});

it("remembers a bounded number", async () => {
  await post("first");
  await Promise.all(Array.from({ length: 500 }, (_, n) => post(`key-${n}`)));
  expect(await post("first")).toMatchObject({ number: 502 });
});
