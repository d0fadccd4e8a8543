/** Group A of the failure catalogue: unique-ids. */
import { describe, expect, test } from "vitest";
import { put } from "../../old-server/maildrop.ts";
import { letter } from "../../programs/letter.ts";
import { contents, Move, minutes } from "../move.ts";

describe("A1: two messages with one UIDL are both copied once, and a second sweep copies 0", () => {
  test.each([
    ["different messages", false],
    ["identical messages", true],
  ])("%s", async (_name, isSame) => {
    await using move = await Move.start("A1:at=2:count=2");
    if (isSame) {
      const [, twin] = move.anna.messages;
      if (twin) move.anna.messages[2] = { ...twin, uidl: "uid-3" };
    }
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(await move.hashes()).toEqual(contents(move));
    for (let sweep = 0; sweep < 3; sweep++) {
      expect(await move.check()).toMatchObject({ found: 0, problem: null });
      move.pass(20 * minutes);
    }
    expect(await move.hashes()).toEqual(contents(move));
  });
});

describe("A2: an empty or short UIDL line never drops a message; it is known by its content, and reported", () => {
  test.each(["A2:at=3", "A2:at=3:form=short"])("%s: copied, and never twice", async (scenario) => {
    await using move = await Move.start(scenario);
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(await move.hashes()).toEqual(contents(move));
    const before = await move.uidls();
    expect(before[2]).toMatch(/^\S+$/);
    put(move.anna, letter("anna", "arrived later"));
    expect(await move.check()).toMatchObject({ found: 1, problem: null });
    expect(await move.check()).toMatchObject({ found: 0, problem: null });
    expect([...(await move.hashes())].sort()).toEqual([...contents(move)].sort());
    expect((await move.uidls()).slice(0, 6)).toEqual(before);
  });

  test("status and log tell of it", async () => {
    await using move = await Move.start("A2:at=3");
    expect(await move.tryLogin()).toBe("+OK");
    const { notes } = await move.copied();
    expect(notes).toEqual([expect.stringMatching(/^1 messages are without a unique-id there/)]);
    expect(move.log).toMatch(/"level":40.*without a unique-id/);
  });
});

describe("A3: when most UIDLs have changed, contents decide, only what was never seen is added, and it is told", () => {
  test.each(["A3:after=1", "A3:after=1:form=always"])("%s", async (scenario) => {
    await using move = await Move.start(scenario, { messages: 12 });
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    const before = await move.uidls();
    put(move.anna, letter("anna", "arrived later"));
    expect(await move.check()).toMatchObject({ found: 1, problem: null });
    for (let sweep = 0; sweep < 2; sweep++) {
      move.pass(60 * minutes);
      expect(await move.check()).toMatchObject({ found: 0, problem: null });
    }
    expect([...(await move.hashes())].sort()).toEqual([...contents(move)].sort());
    expect((await move.uidls()).slice(0, 13)).toEqual(before);
    expect(move.log).toContain("has changed its unique-ids");
  });
});

describe("A4: an old server without UIDL moves whole, sweeps add nothing twice, and our UIDLs are stable", () => {
  test("no UIDL at all", async () => {
    await using move = await Move.start("A4");
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    const before = await move.uidls();
    expect(new Set(before).size).toBe(6);
    put(move.anna, letter("anna", "arrived later"));
    expect(await move.check()).toMatchObject({ found: 1, problem: null });
    for (let sweep = 0; sweep < 3; sweep++) {
      expect(await move.check()).toMatchObject({ found: 0, problem: null });
      move.pass(60 * minutes);
    }
    expect([...(await move.hashes())].sort()).toEqual([...contents(move)].sort());
    expect((await move.uidls()).slice(0, 6)).toEqual(before);
  });

  test("UIDL works though CAPA is refused: the old ones are served", async () => {
    await using move = await Move.start("A4:form=hidden");
    expect((await move.uidls()).slice(0, 5)).toEqual(move.anna.messages.map(({ uidl }) => uidl));
    await move.copied();
    expect(await move.hashes()).toEqual(contents(move));
  });
});

describe("A5: UIDLs of up to 255 octets, any but CR, LF and NUL, are kept and served as they are", () => {
  const longest = `\x01!"#\x7f\x80\xff${"u".repeat(248)}`;

  test("odd lines: spaces, +OK, a gap, 200 and 255 octets, octets beyond ASCII", async () => {
    await using move = await Move.start("A5");
    put(move.anna, letter("anna", "arrived last"), longest);
    const shown = await move.uidls();
    expect(shown.slice(0, 6)).toEqual([
      "uid-1",
      "uid-2",
      `uid-3-${"x".repeat(194)}`,
      "\xe4\xf6\x81uid-4",
      "uid-5",
      longest,
    ]);
    await move.copied();
    expect(await move.hashes()).toEqual(contents(move));
    expect(await move.check()).toMatchObject({ found: 0, problem: null });
    expect(await move.uidls()).toEqual(shown);
  });

  test("a space is an octet like others, where no program can take one message for another", async () => {
    await using move = await Move.start("");
    put(move.anna, letter("anna", "with a space"), "with a space");
    put(move.anna, letter("anna", "alike"), "twice as one");
    put(move.anna, letter("anna", "alike too"), "twice as two");
    await using program = await move.login();
    expect(await program.ask("UIDL 6")).toBe("+OK 6 with a space");
    const listing = await program.list();
    expect(listing).toHaveLength(9);
    // A program that reads up to the first space would know these two by one name.
    for (const { uidl } of listing.slice(6, 8)) expect(uidl).toMatch(/^[!-~]+$/);
    await move.copied();
    put(move.anna, letter("anna", "late"), "late one");
    put(move.anna, letter("anna", "with once more"), "with another");
    expect(await move.check()).toMatchObject({ found: 2, problem: null });
    const shown = await move.uidls();
    expect(shown[5]).toBe("with a space");
    expect(shown[9]).toBe("late one");
    expect(shown[10]).toMatch(/^[!-~]+$/);
    expect(await move.check()).toMatchObject({ found: 0, problem: null });
  });
});
