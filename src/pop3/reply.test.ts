import { describe, expect, it } from "vitest";
import { failed, type ProblemKind } from "#mailbox/problem";
import { mistake, ok, problemReply, refused } from "./reply.ts";

describe("replies", () => {
  it("say +OK, with a text or without", () => {
    expect([ok("").status, ok("2 320").status]).toEqual(["+OK", "+OK 2 320"]);
  });

  it("give a code to what will pass and to what will not, and none to a message that is not there", () => {
    const statusOf = (kind: ProblemKind): string => problemReply(failed(kind, "So it is.").problem).status;
    expect(statusOf("temporary")).toBe("-ERR [SYS/TEMP] So it is.");
    expect(statusOf("not-permitted")).toBe("-ERR [SYS/PERM] So it is.");
    expect(statusOf("expunged")).toBe("-ERR So it is.");
    expect(statusOf("not-found")).toBe("-ERR So it is.");
  });

  it("stay one line of ASCII, without a code that somebody else chose, whatever a text quotes", () => {
    expect(refused("SYS/TEMP", "it said:\r\n+OK\r\n\0böse").status).toBe("-ERR [SYS/TEMP] it said: +OK b se");
    expect(mistake("[AUTH] wrong").status).toBe("-ERR AUTH] wrong");
    expect(Buffer.byteLength(refused("SYS/TEMP", "x".repeat(5000)).status)).toBeLessThanOrEqual(510);
  });
});
