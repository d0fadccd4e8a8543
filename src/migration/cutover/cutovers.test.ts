import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silentLog } from "#observe/log";
import { CutoverWorld, domain, nina, pipe, route } from "../../../test/migration/cutover-world.ts";
import { cutoverSteps } from "./cutover.ts";
import { Cutovers } from "./cutovers.ts";

const minute = 60_000;

let world: CutoverWorld;
let cutovers: Cutovers;

beforeEach(() => {
  world = new CutoverWorld();
  cutovers = new Cutovers({ ...world.tools, log: silentLog });
});
afterEach(() => cutovers[Symbol.asyncDispose]());

async function begun(giveUp: readonly string[] = []): Promise<void> {
  expect(await cutovers.begin(domain, giveUp)).toMatchObject({ ok: true });
}

describe("a cutover", () => {
  test("takes its steps in order, and leaves nothing on", async () => {
    await begun();
    await world.clock.advance(6 * minute);
    expect(await cutovers.state(domain)).toMatchObject({
      state: "done",
      step: "park",
      certificate: "cert-1",
    });
    expect(world.did).toEqual([
      "unknown users defer",
      "sweep",
      "certify",
      "sweep",
      "unknown users reject",
      "end",
      `${route} hold`,
    ]);
    expect(world.keys.keys.size).toBe(0);
  });

  test("waits until what was accepted for the old server is out, and then for the old server's quiet", async () => {
    world.waiting = 3;
    await begun();
    await world.clock.advance(10 * minute);
    expect(await cutovers.state(domain)).toMatchObject({
      step: "drain",
      waitingFor: expect.stringContaining("3 recipients"),
    });
    world.waiting = 0;
    await world.clock.advance(2000);
    expect(await cutovers.state(domain)).toMatchObject({ step: "quiet" });
    await world.clock.advance(5 * minute - 3000);
    expect(world.did).not.toContain("sweep");
    await world.clock.advance(4000);
    expect(await cutovers.state(domain)).toMatchObject({ state: "done" });
  });

  test("sweeps and compares until a sweep finds nothing", async () => {
    world.finds = [2, 0, 1, 0, 0];
    await begun();
    await world.clock.advance(6 * minute);
    expect(world.did.slice(1, 8)).toEqual([
      "sweep", // 2
      "sweep", // 0
      "certify",
      "sweep", // 1: what came between
      "certify",
      "sweep", // 0
      "unknown users reject",
    ]);
    expect(await cutovers.state(domain)).toMatchObject({ state: "done", certificate: "cert-2" });
  });

  test("is refused at once, with everything that would be lost by name", async () => {
    world.missing = [{ address: nina, messages: 4 }];
    world.prepared = [`paul@${domain}`];
    world.transfer = { state: "waiting", reason: "it is locked", messages: 9, messagesHere: 7 };
    const refused = await cutovers.begin(domain, []);
    expect(refused).toMatchObject({ ok: false, problem: { kind: "in-use" } });
    const text = refused.ok ? "" : refused.problem.text;
    for (const words of [nina, "4 messages were piped", `paul@${domain}`, "2 messages are still", "locked"]) {
      expect(text).toContain(words);
    }
    expect(world.did).toEqual([]);
    expect(await cutovers.state(domain)).toBeNull();
  });

  test("gives up nobody who is not named, and nobody who is not in the way", async () => {
    world.missing = [{ address: nina, messages: 4 }];
    world.prepared = [`paul@${domain}`];
    expect(await cutovers.begin(domain, [nina])).toMatchObject({
      problem: { text: expect.not.stringContaining(nina) },
    });
    expect(await cutovers.begin(domain, [nina, `anna@${domain}`])).toMatchObject({
      problem: { kind: "not-found", text: expect.stringContaining(`anna@${domain}`) },
    });
    await begun([nina, `paul@${domain}`]);
    await world.clock.advance(6 * minute);
    expect(await cutovers.state(domain)).toMatchObject({ state: "done", giveUp: [nina, `paul@${domain}`] });
    expect(world.endedWith).toEqual([]); // Neither has a transfer that could be given up.
  });

  test("that finds something missing is refused and leaves unknown users as they were", async () => {
    world.unaccounted = ["anna: 2 messages are not here"];
    await begun();
    await world.clock.advance(6 * minute);
    expect(await cutovers.state(domain)).toMatchObject({
      state: "refused",
      step: "certify",
      blockers: ["anna: 2 messages are not here"],
    });
    expect(world.did.at(-1)).toBe("unknown users pipe");
    expect(world.isMigrating).toBe(true);
    // Mended, it can be tried again.
    world.unaccounted = [];
    await begun();
    await world.clock.advance(6 * minute);
    expect(await cutovers.state(domain)).toMatchObject({ state: "done" });
  });

  test("refuses when somebody has become known meanwhile", async () => {
    await begun();
    await world.clock.advance(minute);
    world.missing = [{ address: nina, messages: 1 }];
    await world.clock.advance(6 * minute);
    expect(await cutovers.state(domain)).toMatchObject({
      state: "refused",
      blockers: [expect.stringContaining(nina)],
    });
  });

  test("does not defer mail for ever over a mailbox that cannot be swept", async () => {
    world.problem = "its old maildrop is locked";
    await begun();
    await world.clock.advance(64 * minute);
    expect(await cutovers.state(domain)).toMatchObject({
      state: "running",
      step: "sweep",
      waitingFor: `anna@${domain}: its old maildrop is locked`,
    });
    await world.clock.advance(3 * minute);
    expect(await cutovers.state(domain)).toMatchObject({ state: "refused" });
    expect(world.rule).toEqual(pipe);
  });

  test("is refused at once over a message that cannot be had", async () => {
    world.problem = "1 messages could not be fetched, for instance: it is damaged";
    world.isPassing = false;
    await begun();
    await world.clock.advance(6 * minute);
    expect(await cutovers.state(domain)).toMatchObject({
      state: "refused",
      step: "sweep",
      blockers: [`anna@${domain}: ${world.problem}`],
    });
  });

  test("runs once at a time", async () => {
    world.waiting = 1;
    const both = await Promise.all([cutovers.begin(domain, []), cutovers.begin(domain, [])]);
    expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
    expect(await cutovers.begin(domain, [])).toMatchObject({ problem: { kind: "in-use" } });
  });

  test("parks no route that another domain's mail takes", async () => {
    world.others = ["other-company.com"];
    await begun();
    await world.clock.advance(6 * minute);
    expect(await cutovers.state(domain)).toMatchObject({ state: "done" });
    expect(world.did).not.toContain(`${route} hold`);
  });
});

describe("after a crash", () => {
  test.each(cutoverSteps)("in step %s it goes on to the same end", async (step) => {
    world.crashIn = step;
    await begun();
    await world.clock.advance(step === "quiet" ? minute : 6 * minute);
    await cutovers[Symbol.asyncDispose]();
    expect(await cutovers.state(domain)).toMatchObject({ state: "running", step });
    world.crashIn = null;
    cutovers = new Cutovers({ ...world.tools, log: silentLog });
    await cutovers.start();
    await world.clock.advance(6 * minute);
    expect(await cutovers.state(domain)).toMatchObject({ state: "done", certificate: "cert-1" });
    expect(world.rule).toEqual({ rule: "reject" });
    expect(world.deliver).toBe("hold");
    expect(world.isMigrating).toBe(false);
  });
});

describe("undo", () => {
  test.each(cutoverSteps)("in step %s brings back what was", async (step) => {
    world.crashIn = step;
    await begun();
    await world.clock.advance(step === "quiet" ? minute : 6 * minute);
    world.crashIn = null;
    expect(await cutovers.undo(domain)).toMatchObject({ ok: true, value: { state: "undone" } });
    await world.clock.advance(6 * minute);
    expect(world.rule).toEqual(pipe);
    expect(world.deliver).toBe("immediately");
    expect(world.isMigrating).toBe(true);
    expect(world.keys.keys.size).toBe(1);
  });

  test("of one that is done brings the migration back with a new key", async () => {
    const key = await world.keys.get("key");
    await begun();
    await world.clock.advance(6 * minute);
    expect(await cutovers.undo(domain)).toMatchObject({ ok: true });
    expect(world.rule).toEqual(pipe);
    expect(world.deliver).toBe("immediately");
    expect(world.isMigrating).toBe(true);
    expect(await world.keys.get("key")).not.toEqual(key);
    expect(await cutovers.undo(domain)).toMatchObject({ problem: { kind: "not-permitted" } });
  });

  test("that cannot be done says so, and goes on when it is asked again or after a crash", async () => {
    await begun();
    await world.clock.advance(6 * minute);
    world.deliver = null; // The remote domain was removed.
    expect(await cutovers.undo(domain)).toMatchObject({ problem: { kind: "not-found" } });
    expect(await cutovers.state(domain)).toMatchObject({ state: "undoing" });
    expect(world.rule).toEqual({ rule: "reject" });
    world.deliver = "hold";
    cutovers = new Cutovers({ ...world.tools, log: silentLog });
    await cutovers.start();
    expect(await cutovers.state(domain)).toMatchObject({ state: "undone" });
    expect(world.rule).toEqual(pipe);
  });

  test("of nothing is refused", async () => {
    expect(await cutovers.undo(domain)).toMatchObject({ problem: { kind: "not-found" } });
  });
});
