import { describe, expect, it } from "vitest";
import { base32, codeOf, otpauthUrl, stepOf } from "./totp.ts";

const secret = Buffer.from("12345678901234567890");

describe("one-time passwords", () => {
  it.each([
    // RFC 6238, appendix B, the last six of its eight digits.
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"],
  ])("are at %i seconds %s", (seconds, code) => {
    expect(codeOf(secret, Math.floor(seconds / 30))).toBe(code);
  });

  it.each([
    // RFC 4226, appendix D.
    [0, "755224"],
    [1, "287082"],
    [9, "520489"],
  ])("are at count %i %s", (count, code) => {
    expect(codeOf(secret, count)).toBe(code);
  });

  it("are good one step early and late, and no further", () => {
    const at = 1_234_567_890_000;
    const step = Math.floor(at / 30_000);
    expect([-2, -1, 0, 1, 2].map((away) => stepOf(secret, codeOf(secret, step + away), at))).toEqual([
      null,
      step - 1,
      step,
      step + 1,
      null,
    ]);
    expect(stepOf(secret, "12345", at)).toBeNull();
  });

  it("come from a secret that programs read", () => {
    expect(base32(Buffer.from("foobar"))).toBe("MZXW6YTBOI");
    expect(base32(secret)).toBe("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    expect(otpauthUrl(secret, "carol", "mail.big-company.com")).toBe(
      "otpauth://totp/Mailferry:carol%20(mail.big-company.com)?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Mailferry",
    );
  });
});
