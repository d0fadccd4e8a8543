import { describe, expect, test } from "vitest";
import {
  facts,
  listing,
  login,
  maildrop,
  person,
  retrieved,
  withLogin,
  withMaildrop,
  withReach,
  withUidls,
} from "../../../test/rehearsal/facts-of.ts";
import type { Facts } from "./facts.ts";
import { words } from "./facts.ts";
import { reportOf } from "./findings.ts";

const named = (given: Facts): readonly string[] =>
  reportOf(given)
    .findings.filter(({ level }) => level !== "good")
    .map(({ level, id }) => `${level} ${id}`);

const withRoute = (change: Partial<NonNullable<Facts["routing"]["route"]>>): Facts => ({
  ...facts,
  routing: { ...facts.routing, route: facts.routing.route && { ...facts.routing.route, ...change } },
});
const certificate = (tls: Facts["server"]["tls"]): Facts => ({
  ...withReach({
    security: {
      state: "secured",
      version: "TLSv1.3",
      certificate: { fingerprint: "ab", subject: "", names: "", validTo: "2026-12-01", daysLeft: 9 },
    },
  }),
  server: { ...facts.server, tls },
});
const refused = (kind: "not-offered" | "certificate", worksOn995: boolean): Facts => ({
  ...withReach({
    security: { state: "refused", kind, reason: "no", works: null, worksOn995, certificate: null },
  }),
  people: [],
  stranger: null,
});
const sample = (change: Partial<typeof retrieved> | object): Facts =>
  withMaildrop({
    samples: [{ number: 1, size: 1000, top: "sound", retrieved: { ...retrieved, ...change } }],
  });

describe("what was seen, and what is found", () => {
  const table: readonly (readonly [string, Facts, readonly string[]])[] = [
    ["a good server", facts, []],
    ["no server", withReach({ trouble: { trouble: "down", reason: "refused" } }), ["stop unreachable"]],
    ["ourselves", withReach({ leadsToUs: true }), ["stop leads-to-us"]],
    ["no STLS, and TLS on 995", refused("not-offered", true), ["stop tls-on-995"]],
    ["no STLS anywhere", refused("not-offered", false), ["stop tls-not-offered"]],
    ["TLS that cannot be had", refused("certificate", false), ["stop tls-broken"]],
    [
      "clear text by choice",
      withReach({ security: { state: "clear", offersTls: true } }),
      ["option clear-text-by-choice"],
    ],
    ["a certificate that ends", certificate({ mode: "verify" }), ["note certificate-ends"]],
    ["the same, pinned", certificate({ mode: "pin", sha256: "ab" }), []],
    ["EXPIRE 0", withReach({ capabilities: ["EXPIRE 0"] }), ["option expires"]],
    ["EXPIRE 60", withReach({ capabilities: ["EXPIRE 60"] }), ["note expires"]],
    ["EXPIRE NEVER", withReach({ capabilities: ["EXPIRE NEVER"] }), []],
    ["Dovecot", withReach({ greeting: "Dovecot (Debian) ready." }), ["note marks-seen"]],
    ["a wrong password", withLogin({ outcome: "bad", said: "[AUTH] no" }), ["stop login-refused"]],
    [
      "app passwords",
      withLogin({ outcome: "bad", said: "Application-specific password required" }),
      ["stop password-logins-off"],
    ],
    ["no USER", withLogin({ outcome: "bad", said: "unknown command" }), ["stop no-plain-login"]],
    ["OK to any password", withLogin({ outcome: "hollow", said: "no" }), ["stop login-hollow"]],
    ["a lock that stays", withLogin({ outcome: "cannot-tell", said: "locked" }), ["stop login-trouble"]],
    [
      "one form of name",
      { ...facts, people: [{ ...person, login: { ...login, refusedNames: ["anna@big-company.com"] } }] },
      ["option login-name"],
    ],
    [
      "a slow login",
      { ...facts, people: [{ ...person, login: { ...login, milliseconds: 25_000 } }] },
      ["note login-slow"],
    ],
    ["everybody let in", { ...facts, stranger: { outcome: "let-in", said: "" } }, ["stop lets-everybody-in"]],
    ["nobody to log in with", { ...facts, logins: [], people: [] }, ["option no-test-login"]],
    [
      "one connection",
      withMaildrop({ secondLogin: { outcome: "turned-away", said: "too many" } }),
      ["note few-connections"],
    ],
    [
      "no second session",
      withMaildrop({ later: { seen: false, trouble: "down", said: "later" } }),
      ["option second-session"],
    ],
    ["a QUIT that hangs", withMaildrop({ quit: "hung" }), ["note quit-hangs"]],
    ["repeated ids", withUidls(["a", "a", "b"]), ["note uidl-repeated"]],
    ["empty ids", withUidls(["a", "", null]), ["note uidl-unusable"]],
    ["ids beyond 255 octets", withUidls(["a", "x".repeat(256), "b"]), ["note uidl-unusable"]],
    ["ids with a space in them", withUidls(["a", "b c", "d"]), ["note uidl-odd"]],
    ["ids beyond 70 octets", withUidls(["a", "x".repeat(71), "b"]), ["note uidl-odd"]],
    ["ids beyond ASCII", withUidls(["a", "\xe4", "b"]), ["note uidl-odd"]],
    ["other ids", withUidls(["a", "b", "c"], ["d", "e", "f"]), ["option uidl-unstable"]],
    ["another order", withUidls(["a", "b", "c"], ["c", "b", "a"]), ["note order-changes"]],
    ["new mail between sessions", withUidls(["a", "b", "c"], ["a", "b", "c", "d"]), []],
    ["mail deleted between sessions", withUidls(["a", "b", "c"], ["a", "c"]), []],
    ["a window", withUidls(Array.from({ length: 250 }, (_, at) => `u${at}`)), ["option listing-window"]],
    [
      "STAT and LIST disagree",
      withMaildrop({ first: { ...listing, stat: { ...listing.stat, messages: 9 } } }),
      ["option listing-incomplete"],
    ],
    [
      "a smaller second listing",
      withUidls(["a", "b", "c", "d"], ["a"]),
      ["option uidl-unstable", "note listing-shrinks"],
    ],
    ["wrong sizes", sample({ octets: 1400 }), ["note sizes-wrong"]],
    ["undoubled dots", sample({ undoubledDot: true }), ["option dots-not-doubled"]],
    ["odd ends", sample({ oddEnd: true }), ["note odd-end"]],
    ["odd octets", sample({ nul: true, bareLf: true }), ["note odd-octets"]],
    ["reading that removes", withMaildrop({ readMessage: "gone" }), ["stop reading-removes"]],
    ["fields of a mail store", sample({ storeFields: true }), ["option store-fields"]],
    [
      "messages that are rewritten",
      withMaildrop({
        later: {
          seen: true,
          waited: 0,
          listing: { ...listing, entries: listing.entries.map((one) => ({ ...one, size: 1040 })) },
        },
      }),
      ["option messages-rewritten"],
    ],
    [
      "messages that are rewritten beyond what mail stores write",
      withMaildrop({
        readsTheSame: false,
        settlesTheSame: false,
        later: {
          seen: true,
          waited: 0,
          listing: { ...listing, entries: listing.entries.map((one) => ({ ...one, size: 1040 })) },
        },
      }),
      ["stop messages-rewritten", "note reading-changes"],
    ],
    ["reading that changes", withMaildrop({ readsTheSame: false }), ["note reading-changes"]],
    [
      "nothing that can be read",
      withMaildrop({ samples: [{ number: 1, size: 1, top: "sound", retrieved: { broken: "timeout" } }] }),
      ["stop retrieval-fails"],
    ],
    ["a stall", withMaildrop({ pipelining: "stalls" }), ["note pipelining-broken"]],
    ["no pipe", { ...facts, routing: { rule: "reject", route: null } }, ["note no-pipe"]],
    ["SMTP is shut", withRoute({ trouble: "refused" }), ["stop route-trouble"]],
    [
      "EHLO refused",
      withRoute({ turnedAway: { at: "hello", said: "550 invalid EHLO" } }),
      ["stop route-refuses-us"],
    ],
    ["no DNS", { ...facts, names: unknownNames() }, ["note dns-silent"]],
    [
      "our name leads nowhere",
      { ...facts, names: { ...facts.names, ownName: [] } },
      ["note own-name-unknown"],
    ],
    [
      "a name that will move",
      {
        ...facts,
        server: { ...facts.server, host: "mx.big-company.com" },
      },
      ["option name-will-move"],
    ],
    ["a full disk", { ...facts, house: { ...facts.house, free: 100 } }, ["option little-room"]],
    ["a small quota", { ...facts, people: [{ ...person, quota: 100 }] }, ["option over-quota"]],
  ];

  test.each(table)("%s", (_, given, expected) => {
    expect(named(given)).toEqual(expected);
    const { verdict, findings } = reportOf(given);
    const worst = expected[0]?.split(" ")[0] ?? "go";
    expect(verdict).toBe(worst === "option" ? "options" : worst === "note" ? "go" : worst);
    for (const { level, seen, means, do: todo } of findings) {
      expect(seen).not.toBe("");
      if (level !== "good") expect([means, todo]).not.toContain("");
    }
  });
});

function unknownNames(): Facts["names"] {
  const unknown = { unknown: "no answer in time" };
  return { mailExchangers: unknown, oldServer: unknown, ownName: unknown };
}

describe("which programs download again", () => {
  const byUidl = (given: Facts): string | undefined => reportOf(given).programs[0]?.again;
  test.each([
    ["ids that stay", facts, "nothing"],
    ["repeated ids", withUidls(["a", "a", "b"]), "nothing"],
    ["some without", withUidls(["a", "", "b"]), "some"],
    ["other ids every time", withUidls(["a", "b"], ["c", "d"]), "nothing"],
    ["other ids every time, of many", withUidls(["a", "b", "c"], ["d", "e", "f"]), "everything"],
    ["none at all", withMaildrop({ first: { ...listing, uidlRefused: "unknown" } }), "everything"],
    ["not seen twice", withMaildrop({ later: { seen: false, trouble: "down", said: "" } }), "unknown"],
  ])("%s", (_, given, expected) => {
    expect(byUidl(given)).toBe(expected);
  });
});

describe("how much and how long", () => {
  test("for the test logins, and for everybody who is known", () => {
    const { totals } = reportOf({
      ...facts,
      people: [{ ...person, maildrop: { ...maildrop, pipelining: "not-offered", roundTrip: 20 } }],
      house: { ...facts.house, knownPeople: 100 },
    });
    expect(totals).toMatchObject({ mailboxes: 1, messages: 3, octets: 3000 });
    expect(totals.seconds).toBeGreaterThan(0.06);
    expect(totals.domain).toMatchObject({ people: 100, messages: 300, octets: 300_000 });
    // Five connections for copying share it.
    expect(totals.domain?.seconds).toBeCloseTo(((totals.seconds ?? 0) * 100) / 5, 3);
  });

  test("G4: old mail that is larger than a quota here, or than the free disk, is warned of before", () => {
    const found = reportOf({
      ...facts,
      people: [{ ...person, quota: 2000 }],
      house: { ...facts.house, free: 3000 },
    }).findings;
    const [disk, quota] = ["little-room", "over-quota"].map((id) => found.find((one) => one.id === id));
    expect(disk?.do).toContain("Make room");
    expect(quota?.people).toEqual([person.address]);
    expect(quota?.commands).toEqual([`mailferry mailbox quota ${person.address} 4500`]);
  });

  test("no pace without a message", () => {
    const none = withMaildrop({ samples: [{ number: 1, size: 1, top: "sound", retrieved: null }] });
    expect(reportOf(none).totals).toMatchObject({ pace: null, seconds: null, domain: null });
  });
});

test("G20: where the domain's MX and the old server's name lead now, as seen from here", () => {
  const named = { ...facts, server: { ...facts.server, host: "old.big-company.com" } };
  const seen = reportOf(named).findings.find(({ id }) => id === "dns")?.seen;
  expect(seen).toBe(
    "seen from here, the MX of big-company.com is mx.big-company.com; old.big-company.com leads to 10.0.0.5",
  );
});

test("the next command holds what was found", () => {
  const named = { ...person, login: { ...login, refusedNames: ["anna@big-company.com"] } };
  expect(reportOf({ ...facts, people: [named] }).next).toBe(
    "mailferry migration on big-company.com --from pop3://10.0.0.5:110 --login-as '{local}'",
  );
  expect(reportOf(refused("not-offered", true)).next).toBe(
    "mailferry migration rehearse big-company.com --user anna@big-company.com --from pop3s://10.0.0.5:995",
  );
});

test("the same of two people is one finding", () => {
  const bob = { ...person, address: "bob@big-company.com" };
  const both = {
    ...facts,
    people: [person, bob].map((one) => ({ ...one, maildrop: { ...maildrop, quit: "hung" } as const })),
  };
  const found = reportOf(both).findings.filter(({ id }) => id === "quit-hangs");
  expect(found.map(({ people }) => people)).toEqual([["anna@big-company.com", "bob@big-company.com"]]);
});

test("what others say is safe for a terminal", () => {
  expect(words("\x1b[31mred\x07\r\n  and\u202e back")).toBe("?[31mred? and? back");
  expect(words("x".repeat(500))).toHaveLength(160);
});
