/** Group A of the failure catalogue: listings that do not tell what is there. */
import { describe, expect, test } from "vitest";
import { hashOf, put } from "../../old-server/maildrop.ts";
import { letter } from "../../programs/letter.ts";
import { sha256 } from "../../programs/pop3-program.ts";
import { contents, isMigrationMessage, Move, minutes } from "../move.ts";

/** Which content is here under which unique-id. */
async function byUidl(move: Move): Promise<Record<string, string>> {
  await using program = await move.login();
  const found: Record<string, string> = {};
  for (const { number, uidl } of await program.list()) {
    const octets = await program.retrieve(number);
    if (!isMigrationMessage(octets)) found[uidl] = sha256(octets);
  }
  return found;
}

function byOldUidl(move: Move): Record<string, string> {
  return Object.fromEntries(move.anna.messages.map(({ uidl, octets }) => [uidl, hashOf(octets)]));
}

describe("A6: sizes and UIDLs are paired by number within a session; a number without both waits, never shifted", () => {
  test.each(["A6:form=end", "A6:form=middle:at=2", "A6:form=gone:at=2"])(
    "%s, at the first login",
    async (scenario) => {
      await using move = await Move.start(scenario, { afterBob: true });
      expect(await move.tryLogin()).toBe("+OK");
      await move.copied();
      await move.check();
      expect(await byUidl(move)).toEqual(byOldUidl(move));
      expect(await move.check()).toMatchObject({ found: 0, problem: null });
      expect(Object.keys(await byUidl(move))).toHaveLength(move.anna.messages.length);
    },
  );

  test.each(["A6:form=end", "A6:form=middle:at=2"])("%s, at a sweep", async (scenario) => {
    await using move = await Move.start("");
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    move.old.select(scenario);
    await move.check();
    await move.check();
    expect(await byUidl(move)).toEqual(byOldUidl(move));
  });
});

describe("A7: our order is the order of the old LIST, and new mail comes after it", () => {
  test.each(["A7:form=reversed", "A7:form=rotated"])("%s from the second session on", async (scenario) => {
    await using move = await Move.start(scenario, { messages: 30 });
    const before = await move.uidls();
    expect(before.slice(0, 30)).toEqual(move.anna.messages.map(({ uidl }) => uidl));
    await move.copied();
    expect(await move.check()).toMatchObject({ found: 0, problem: null });
    const late = put(move.anna, letter("anna", "arrived later"));
    expect(await move.check()).toMatchObject({ found: 1, problem: null });
    expect(await move.uidls()).toEqual([...before, late.uidl]);
    expect(await move.hashes()).toEqual(contents(move));
  });
});

describe("A11: a maildrop that shrinks suddenly is not believed until it was seen so twice, 15 minutes apart", () => {
  test("nothing goes before that, and what is there again is copied", async () => {
    await using move = await Move.start("G5:every=1,A11:after=1:sessions=2");
    const before = await move.uidls();
    expect(before).toHaveLength(6);
    expect((await move.check()).problem).toContain("gone from the old server's listing");
    move.pass(14 * minutes);
    expect((await move.check()).problem).toContain("gone from the old server's listing");
    expect(await move.uidls()).toEqual(before);
    move.old.select("");
    move.pass(60 * minutes);
    expect(await move.check()).toMatchObject({ problem: null });
    expect(await move.hashes()).toEqual(contents(move));
    expect(await move.uidls()).toEqual(before);
  });

  test("seen twice, 15 minutes apart, it is believed, and reported", async () => {
    await using move = await Move.start("G5:every=1,A11:after=1:sessions=9:left=2");
    expect(await move.uidls()).toHaveLength(6);
    await move.check();
    move.pass(15 * minutes);
    await move.check();
    expect((await move.uidls()).slice(0, 2)).toEqual(["uid-1", "uid-2"]);
    expect(await move.uidls()).toHaveLength(3);
    expect(move.log).toContain("gone from the old server before it was copied");
  });

  test("a dropped connection leaves it emptied for a while: everything is copied in the end", async () => {
    await using move = await Move.start("A20:at=3:octets=20,A11:sessions=1");
    expect(await move.tryLogin()).toBe("+OK");
    for (let tries = 0; tries < 4; tries++) {
      move.pass(20 * minutes);
      await move.check();
    }
    expect(await move.hashes()).toEqual(contents(move));
  });
});

describe("A14: only the terminator ends a message; sizes are hints, and one that is wrong is no error", () => {
  test.each(["third", "triple", "rounded", "lf", "zero", "negative"])("%s", async (form) => {
    await using move = await Move.start(`A14:form=${form}`);
    put(move.anna, `${letter("anna", "message large")}${"x".repeat(75)}\r\n`.repeat(1000));
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(await move.hashes()).toEqual(contents(move));
    expect(await move.check()).toMatchObject({ found: 0, problem: null });
    // Stated rightly from now on: still the same messages.
    move.old.select("");
    expect(await move.check()).toMatchObject({ found: 0, problem: null });
    expect(await move.hashes()).toEqual(contents(move));
  });

  test("a mismatch is logged, once for all messages of a session", async () => {
    await using move = await Move.start("A14:form=third", { afterBob: true });
    expect(move.log).not.toContain("sizes that the old server states");
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    const told = move.log
      .split("\n")
      .filter((line) => line.includes("sizes that the old server states differ"));
    expect(told.map((line) => JSON.parse(line))).toMatchObject([
      {
        address: "anna@big-company.com",
        messages: 5,
        last: { uidl: "uid-1", stated: Math.floor(letter("anna", "message 1").length / 3) },
      },
    ]);
  });
});

describe("A19: a move is complete after two full listings that show the same; a capped one is flagged", () => {
  test("a window that moves on: no check finds nothing before everything is here, once", async () => {
    await using move = await Move.start("A19:most=3:form=moving", { messages: 8 });
    expect(await move.tryLogin()).toBe("+OK");
    // It hides what was read (A18).
    await move.until(({ state }) => state === "paused");
    await move.resume({ takeWhatDeletes: true });
    await move.copied();
    let checks = 0;
    while ((await move.check()).found > 0) checks++;
    expect(checks).toBe(2);
    expect([...(await move.hashes())].sort()).toEqual([...contents(move)].sort());
  });

  test("a maildrop that always shows the same number of a larger one is flagged", async () => {
    await using move = await Move.start("A19:most=250", { messages: 250, afterBob: true });
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect((await move.transfer()).notes).toEqual([]);
    for (let n = 0; n < 10; n++) put(move.anna, letter("anna", `arrived ${n}`));
    await move.check();
    const flag = "seems to show at most 250 messages of a larger number";
    expect((await move.transfer()).notes).toEqual([expect.stringContaining(flag)]);
    expect(move.log).toMatch(/"level":40.*seems to show at most 250 messages/);
    await move.check();
    expect((await move.transfer()).notes).toHaveLength(1);
    // It shows more: there was no limit, or there is none any more.
    move.old.select("");
    await move.check();
    expect((await move.transfer()).notes).toEqual([]);
  }, 40_000);

  test("as many that went as came elsewhere than at the two ends are no sign of it", async () => {
    await using move = await Move.start("", { messages: 60, afterBob: true });
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    move.anna.messages.splice(20, 3);
    for (let n = 0; n < 3; n++) put(move.anna, letter("anna", `arrived ${n}`));
    expect(await move.check()).toMatchObject({ found: 3, problem: null });
    expect((await move.transfer()).notes).toEqual([]);
  });
});

describe("A24: what POP3 shows beside the INBOX is kept", () => {
  test("messages of another folder are copied like others", async () => {
    await using move = await Move.start("A24:count=3");
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect((await move.uidls()).slice(5, 8)).toEqual(["spam-1", "spam-2", "spam-3"]);
    expect(await move.hashes()).toHaveLength(8);
    expect(await move.check()).toMatchObject({ found: 0, problem: null });
  });
});

describe("A25: octets that POP3 changes on the way are no reason to copy twice", () => {
  test("added fields, sizes of the store", async () => {
    await using move = await Move.start("A25");
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    const before = await move.hashes();
    expect(before).toHaveLength(5);
    expect(await move.check()).toMatchObject({ found: 0, problem: null });
    move.old.select("");
    expect(await move.check()).toMatchObject({ found: 0, problem: null });
    expect(await move.hashes()).toEqual(before);
  });
});

describe("A30: what another program takes away there is reported as gone there, and nothing copied goes here", () => {
  test("a message that was listed and is gone before it was copied", async () => {
    await using move = await Move.start("A30:after=2:at=1", { pop3: { pipelining: false } });
    expect(await move.tryLogin()).toBe("+OK");
    const { reason } = await move.until(({ messagesHere }) => messagesHere === 4);
    expect(reason ?? "").not.toMatch(/failed inside|our own/);
    expect((await move.check()).problem).toContain("gone from the old server's listing");
    move.pass(16 * minutes);
    await move.check();
    expect(await move.check()).toMatchObject({ found: 0, problem: null });
    expect(await move.hashes()).toEqual(contents(move));
    const gone = move.ledger().filter(({ state }) => state === "skipped");
    expect(gone).toMatchObject([
      { uidl: "uid-1", reason: expect.stringContaining("gone from the old server") },
    ]);
    expect(move.log).not.toContain('"level":50');
  });

  test("a message that was copied before it went", async () => {
    await using move = await Move.start("");
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    const before = await move.hashes();
    move.anna.messages.splice(1, 3);
    for (let sweep = 0; sweep < 3; sweep++) {
      expect(await move.check()).toMatchObject({ found: 0, problem: null });
      move.pass(20 * minutes);
    }
    expect(await move.hashes()).toEqual(before);
  });
});
