import { describe, expect, test } from "vitest";
import type { LedgerRow } from "../ledger.ts";
import type { ListedMessage } from "../old-server/old-server.ts";
import { identify } from "./listing.ts";
import { isOtherServer, nothingShared } from "./other-account.ts";
import { compareListing } from "./plan.ts";

/** Unique-ids with sizes: "a100". */
const listing = (names: readonly string[]) =>
  identify(
    names.map(
      (name, index): ListedMessage => ({
        number: index + 1,
        uidl: name.replace(/\d+$/, ""),
        size: Number(/\d+$/.exec(name)?.[0] ?? 0),
      }),
    ),
  );

const known = (names: readonly string[], state: LedgerRow["state"] = "copied"): readonly LedgerRow[] =>
  listing(names).map(({ uidl, size, occurrence }, index) => ({
    ...{ id: index + 1, uidl, size, occurrence, state, content: null, reason: null },
    sha256: state === "copied" ? `hash of ${uidl}` : null,
    ...{ settledSha256: null, failures: 0, nextTry: 0, missingSince: null, isWanted: true },
  }));

const five = ["a101", "b102", "c103", "d104", "e105"];

function gone(rows: readonly LedgerRow[], names: readonly string[], more = {}): number {
  const listed = listing(names);
  const comparison = compareListing(listed, rows);
  return nothingShared(listed, { rows, comparison, losesCopied: false, isServerOther: false, ...more });
}

describe("a listing that shows none of many known messages", () => {
  test("is suspicious", () => {
    expect(gone(known(five), ["v1", "w2", "x3"])).toBe(5);
    expect(gone(known(five, "remote"), ["v1", "w2", "x3", "y4", "z5"])).toBe(5);
  });

  test("is not where one is there, where nothing is there, or where few were known", () => {
    expect(gone(known(five), ["e105", "w2", "x3"])).toBe(0);
    expect(gone(known(five), [])).toBe(0);
    expect(gone(known(five.slice(1)), ["v1", "w2"])).toBe(0);
    expect(gone(known(five.slice(1)), ["v1", "w2"], { isServerOther: true })).toBe(4);
  });

  test("is not where only the unique-ids have changed", () => {
    expect(gone(known(five), ["v101", "w102", "x103", "y104", "z105", "new7"])).toBe(0);
  });

  test("is not where what was copied is gone as a matter of course", () => {
    expect(gone(known(five), ["v1", "w2"], { losesCopied: true })).toBe(0);
    expect(gone(known(five, "remote"), ["v1", "w2"], { losesCopied: true })).toBe(5);
  });
});

test("a server is another one by its certificate, else by its greeting without what changes", () => {
  const facts = (greeting: string, fingerprint: string | null = null) => ({ greeting, fingerprint });
  expect(isOtherServer(facts("ready <12.3@a>"), facts("ready <45.6@a>"))).toBe(false);
  expect(isOtherServer(facts("mail1 pid 17"), facts("mail1 pid 18"))).toBe(false);
  expect(isOtherServer(facts("Dovecot"), facts("Courier"))).toBe(true);
  expect(isOtherServer(facts("Dovecot", "aa"), facts("Courier", "aa"))).toBe(false);
  expect(isOtherServer(facts("Dovecot", "aa"), facts("Dovecot", "bb"))).toBe(true);
  expect(isOtherServer(null, facts("Dovecot"))).toBe(false);
});
