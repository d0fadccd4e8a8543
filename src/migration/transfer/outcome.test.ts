import { describe, expect, test } from "vitest";
import type { ContentId, MailboxId } from "#mailbox/ids";
import type { LedgerRow } from "../ledger.ts";
import type { Transfer } from "../migration.ts";
import { afterBadLogin, afterBreak, afterVisit, type Moment } from "./outcome.ts";
import type { VisitReport } from "./visit-report.ts";

const minute = 60_000;
const now = 1_000_000_000;
const moment: Moment = { now, random: 0.5, sweepInterval: 5 * minute, loginDelay: 0 };

const transfer: Transfer = {
  mailbox: 1 as MailboxId,
  address: "anna@big-company.com",
  domain: "big-company.com",
  state: "copying",
  reason: null,
  nextTry: 0,
  failures: 0,
  loginName: "anna",
  messages: 0,
  messagesHere: 0,
  octets: 0,
  octetsHere: 0,
  startedAt: 0,
  lastSweep: null,
  isToldApart: false,
  lastStat: null,
};

const complete: VisitReport = {
  end: "complete",
  trouble: null,
  began: now - 1000,
  stat: "3/300",
  listed: 3,
  landed: { arrived: 0, stored: 0, alreadyHere: 0, octets: 0 },
  leftReason: null,
  hold: null,
  mustLookAgain: false,
  stop: null,
  notes: null,
  listing: [],
};

function remote(change: Partial<LedgerRow> = {}): LedgerRow {
  return {
    id: 1,
    uidl: "a",
    size: 1,
    occurrence: 0,
    state: "remote",
    content: 1 as ContentId,
    sha256: null,
    settledSha256: null,
    reason: null,
    failures: 0,
    nextTry: 0,
    missingSince: null,
    isWanted: true,
    ...change,
  };
}

describe("after a visit", () => {
  test("that left nothing to do it follows, and remembers what it saw", () => {
    expect(afterVisit(complete, [], moment)).toEqual({
      state: "following",
      reason: null,
      nextTry: now + 5 * minute,
      failures: 0,
      lastSweep: now - 1000,
      lastStat: "3/300",
    });
  });

  test("that asked STAT alone what it saw before still holds", () => {
    const change = afterVisit({ ...complete, listing: null }, [], moment);
    expect(change).toMatchObject({ state: "following", lastSweep: now - 1000 });
    expect(change).not.toHaveProperty("lastStat");
  });

  test("that gave way to others it goes on at once, but not in the same moment", () => {
    const change = afterVisit({ ...complete, end: "yielded" }, [remote()], moment);
    expect(change).toMatchObject({ state: "copying", nextTry: now + 2000 });
  });

  test("that could not fetch everything it comes back when the first of the rest is due", () => {
    const rows = [
      remote({ nextTry: now + 2 * minute, reason: "RETR: no" }),
      remote({ nextTry: now + minute, reason: "RETR: never" }),
    ];
    const change = afterVisit({ ...complete, leftReason: "2 messages could not be fetched" }, rows, moment);
    expect(change).toMatchObject({
      state: "copying",
      nextTry: now + minute,
      reason: "2 messages could not be fetched",
    });
    expect(change).not.toHaveProperty("lastStat");
    expect(change).not.toHaveProperty("lastSweep");
  });

  test("rows that are only missing do not make it hurry", () => {
    const change = afterVisit({ ...complete, leftReason: "1 message is gone" }, [remote()], moment);
    expect(change.nextTry).toBe(now + 5 * minute);
  });

  test("the interval is spread, and never shorter than the old server wants", () => {
    expect(afterVisit(complete, [], { ...moment, random: 0 }).nextTry).toBe(now + 4.5 * minute);
    expect(afterVisit(complete, [], { ...moment, random: 0.999999 }).nextTry).toBe(now + 5.5 * minute);
    expect(afterVisit(complete, [], { ...moment, loginDelay: 12 * minute }).nextTry).toBe(now + 12 * minute);
  });
});

describe("after trouble", () => {
  const broken = { trouble: "dropped", reason: "the connection broke" } as const;

  test("it waits, ever longer, with the reason", () => {
    const delays = [0, 1, 2, 20].map((failures) => {
      const change = afterBreak({ ...transfer, failures }, broken, false, moment);
      expect(change).toMatchObject({ state: "waiting", reason: broken.reason, failures: failures + 1 });
      return change.nextTry - now;
    });
    expect(delays).toEqual([3750, 7500, 15_000, 11.25 * minute]);
  });

  test("a visit that brought something begins to count anew", () => {
    expect(afterBreak({ ...transfer, failures: 9 }, broken, true, moment)).toMatchObject({
      failures: 1,
      nextTry: now + 3750,
    });
  });

  test("a server that limits logins is left in peace", () => {
    const limited = { trouble: "login-delay", reason: "too often" } as const;
    expect(afterBreak(transfer, limited, false, moment).nextTry).toBe(now + minute);
    const stated = { ...moment, loginDelay: 12 * minute };
    expect(afterBreak(transfer, limited, false, stated).nextTry).toBe(now + 12 * minute);
  });

  test("a password that is not taken any more is tried ever less often, and always again", () => {
    const first = afterBadLogin(transfer, "wrong", moment);
    expect(first).toMatchObject({
      state: "needs-password",
      reason: "wrong",
      failures: 1,
      nextTry: now + 3.75 * minute,
    });
    expect(first.reason).toContain("wrong");
    const later = afterBadLogin({ ...transfer, state: "needs-password", failures: 30 }, "wrong", moment);
    expect(later.nextTry).toBe(now + 18 * 60 * minute);
  });
});
