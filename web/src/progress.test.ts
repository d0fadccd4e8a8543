import { describe, expect, it } from "vitest";
import type { TransferView } from "#http/migrations";
import { progressOf, stageOf } from "./progress.ts";
import { duration, octets } from "./words/format.ts";
import { say as overview } from "./words/overview.ts";

const transfer = (more: Partial<TransferView>): TransferView => ({
  address: "anna@big-company.com",
  state: "copying",
  reason: null,
  messages: 10,
  messagesHere: 5,
  octets: 1000,
  octetsHere: 500,
  rate: null,
  stalledSince: null,
  nextTry: null,
  lastSweep: null,
  skipped: 0,
  notes: [],
  ...more,
});

describe("how far a move is", () => {
  it("counts each mailbox once, and names what does not move by itself", () => {
    const transfers = [
      transfer({ state: "following", octetsHere: 1200 }),
      transfer({ rate: 100 }),
      transfer({ rate: 150 }),
      transfer({ state: "needs-password" }),
      transfer({ stalledSince: "2026-01-01T00:00:00Z" }),
    ];
    const missing = [{ address: "bob@big-company.com", messages: 3, lastAccepted: null }];
    const status = {
      domain: "big-company.com",
      on: true,
      oldServer: null,
      startedAt: null,
      trouble: null,
      transfers,
      missing,
      names: null,
      limits: null,
      notes: [],
    };
    expect(progressOf(status)).toEqual({
      over: 1,
      onTheWay: 2,
      waiting: 2,
      missing: 1,
      octets: 5000,
      octetsHere: 3000,
      remaining: 8,
    });
    expect(stageOf(transfer({ state: "settled" }))).toBe("over");
  });

  it("knows no end while nothing is copied", () => {
    const status = {
      domain: "x",
      on: true,
      oldServer: null,
      startedAt: null,
      trouble: null,
      transfers: [transfer({})],
      missing: [],
      names: null,
      limits: null,
      notes: [],
    };
    expect(progressOf(status).remaining).toBeNull();
  });

  it("is told in words", () => {
    const all = { octets: 0, octetsHere: 0, remaining: null };
    expect(overview.headline({ over: 0, onTheWay: 0, waiting: 0, missing: 0, ...all })).toBe(
      "Nobody has come yet.",
    );
    expect(overview.headline({ over: 1, onTheWay: 0, waiting: 0, missing: 0, ...all })).toBe(
      "The only person is over.",
    );
    expect(overview.headline({ over: 1200, onTheWay: 1, waiting: 0, missing: 2, ...all })).toBe(
      "1,200 of 1,203 people over.",
    );
    expect([30, 600, 7200, 300_000].map(duration)).toEqual(["30 seconds", "10 minutes", "2 hours", "3 days"]);
    expect([0, 900, 2048, 5_500_000].map(octets)).toEqual(["0 octets", "900 octets", "2 KB", "5.2 MB"]);
  });
});
