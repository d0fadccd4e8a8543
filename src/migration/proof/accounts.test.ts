import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ContentId } from "#mailbox/ids";
import { identify } from "../identity/listing.ts";
import { accountFor, accountForKnown } from "./accounts.ts";
import { count } from "./counts.ts";
import type { ProofRow } from "./proof-row.ts";
import { atOnce } from "./turns.ts";
import { unknown, waiting } from "./verdict.ts";

const sha256 = "ab".repeat(32);
const began = 1000;

function row(id: number, uidl: string, more: Partial<ProofRow> = {}): ProofRow {
  const plain = {
    size: 10,
    occurrence: 0,
    state: "copied",
    sha256,
    reason: null,
    missingSince: null,
  } as const;
  return { id, uidl, ...plain, content: (100 + id) as ContentId, octets: 12, ...more };
}

function listing(...uidls: string[]) {
  return identify(uidls.map((uidl, index) => ({ number: index + 1, uidl, size: 10 })));
}

const remote = { state: "remote", sha256: null, octets: null } as const;

function account(uidls: readonly string[], rows: readonly ProofRow[]) {
  const accounts = atOnce(accountFor(listing(...uidls), rows, began));
  return {
    listed: accounts.listed.map(({ verdict }) => verdict.reason ?? verdict.class),
    gone: accounts.gone.map(({ uidl }) => uidl),
    counts: count(accounts, 0),
  };
}

describe("what became of a listed message", () => {
  test.each<[string, Partial<ProofRow>, string]>([
    ["copied", {}, "here"],
    ["copied, then deleted here", { content: null, octets: null }, "deleted"],
    ["deleted here before it was copied", { ...remote, content: null }, "deleted"],
    ["not copied yet", remote, waiting],
    ["not to be had", { ...remote, reason: "-ERR no such message" }, "-ERR no such message"],
    [
      "internal data",
      { ...remote, state: "skipped", content: null, reason: "internal data" },
      "internal data",
    ],
    ["left out without a reason", { ...remote, state: "skipped", content: null }, "It was left out."],
    ["copied, and nobody knows its hash", { sha256: null }, "Its hash is not known."],
  ])("%s", (_, more, expected) => {
    expect(account(["u1"], [row(1, "u1", more)]).listed).toEqual([expected]);
  });

  test("no row stands for it", () => {
    expect(account(["u2"], [row(1, "u1")]).listed).toEqual([unknown]);
  });

  test("its size is another one now", () => {
    expect(account(["u1"], [row(1, "u1", { size: 11 })]).listed).toEqual([unknown]);
  });

  test("messages that nothing tells apart each have a row of their own", () => {
    const rows = [row(1, "u1", { occurrence: 1, content: null }), row(2, "u1"), row(3, "u2")];
    expect(account(["u1", "u2", "u1", "u1"], rows).listed).toEqual(["here", "here", "deleted", unknown]);
  });
});

describe("rows that are not listed", () => {
  test("missing before the session began: gone; a message of that name is another one", () => {
    const accounts = account(["u1"], [row(1, "u1", { missingSince: began })]);
    expect(accounts).toMatchObject({ listed: [unknown], gone: ["u1"] });
  });

  test("missing since a later session: it was in the listing", () => {
    const accounts = account(["u1"], [row(1, "u1", { missingSince: began + 1 })]);
    expect(accounts).toMatchObject({ listed: ["here"], gone: [] });
  });

  test("swept after the listing: none of it", () => {
    expect(account(["u1"], [row(1, "u1"), row(2, "u2")])).toMatchObject({ listed: ["here"], gone: [] });
  });

  test("what never came is counted apart from what came before it went", () => {
    const missing = { missingSince: 5 };
    const { counts } = account(
      [],
      [
        row(1, "u1", missing),
        row(2, "u2", { ...missing, content: null }),
        row(3, "u3", { ...remote, ...missing, state: "skipped", content: null, reason: "gone" }),
        row(4, "u4", { ...remote, ...missing }),
      ],
    );
    expect(counts).toMatchObject({ goneAfterCopy: 2, goneBeforeCopy: 1, vanished: 1 });
  });
});

test("without a listing, what is not missing is what was listed", () => {
  const rows = [row(1, "u1"), row(2, "u1", { occurrence: 5 }), row(3, "u2", { missingSince: 5 })];
  const { listed, gone } = atOnce(accountForKnown(rows));
  expect(listed.map(({ uidl, occurrence }) => `${uidl} ${occurrence}`)).toEqual(["u1 0", "u1 1"]);
  expect(gone).toMatchObject([{ uidl: "u2", since: 5 }]);
});

describe("any ledger against any listing", () => {
  const uidls = fc.constantFrom("", "u1", "u2", "u3", "u4");
  const rows = fc
    .array(
      fc.record({
        uidl: uidls,
        size: fc.constantFrom(10, 20),
        state: fc.constantFrom("remote" as const, "copied" as const, "skipped" as const),
        isHere: fc.boolean(),
        reason: fc.option(fc.constant("why")),
        missingSince: fc.option(fc.constantFrom(began - 1, began, began + 1)),
      }),
      { maxLength: 12 },
    )
    .map((made) =>
      made.map(
        ({ isHere, state, ...one }, index): ProofRow => ({
          id: index + 1,
          occurrence: index,
          ...one,
          state,
          content: isHere && state !== "skipped" ? ((100 + index) as ContentId) : null,
          octets: isHere && state === "copied" ? 12 : null,
          sha256: state === "copied" ? sha256 : null,
        }),
      ),
    );
  const listings = fc
    .array(fc.record({ uidl: uidls, size: fc.constantFrom(10, 20) }), { maxLength: 12 })
    .map((listed) => identify(listed.map((one, index) => ({ number: index + 1, ...one }))));

  test("each message has one class, each row answers once, and the sum closes if nothing is unaccounted", () => {
    fc.assert(
      fc.property(listings, rows, (listed, ledger) => {
        const accounts = atOnce(accountFor(listed, ledger, began));
        expect(accounts.listed.map(({ uidl, size }) => `${size} ${uidl}`)).toEqual(
          listed.map(({ uidl, size }) => `${size} ${uidl}`),
        );
        const counts = count(accounts, 0);
        const { here, deletedAfterCopy, deletedBeforeCopy, skipped, unaccounted } = counts;
        const explained = [here, deletedAfterCopy, deletedBeforeCopy, skipped];
        for (const figure of ["messages", "listedOctets"] as const) {
          const sum = explained.reduce((all, tally) => all + tally[figure], 0);
          expect(counts.listed[figure]).toBe(sum + unaccounted[figure]);
        }
        const closes = explained.reduce((all, tally) => all + tally.messages, 0) === listed.length;
        expect(closes).toBe(accounts.listed.every(({ verdict }) => verdict.class !== "unaccounted"));
        // No row stands for two messages, nor for one that is listed and one that is gone.
        const answering = ledger.filter(({ missingSince }) => missingSince === null || missingSince > began);
        const known = accounts.listed.filter(({ verdict }) => verdict.reason !== unknown).length;
        const later = answering.length - known;
        expect(later).toBeGreaterThanOrEqual(0);
        const missing = ledger.filter(({ missingSince }) => missingSince !== null).length;
        expect(accounts.gone.length).toBeLessThanOrEqual(missing);
        const contents = accounts.listed.flatMap(({ content }) => (content === null ? [] : [content]));
        const gone = accounts.gone.flatMap(({ content }) => (content === null ? [] : [content]));
        expect(new Set([...contents, ...gone]).size).toBe(contents.length + gone.length);
        // What is listed as often as rows of that name answer is known, every time.
        for (const [name, alike] of Map.groupBy(accounts.listed, ({ uidl, size }) => `${size} ${uidl}`)) {
          const rowsOfName = answering.filter(({ uidl, size }) => `${size} ${uidl}` === name).length;
          const strangers = alike.filter(({ verdict }) => verdict.reason === unknown).length;
          expect(strangers).toBe(Math.max(0, alike.length - rowsOfName));
        }
      }),
    );
  });
});
