import { beforeEach, describe, expect, test } from "vitest";
import { silentLog } from "#observe/log";
import { ManualClock } from "../../../test/jobs/manual-clock.ts";
import { oldAddress } from "../../../test/migration/house.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import type { Trouble, Verdict } from "./old-server.ts";

const down: Verdict = { verdict: "cannot-tell", trouble: "down", reason: "connection refused" };
const bad: Verdict = { verdict: "bad", reply: "wrong" };
const signal = new AbortController().signal;

let clock: ManualClock;
let asked: string[];
let answer: Verdict;
let breaker: CircuitBreaker;

beforeEach(() => {
  clock = new ManualClock();
  asked = [];
  answer = down;
  const oldServer = {
    async login(_server: unknown, { address }: { readonly address: string }) {
      asked.push(address);
      return answer;
    },
  };
  breaker = new CircuitBreaker(oldServer, clock, silentLog);
});

async function login(name: string, port = 110): Promise<Verdict> {
  const credentials = { address: `${name}@big-company.com`, password: Buffer.from("x"), loginName: null };
  return await breaker.login({ ...oldAddress, port }, credentials, signal);
}
async function everybodyFails(): Promise<void> {
  for (const name of ["anna", "bob", "carol"]) await login(name);
}

describe("an old server in trouble", () => {
  test("D6: is not believed in trouble because one person's program fails fifty times", async () => {
    for (let time = 0; time < 50; time++) await login("anna");
    answer = bad;
    expect(await login("bob")).toBe(bad);
    expect(breaker.trouble(oldAddress)).toBeNull();
    expect(asked).toHaveLength(51);
  });

  test("is left in peace once several people met it, who are told at once and never 'wrong password'", async () => {
    await everybodyFails();
    expect(breaker.trouble(oldAddress)).toMatchObject({ since: clock.now(), reason: "connection refused" });
    expect(await login("dora")).toEqual({
      verdict: "cannot-tell",
      trouble: "down",
      reason: "the old server is in trouble: connection refused",
    });
    expect(asked).toHaveLength(3);
    // Another old server is another matter.
    await login("dora", 1110);
    expect(asked).toHaveLength(4);
  });

  test("is asked by one login every 15 seconds, and is well with the first answer", async () => {
    await everybodyFails();
    await clock.advance(15_000);
    await login("anna");
    await login("bob");
    expect(asked).toHaveLength(4);
    await clock.advance(15_000);
    answer = bad;
    expect(await login("bob")).toBe(bad);
    expect(await login("anna")).toBe(bad);
    expect(breaker.trouble(oldAddress)).toBeNull();
  });

  test("is forgiven what was more than a minute ago", async () => {
    await login("anna");
    await login("bob");
    await clock.advance(61_000);
    await login("carol");
    expect(breaker.trouble(oldAddress)).toBeNull();
  });

  test.each<Trouble>(["locked", "login-delay", "throttled", "turned-away"])(
    "%s is no trouble of the whole server",
    async (trouble) => {
      answer = { verdict: "cannot-tell", trouble, reason: "later" };
      await everybodyFails();
      await login("dora");
      expect(asked).toHaveLength(4);
    },
  );
});
