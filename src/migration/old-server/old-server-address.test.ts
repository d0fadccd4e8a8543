import { expect, test } from "vitest";
import { parseTlsPolicy, tlsPolicyText } from "#net/tls-policy";
import { parseOldServerAddress } from "./old-server-address.ts";

test.each([
  ["pop3://10.0.0.5", "verify", { host: "10.0.0.5", port: 110, implicitTls: false, tls: { mode: "verify" } }],
  [
    "pop3://old.big-company.com:2110",
    "none",
    { host: "old.big-company.com", port: 2110, tls: { mode: "none" } },
  ],
  [
    "pop3s://[::1]/",
    `pin=${"AB:".repeat(31)}AB`,
    { host: "::1", port: 995, implicitTls: true, tls: { mode: "pin", sha256: "ab".repeat(32) } },
  ],
  ["imap://10.0.0.5", "verify", { protocol: "imap", port: 143 }],
])("%s with %s", (from, tls, expected) => {
  expect(parseOldServerAddress(from, tls, null)).toMatchObject({ ok: true, value: expected });
});

test.each([
  ["10.0.0.5", "verify", null, "expected pop3://"],
  ["http://10.0.0.5", "verify", null, "expected pop3://"],
  ["pop3://", "verify", null, "expected pop3://"],
  ["pop3://user@10.0.0.5", "verify", null, "expected pop3://"],
  ["pop3://10.0.0.5", "maybe", null, "expected verify, pin=SHA256 or none"],
  ["pop3://10.0.0.5", "verify,min=0.9", null, "after a comma min=1.0"],
  ["pop3://10.0.0.5", "verify,min=1.0,min=1.1", null, "after a comma min=1.0"],
  ["pop3://10.0.0.5", "none,min=1.0", null, "after a comma min=1.0"],
  ["pop3://10.0.0.5", `pin=${"ab".repeat(32)},allow-expired`, null, "verify,allow-expired"],
  ["pop3://10.0.0.5", "pin=abcd", null, "expected verify, pin=SHA256 or none"],
  ["pop3s://10.0.0.5", "none", null, "--tls none does not go with it"],
  ["pop3://10.0.0.5", "none", "anna", "expected {local} or {address}"],
])("%s with %s and %s is refused", (from, tls, loginAs, text) => {
  const outcome = parseOldServerAddress(from, tls, loginAs);
  expect(outcome.ok ? "" : outcome.problem.text).toContain(text);
});

test.each([
  ["verify", { mode: "verify" }],
  ["verify,min=1.0", { mode: "verify", minVersion: "1.0" }],
  ["verify,allow-expired", { mode: "verify", allowExpired: true }],
  ["verify,allow-expired,min=1.1", { mode: "verify", allowExpired: true, minVersion: "1.1" }],
  [`pin=${"ab".repeat(32)},min=1.0`, { mode: "pin", sha256: "ab".repeat(32), minVersion: "1.0" }],
  ["none", { mode: "none" }],
] as const)("the policy %s", (text, policy) => {
  expect(parseTlsPolicy(text)).toEqual(policy);
  expect(tlsPolicyText(policy)).toBe(text);
});
