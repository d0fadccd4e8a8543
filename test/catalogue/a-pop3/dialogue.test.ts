/** Group A of the failure catalogue: connections, locks, logins and answers that go otherwise than they should. */
import { afterEach, describe, expect, test } from "vitest";
import { put } from "../../old-server/maildrop.ts";
import { letter } from "../../programs/letter.ts";
import { contents, Move, minutes } from "../move.ts";
import { patience } from "../quick.ts";

const usual = { ...patience };
afterEach(() => {
  Object.assign(patience, usual);
});

/** What the old server was told, by verb. */
const said = (move: Move, verb: string): number =>
  move.old.pop3.seen.commands.filter((command) => command.split(" ").includes(verb)).length;

describe("A8: where CAPA hangs or hangs up we connect once more and go on without, and remember it", () => {
  test.each(["drop", "hang"])("%s", async (form) => {
    await using move = await Move.start(`A8:form=${form}`);
    const before = said(move, "CAPA");
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(await move.check()).toMatchObject({ problem: null });
    expect(said(move, "CAPA") - before).toBe(1);
    expect(await move.hashes()).toEqual(contents(move));
  });
});

describe("A9: one stall ends pipelining with that server", () => {
  test("what is sent ahead is lost: the copy goes on without, by itself", async () => {
    await using move = await Move.start("A9", { messages: 20 });
    const before = move.old.pop3.seen.connections;
    for (let tries = 0; (await move.status()).transfers.length === 0 && tries < 3; tries++)
      await move.tryLogin();
    for (let tries = 0; tries < 3; tries++) {
      move.pass(20 * minutes);
      await move.check();
    }
    expect(await move.hashes()).toEqual(contents(move));
    // The stalled one, the next try, and the checks.
    expect(move.old.pop3.seen.connections - before).toBeLessThanOrEqual(6);
  });
});

describe("A10: a lock is a temporary failure, no strike; copies back off, and hold no lock for long", () => {
  test.each(["code", "busy", "locked", "intermail", "plain"])("at the first login: %s", async (form) => {
    await using move = await Move.start(`A10:form=${form}:times=8`);
    for (let tries = 0; tries < 8; tries++) expect(await move.tryLogin()).toMatch(/^-ERR \[SYS\/TEMP\]/);
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(await move.hashes()).toEqual(contents(move));
  });

  test("at a sweep: later, and later still", async () => {
    await using move = await Move.start("");
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    move.old.select("A10:times=3");
    put(move.anna, letter("anna", "arrived later"));
    let last = 0;
    for (let tries = 0; tries < 3; tries++) {
      expect((await move.check()).problem).toMatch(/IN-USE/);
      const { state, nextTry } = await move.transfer();
      expect(state).toBe("waiting");
      const delay = Date.parse(nextTry ?? "") - move.now();
      expect(delay).toBeGreaterThan(last);
      last = delay;
      move.pass(delay + 1000);
    }
    await move.copied();
    expect(await move.hashes()).toEqual(contents(move));
  });

  test("a session holds the lock for ten minutes at most, and ends between two messages", async () => {
    const sessions = new Map<number, { first: number; last: number }>();
    await using move = await Move.start("", { messages: 12, pop3: { pipelining: false } });
    move.old.pop3.options.fault = ({ verb, connection }) => {
      if (verb !== "RETR") return null;
      const first = sessions.get(connection)?.first ?? move.now();
      move.pass(3 * minutes);
      sessions.set(connection, { first, last: move.now() });
      return null;
    };
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(sessions.size).toBeGreaterThanOrEqual(3);
    // A message under way is waited for.
    for (const { first, last } of sessions.values()) expect(last - first).toBeLessThan(14 * minutes);
    expect(await move.hashes()).toEqual(contents(move));
  });
});

describe("A12: the session that proved the person copies, and sweeps keep the distance that logins must have", () => {
  test("LOGIN-DELAY", async () => {
    await using move = await Move.start("A12:seconds=720", {
      environment: { MAILFERRY_MIGRATION_SWEEP_INTERVAL: "1 min" },
    });
    const before = move.old.pop3.seen.goodLogins;
    expect(await move.tryLogin()).toBe("+OK");
    const { nextTry } = await move.copied();
    expect(move.old.pop3.seen.goodLogins - before).toBe(1);
    expect(Date.parse(nextTry ?? "") - move.now()).toBeGreaterThan(11 * minutes);
    move.pass(5 * minutes);
    expect(await move.hashes()).toEqual(contents(move));
    expect(move.old.pop3.seen.goodLogins - before).toBe(1);
    put(move.anna, letter("anna", "arrived later"));
    move.pass(8 * minutes);
    await move.until(({ messages }) => messages === 6);
  });

  test("a delay told in words only", async () => {
    await using move = await Move.start("A12:form=text", { afterBob: true });
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect((await move.check()).problem).toContain("Exceeded the login limit");
    const { state, nextTry } = await move.transfer();
    expect(state).toBe("waiting");
    expect(Date.parse(nextTry ?? "") - move.now()).toBeGreaterThanOrEqual(59_000);
  });

  test("as long as the words say", async () => {
    await using move = await Move.start("A12:form=text", { afterBob: true });
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    await move.check();
    const { nextTry } = await move.transfer();
    const delay = Date.parse(nextTry ?? "") - move.now();
    expect(delay).toBeGreaterThan(14 * minutes);
    expect(delay).toBeLessThanOrEqual(15 * minutes);
  });
});

describe("A13: PASS first; APOP only where PASS is refused as a way, and over a link that is trusted", () => {
  test("only APOP is taken", async () => {
    await using move = await Move.start("A13");
    expect(await move.tryLogin("anna", "wrong")).toMatch(/^-ERR \[AUTH\]/);
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(await move.hashes()).toEqual(contents(move));
  });

  test.each(["broken", "odd"])("APOP is announced and not tried where PASS works: %s", async (form) => {
    await using move = await Move.start(`A13:form=${form}`);
    expect(await move.tryLogin("anna", "wrong")).toMatch(/^-ERR \[AUTH\]/);
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(said(move, "APOP")).toBe(0);
  });
});

describe("A22: we never say DELE, and a QUIT that hangs or fails spoils nothing", () => {
  test.each(["hang", "error", "drop"])("%s", async (form) => {
    await using move = await Move.start(`A22:form=${form}`);
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(await move.check()).toMatchObject({ found: 0, problem: null });
    expect(await move.hashes()).toEqual(contents(move));
    expect(move.log).not.toMatch(/"level":[45]0/);
    expect(said(move, "DELE")).toBe(0);
  });
});

describe("A26: a slow word is waited for, 20 seconds by the person and longer by us; a slow listing too", () => {
  test("a login of more than 20 seconds: a temporary error, and it goes on by itself", async () => {
    patience.login = 10_000;
    await using move = await Move.start("A26:login=1", { afterBob: true });
    const before = move.old.pop3.seen.goodLogins;
    const first = move.tryLogin();
    await expect.poll(() => said(move, "PASS"), { timeout: 5000 }).toBeGreaterThan(1);
    // Until the house waits for it.
    await new Promise((resolve) => setTimeout(resolve, 100));
    move.pass(20_000);
    expect(await first).toMatch(/^-ERR \[SYS\/TEMP\]/);
    await expect.poll(async () => (await move.status()).transfers.length, { timeout: 5000 }).toBe(1);
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(move.old.pop3.seen.goodLogins - before).toBe(1);
  });

  test("a listing that takes long: the person is in, what needs it fails for the moment, never a short one", async () => {
    Object.assign(patience, { listing: 10_000, stall: 10_000 });
    await using move = await Move.start("A26:login=0:list=1");
    const login = move.login();
    await expect.poll(() => said(move, "LIST"), { timeout: 5000 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    move.pass(6000);
    await using program = await login;
    const stat = await program.ask("STAT").catch((error: unknown) => String(error));
    expect(stat).toMatch(/^\+OK 6 |-ERR \[SYS\/TEMP\]/);
    await expect.poll(async () => (await move.status()).transfers.length, { timeout: 5000 }).toBe(1);
    await move.copied();
    expect(await move.hashes()).toEqual(contents(move));
  });
});

describe("A29: odd greetings and status lines end in success or a named trouble, never in a loop", () => {
  test.each(["bare-lf", "plus", "lower", "no-text", "octets"])("%s: it is borne", async (form) => {
    await using move = await Move.start(`A29:form=${form}`);
    expect(await move.tryLogin("anna", "wrong")).toMatch(/^-ERR \[AUTH\]/);
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(await move.hashes()).toEqual(contents(move));
  });

  test.each(["multi-line", "http"])("%s: a temporary error that says why, after one try", async (form) => {
    await using move = await Move.start(`A29:form=${form}`);
    const before = move.old.pop3.seen.connections;
    const answer = await move.tryLogin();
    expect(answer).toMatch(/^(?:\+OK|-ERR \[SYS\/TEMP\])/);
    expect(move.log).toMatch(/"trouble":"(?:protocol|timeout)"/);
    expect(move.old.pop3.seen.connections - before).toBeLessThanOrEqual(2);
  });
});
