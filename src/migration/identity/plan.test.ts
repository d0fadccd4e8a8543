import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PlanModel } from "../../../test/migration/plan-model.ts";

const all = (): boolean => true;

function model(...messages: (readonly [uidl: string | null, content: string])[]): PlanModel {
  const made = new PlanModel();
  for (const [uidl, content] of messages) made.maildrop.push({ uidl, content });
  made.admit();
  return made;
}

describe("steady unique-ids", () => {
  test("what is new is fresh, what is gone unseen, what is there paired", () => {
    const old = model(["a", "A"], ["b", "B"], ["c", "C"]);
    old.sweep(all);
    old.maildrop.push({ uidl: "d", content: "D" });
    const { fresh, doubtful } = old.compare();
    expect(fresh.map(({ uidl }) => uidl)).toEqual(["d"]);
    expect(doubtful).toEqual([]);
    old.sweep(all);
    old.maildrop.splice(1, 1);
    const { paired, unseen } = old.compare();
    expect(paired.map(({ row, listed }) => [row.uidl, listed.message.number])).toEqual([
      ["a", 1],
      ["c", 2],
      ["d", 3],
    ]);
    expect(unseen.map(({ uidl }) => uidl)).toEqual(["b"]);
  });

  test("what comes when something has just gone may be that, and is looked at", () => {
    const old = model(["a", "A"], ["b", "B"], ["c", "C"]);
    old.sweep(all);
    old.maildrop.splice(1, 1);
    old.maildrop.push({ uidl: "d", content: "D" });
    const { fresh, doubtful } = old.compare();
    expect(fresh).toEqual([]);
    expect(
      doubtful.map(({ listed, candidates }) => [listed.uidl, candidates.map(({ uidl }) => uidl)]),
    ).toEqual([["d", ["b"]]]);
    old.sweep(all);
    expect(["B", "D"].map((content) => old.taken(content))).toEqual([1, 1]);
    old.sweep(all);
    expect(old.compare()).toMatchObject({ fresh: [], doubtful: [] });
  });

  test("a maildrop that was away for a while is not fetched again", () => {
    const old = model(["a", "A"], ["b", "B"], ["c", "C"]);
    old.sweep(all);
    const kept = old.maildrop.splice(0);
    old.sweep(all);
    old.maildrop.push(...kept);
    old.sweep(all);
    expect(old.fetchedInVain).toBe(0);
    expect(["A", "B", "C"].map((content) => old.taken(content))).toEqual([1, 1, 1]);
  });

  test("one that comes back with other unique-ids is known by its contents", () => {
    const old = model(["a", "A"], ["b", "B"], ["c", "C"]);
    old.sweep(all);
    const kept = old.maildrop.splice(0);
    old.sweep(all);
    old.maildrop.push(...kept.map(({ uidl, content }) => ({ uidl: `new-${uidl}`, content })));
    old.maildrop.push({ uidl: "d", content: "D" });
    old.sweep(all);
    expect(["A", "B", "C", "D"].map((content) => old.taken(content))).toEqual([1, 1, 1, 1]);
    expect(old.compare()).toMatchObject({ fresh: [], doubtful: [] });
  });

  test("a message given up because it was gone is taken when it comes back", () => {
    const old = model(["a", "A"], ["b", "B"], ["c", "C"]);
    const none = (): boolean => false;
    const [gone] = old.maildrop.splice(1, 1);
    old.sweep(none);
    old.sweep(none);
    expect(old.ledger.map(({ state }) => state)).toEqual(["remote", "skipped", "remote"]);
    if (gone) old.maildrop.push(gone);
    old.sweep(all);
    expect(old.taken("B")).toBe(1);
  });
});

describe("a unique-id given out again", () => {
  test("is seen by its size", () => {
    const old = model(["a", "A"], ["u", "first"]);
    old.sweep(all);
    old.maildrop.splice(1, 1, { uidl: "u", content: "another" });
    old.sweep(all);
    expect([old.taken("first"), old.taken("another")]).toEqual([1, 1]);
    old.maildrop.splice(1, 1, { uidl: "u", content: "third!!!!" });
    old.sweep(all);
    expect(old.taken("third!!!!")).toBe(1);
  });

  test("is seen by its place, where the size is the same", () => {
    const old = model(["u", "first"], ["v", "V"], ["w", "W"]);
    old.sweep(all);
    old.maildrop.shift();
    old.maildrop.push({ uidl: "u", content: "other" });
    old.sweep(all);
    expect([old.taken("first"), old.taken("other")]).toEqual([1, 1]);
    expect(old.compare()).toMatchObject({ fresh: [], doubtful: [] });
  });

  test("a server that only changes sizes adds nothing, and one that only moves messages is believed", () => {
    const old = model(["u", "first"], ["v", "V"], ["w", "W"]);
    old.sweep(all);
    old.maildrop.push(...old.maildrop.splice(0, 1));
    old.sweep(all);
    old.sweep(all);
    expect(old.fetchedInVain).toBe(1);
    expect(old.ledger.length).toBe(3);
  });
});

describe("changed unique-ids", () => {
  test("overnight, while only half is copied: each message once", () => {
    const contents = ["one", "two", "three", "four", "five!", "six six"];
    const old = model(...contents.map((content) => [`old-${content}`, content] as const));
    old.sweep(({ id }) => id > 3);
    for (const message of old.maildrop) message.uidl = `new-${message.content}`;
    expect(old.sweep(all).isUnstable).toBe(true);
    old.sweep(all);
    expect(contents.map((content) => old.taken(content))).toEqual(contents.map(() => 1));
    expect(old.ledger.length).toBe(6);
    expect(old.compare()).toMatchObject({ fresh: [], doubtful: [], unseen: [] });
  });

  test("messages deleted here stay deleted", () => {
    const old = model(["a", "A"], ["b", "BB"], ["c", "CCC"]);
    old.sweep(all);
    for (const message of old.maildrop) message.uidl = `${message.uidl}-2`;
    old.sweep(all);
    expect(old.ledger.length).toBe(3);
  });

  test("one by one, as where a visit broke off in the middle of telling them: each message once", () => {
    const old = model(["a", "A"], ["b", "B"], ["c", "C"], ["d", "D"], ["e", "E"]);
    old.sweep(all);
    for (const message of old.maildrop) {
      message.uidl = `${message.uidl}2`;
      old.sweep(all);
    }
    expect(["A", "B", "C", "D", "E"].map((content) => old.taken(content))).toEqual([1, 1, 1, 1, 1]);
  });

  test("a new message of the size of one that is gone does not take its unique-id", () => {
    const old = model(["a", "old A"]);
    old.maildrop.splice(0, 1, { uidl: "b", content: "new B" });
    old.sweep(all);
    expect(old.ledger.map(({ uidl, state }) => [uidl, state])).toEqual([
      ["a", "remote"],
      ["b", "copied"],
    ]);
  });
});

describe("repeated and missing unique-ids", () => {
  test("three identical messages stay three, and a fourth makes four", () => {
    const old = model(["u", "same"], ["u", "same"], ["u", "same"]);
    old.sweep(all);
    expect(old.taken("same")).toBe(3);
    old.maildrop.push({ uidl: "u", content: "same" });
    old.sweep(all);
    old.sweep(all);
    expect(old.taken("same")).toBe(4);
    expect(old.fetchedInVain).toBe(0);
  });

  test("different messages under one unique-id are all taken, whichever of them goes", () => {
    const old = model(["u", "aaa"], ["u", "bbb"], ["u", "ccc"]);
    old.sweep(({ id }) => id === 1);
    old.maildrop.shift();
    old.sweep(all);
    old.sweep(all);
    expect(["aaa", "bbb", "ccc"].map((content) => old.taken(content))).toEqual([1, 1, 1]);
  });

  test("without any unique-id a grown maildrop is not fetched again, a changed one is", () => {
    const old = model([null, "a"], [null, "bb"], [null, "ccc"]);
    old.sweep(all);
    old.maildrop.push({ uidl: null, content: "dddd" });
    old.sweep(all);
    expect(old.fetchedInVain).toBe(0);
    old.maildrop.splice(1, 1);
    old.maildrop.push({ uidl: null, content: "eeeee" });
    old.sweep(all);
    expect(old.fetchedInVain).toBe(3);
    expect(["a", "bb", "ccc", "dddd", "eeeee"].map((content) => old.taken(content))).toEqual([1, 1, 1, 1, 1]);
    old.sweep(all);
    expect(old.fetchedInVain).toBe(3);
  });
});

type Server = "steady" | "overnight" | "none" | "hashed" | "reusing";

/** What happens between sweeps; numbers choose which message, modulo how many there are. */
const event = fc.oneof(
  fc.record({ kind: fc.constant("arrives" as const), filler: fc.nat({ max: 3 }) }),
  fc.record({ kind: fc.constant("goes" as const), which: fc.nat({ max: 20 }) }),
  fc.record({ kind: fc.constant("sweep" as const), copies: fc.nat({ max: 3 }) }),
  fc.record({ kind: fc.constant("night" as const) }),
);

/** Plays events; every message has contents of its own. @returns the contents that must be here in the end */
function play(server: Server, first: number, events: readonly fc.Arbitrary<unknown>[] | readonly unknown[]) {
  const old = new PlanModel();
  let made = 0;
  const freed: string[] = [];
  const arrive = (filler: number): void => {
    const id = ++made;
    // Without unique-ids a message in the place of one of the same size cannot be told by a listing.
    const content =
      server === "none" ? "x".repeat(id) : `${"x".repeat(filler)}${String(id).padStart(4, "0")}`;
    const uidl = { steady: `s${id}`, overnight: `o${id}`, none: null, hashed: `h-${content}`, reusing: null };
    const reused = server === "reusing" ? (freed.pop() ?? `r${id}`) : uidl[server];
    old.maildrop.push({
      uidl: reused,
      content: server === "reusing" ? `${content}${"y".repeat(4 * id)}` : content,
    });
  };
  for (let n = 0; n < first; n++) arrive(n % 4);
  old.admit();
  for (const one of events as readonly { kind: string; filler: number; which: number; copies: number }[]) {
    if (one.kind === "arrives") arrive(one.filler);
    if (one.kind === "goes" && old.maildrop.length > 0) {
      const [gone] = old.maildrop.splice(one.which % old.maildrop.length, 1);
      if (gone?.uidl) freed.push(gone.uidl);
    }
    if (one.kind === "sweep") old.sweep(({ id }) => id % 4 <= one.copies);
    if (one.kind === "night" && server === "overnight") {
      for (const message of old.maildrop) message.uidl = `night-${++made}`;
    }
  }
  old.sweep(all);
  return old;
}

describe.each<Server>(["steady", "overnight", "none", "hashed", "reusing"])(
  "any interleaving, unique-ids %s",
  (server) => {
    test("takes each message exactly once, and a second sweep changes nothing", () => {
      fc.assert(
        fc.property(fc.nat({ max: 8 }), fc.array(event, { maxLength: 30 }), (first, events) => {
          const old = play(server, first, events);
          for (const { content } of old.maildrop) expect(old.taken(content)).toBe(1);
          const hashes = old.ledger.flatMap(({ sha256 }) => sha256 ?? []);
          expect(new Set(hashes).size).toBe(hashes.length);
          const before = structuredClone(old.ledger);
          const again = old.sweep(all);
          expect(again.fresh).toEqual([]);
          expect(again.doubtful).toEqual([]);
          const lasting = (rows: typeof before) => rows.filter(({ missingSince }) => missingSince === null);
          expect(lasting(old.ledger)).toEqual(lasting(before));
        }),
        { numRuns: 400 },
      );
    });
  },
);
