import { expect, test } from "vitest";
import { parseTlsPolicy, tlsPolicyText } from "./tls-policy.ts";

const sha256 = "ab".repeat(32);

test.each([
  ["verify", { mode: "verify" }],
  ["verify,allow-expired,min=1.0", { mode: "verify", allowExpired: true, minVersion: "1.0" }],
  [`pin=${sha256},min=1.1`, { mode: "pin", sha256, minVersion: "1.1" }],
  ["opportunistic", { mode: "opportunistic" }],
  ["opportunistic,min=1.3", { mode: "opportunistic", minVersion: "1.3" }],
  ["none", { mode: "none" }],
])("%s is read, and written the same way", (text, policy) => {
  expect(parseTlsPolicy(text)).toEqual(policy);
  expect(tlsPolicyText(parseTlsPolicy(text) ?? { mode: "none" })).toBe(text);
});

test.each([
  ...["", "maybe", "none,min=1.0", "opportunistic,allow-expired", "pin=ab", `pin=${sha256},allow-expired`],
  ...["verify,min=1.4", "verify,min=1.0,min=1.1", "verify,verify"],
])("%j is none", (text) => {
  expect(parseTlsPolicy(text)).toBeNull();
});
