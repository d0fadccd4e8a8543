import { describe, expect, it } from "vitest";
import { MailFlow } from "./mail-flow.ts";

const minute = 60_000;

describe("the flow of mail", () => {
  it("adds up each span, the oldest first, and the one that goes on last", () => {
    let now = 1000 * minute;
    const flow = new MailFlow(() => now);
    flow.note("received");
    flow.note("delivered", 2);
    now += 5 * minute;
    flow.note("refused");
    expect(
      flow.series(6, 1).map(({ received, delivered, refused }) => [received, delivered, refused]),
    ).toEqual([
      [1, 2, 0],
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 1],
    ]);
    // Spans begin with the clock: the minutes 990 to 1004, and 1005 to 1019.
    expect(flow.series(2, 15)).toMatchObject([
      { from: 990 * minute, received: 1, refused: 0 },
      { from: 1005 * minute, received: 0, refused: 1 },
    ]);
  });

  it("forgets what is older than a day", () => {
    let now = 5000 * minute;
    const flow = new MailFlow(() => now);
    flow.note("piped");
    now += 24 * 60 * minute;
    flow.note("piped");
    now -= 24 * 60 * minute;
    expect(flow.series(1, 1)[0]?.piped).toBe(0);
  });
});
