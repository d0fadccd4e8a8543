/** Group A of the failure catalogue: messages that do not come as they are. */
import { describe, expect, test } from "vitest";
import { hashOf, put } from "../../old-server/maildrop.ts";
import { letter } from "../../programs/letter.ts";
import { sha256 } from "../../programs/pop3-program.ts";
import { contents, isMigrationMessage, Move, minutes } from "../move.ts";

const retrievals = (move: Move): readonly string[] =>
  move.old.pop3.seen.commands.flatMap((command) => /RETR (\d+)$/.exec(command)?.[1] ?? []);

describe("A15: LF . LF and CRLF . LF end a message; a cut that may be none is put aside", () => {
  test.each(["dot-lf", "lf"])("%s", async (form) => {
    await using move = await Move.start(`A15:form=${form}`);
    expect(await move.tryLogin()).toBe("+OK");
    for (let tries = 0; tries < 2; tries++) {
      move.pass(20 * minutes);
      await move.check();
    }
    await move.copied();
    // The line end before the dot is the message's own.
    const ended = (octets: Uint8Array): Uint8Array =>
      form === "lf" ? Buffer.concat([octets.subarray(0, -2), Buffer.from("\n")]) : octets;
    const whole = move.anna.messages.map(({ octets }) => hashOf(ended(octets)));
    expect(move.ledger().map((row) => row.sha256)).toEqual(whole);
  });

  test("a message whose end never comes holds up no other one", async () => {
    await using move = await Move.start("A15:form=no-newline:at=3");
    expect(await move.tryLogin()).toBe("+OK");
    for (let tries = 0; tries < 4; tries++) {
      move.pass(20 * minutes);
      await move.check();
    }
    expect(move.ledger().map(({ state }) => state)).toEqual([
      "copied",
      "copied",
      "remote",
      "copied",
      "copied",
    ]);
  });

  test("dots that were not doubled cut a message: it is not taken for whole", async () => {
    await using move = await Move.start("");
    put(
      move.anna,
      `Subject: message cut\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n.\r\ntwo\r\n${"x".repeat(70)}\r\n--b--\r\n`,
    );
    move.old.select("A15:form=unstuffed:at=6");
    expect(await move.tryLogin()).toBe("+OK");
    await move.until(({ messagesHere }) => messagesHere >= 5);
    await move.check();
    expect(move.ledger().at(-1)).not.toMatchObject({ state: "copied" });
  });
});

describe("A16: a line of 10 MB is copied intact", () => {
  test("10,000,000 octets", async () => {
    await using move = await Move.start("A16", { messages: 1 });
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(move.ledger().map((row) => row.sha256)).toEqual(contents(move));
    expect(await move.hashes()).toEqual(contents(move));
  });
});

describe("A17: copying says RETR only; TOP that is missing or broken changes nothing", () => {
  test.each(["refused", "truncated", "full", "twice", "deletes"])("%s", async (form) => {
    await using move = await Move.start(`A17:form=${form}`);
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(await move.hashes()).toEqual(contents(move));
    expect(move.anna.messages).toHaveLength(5);
    expect(await move.check()).toMatchObject({ found: 0, problem: null });
  });
});

describe("A18: a server that deletes or hides what it gave is found out with one message", () => {
  const stopped = (move: Move) => move.until(({ state }) => state === "paused");

  test.each(["deletes", "hides"])("%s: the first session fetches one, and no more", async (form) => {
    await using move = await Move.start(`A18:form=${form}`);
    expect(await move.tryLogin()).toBe("+OK");
    await stopped(move);
    expect(retrievals(move)).toHaveLength(1);
    move.pass(60 * minutes);
    expect((await move.check()).problem).toMatch(/is paused: the old server deletes or hides/);
    expect(retrievals(move)).toHaveLength(1);
    expect(move.ledger().filter(({ state }) => state === "copied")).toHaveLength(1);
  });

  test.each(["deletes", "hides"])("%s: the administrator is warned, and told what to do", async (form) => {
    await using move = await Move.start(`A18:form=${form}`);
    expect(await move.tryLogin()).toBe("+OK");
    const { reason } = await stopped(move);
    expect(reason).toMatch(/deletes or hides what is read.*resume although reading deletes there/);
    expect(move.log).toMatch(/"level":40.*deletes or hides what is read/);
  });

  test.each(["deletes", "hides"])("%s: what somebody reads is served, and kept", async (form) => {
    await using move = await Move.start(`A18:form=${form}`);
    const before = contents(move);
    expect(await move.hashes()).toEqual(before);
    await using program = await move.login();
    expect(await program.list()).toHaveLength(6);
    expect(await move.hashes()).toEqual(before);
  });

  test.each(["deletes", "hides"])("%s: it is copied when the administrator accepts that", async (form) => {
    await using move = await Move.start(`A18:form=${form}`);
    const before = contents(move);
    expect(await move.tryLogin()).toBe("+OK");
    await stopped(move);
    await move.resume({ takeWhatDeletes: true });
    await move.copied();
    put(move.anna, letter("anna", "arrived later"));
    expect(await move.check()).toMatchObject({ found: 1, problem: null });
    expect((await move.hashes()).slice(0, 5)).toEqual(before);
  });

  test("resumed without a word one more message is tried", async () => {
    await using move = await Move.start("A18");
    expect(await move.tryLogin()).toBe("+OK");
    await stopped(move);
    await move.resume();
    await move.until(({ messagesHere }) => messagesHere === 2);
    await stopped(move);
    expect(retrievals(move)).toHaveLength(2);
    move.old.select("");
    await move.resume();
    await move.copied();
  });

  test("a sound one is asked for one session more, for all of its people", async () => {
    await using move = await Move.start("");
    const bob = move.old.mailboxes.add("bob", "secret");
    for (let n = 1; n <= 5; n++) put(bob, letter("bob", `message ${n}`), `bob-${n}`);
    const before = move.old.pop3.seen.goodLogins;
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(move.old.pop3.seen.goodLogins - before).toBe(2);
    expect(await move.tryLogin("bob")).toBe("+OK");
    await expect
      .poll(async () => (await move.status()).transfers.map(({ state }) => state), { timeout: 10_000 })
      .toEqual(["following", "following"]);
    expect(move.old.pop3.seen.goodLogins - before).toBe(3);
    expect(retrievals(move)).toHaveLength(10);
  });
});

describe("A20: a connection cut at any octet leaves no partial message, and is gone on with at that message", () => {
  const size = letter("anna", "message 3").length;
  // Before, at the first, inside, at the last, between the octets and their terminator, inside that.
  const cuts = [0, 1, 57, Math.floor(size / 2), size, size + 2, size + 4];

  test.each(cuts)("after %i octets", async (octets) => {
    await using move = await Move.start(`A20:at=3:octets=${octets}`);
    const [program] = await Promise.all([move.login()]);
    await using _program = program;
    await move.until(({ state }) => state === "waiting" || state === "following");
    const before = move.ledger();
    for (const [index, { state, sha256: hash }] of before.entries())
      if (state === "copied") expect(hash).toBe(contents(move)[index]);
    const copied = new Set(
      before.flatMap(({ state }, index) => (state === "copied" ? [String(index + 1)] : [])),
    );
    const asked = retrievals(move).length;
    move.pass(20 * minutes);
    await move.copied();
    expect(await move.hashes()).toEqual(contents(move));
    // Nothing that was here is fetched again.
    expect(
      retrievals(move)
        .slice(asked)
        .filter((number) => copied.has(number)),
    ).toEqual([]);
    expect(await move.check()).toMatchObject({ found: 0, problem: null });
  });
});

describe("A21: a message that cannot be had is skipped, tried at the next sweeps, and then listed in the report", () => {
  test.each(["error", "empty"])("%s: the others come, and it is tried again", async (form) => {
    await using move = await Move.start(`A21:at=3:form=${form}`);
    expect(await move.tryLogin()).toBe("+OK");
    const { reason } = await move.until(
      (transfer) => transfer.messagesHere === 4 && transfer.reason !== null,
    );
    expect(reason).toMatch(form === "error" ? /RETR: no such message/ : /gave nothing of \d+ octets/);
    const others = contents(move).toSpliced(2, 1);
    expect(move.ledger().flatMap(({ sha256: hash }) => hash ?? [])).toEqual(others);
    for (let sweep = 0; sweep < 3; sweep++) {
      move.pass(60 * minutes);
      expect((await move.check()).problem).toMatch(/could not be fetched/);
    }
    const [row] = move.ledger().filter(({ state }) => state === "remote");
    expect(row).toMatchObject({
      uidl: "uid-3",
      reason: expect.stringMatching(/no such message|gave nothing/),
    });
    expect(row?.failures).toBeGreaterThanOrEqual(3);
    move.old.select("");
    move.pass(24 * 60 * minutes);
    await move.check();
    expect(await move.hashes()).toEqual(contents(move));
  });
});

describe("A23: the mail store's own message is not copied, and counted as skipped", () => {
  test("the first message", async () => {
    await using move = await Move.start("A23");
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    const mail = move.anna.messages.slice(1);
    expect(await move.hashes()).toEqual(mail.map(({ octets }) => hashOf(octets)));
    expect(move.ledger()[0]).toMatchObject({ state: "skipped", reason: expect.stringContaining("internal") });
    expect(await move.check()).toMatchObject({ found: 0, problem: null });
    expect((await move.transfer()).skipped).toBe(1);
    await using program = await move.login();
    const last = (await program.list()).at(-1)?.number ?? 0;
    const octets = await program.retrieve(last);
    expect([isMigrationMessage(octets), sha256(octets).length]).toEqual([true, 64]);
  });
});
