import { describe, expect, it } from "vitest";
import type { SummaryView } from "#http/roster";
import { progressIn } from "./progress.ts";
import { duration, octets } from "./words/format.ts";
import { say as overview } from "./words/overview.ts";

const figures: SummaryView = {
  domain: "big-company.com",
  on: true,
  oldServer: null,
  startedAt: null,
  limits: null,
  trouble: null,
  names: null,
  notes: [],
  people: {
    over: 1,
    onTheWay: 2,
    waiting: 2,
    returned: 1,
    prepared: 7,
    local: 9,
    missing: 4,
    missingWithMail: 1,
  },
  messages: 50,
  messagesHere: 30,
  octets: 5000,
  octetsHere: 3000,
  rate: 250,
  remaining: 8,
  lastSweep: null,
};

describe("how far a move is", () => {
  it("counts who went back among those who need a look, and nobody who has no old mail", () => {
    expect(progressIn(figures)).toEqual({
      over: 1,
      onTheWay: 2,
      waiting: 3,
      missing: 4,
      octets: 5000,
      octetsHere: 3000,
      remaining: 8,
    });
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
