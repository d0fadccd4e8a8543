import { expect, test } from "vitest";
import { wasRead } from "./read-state.ts";

const message = (field: string, body = "text"): Uint8Array =>
  Buffer.from(`From: anna@big-company.com\r\n${field}\r\nSubject: s\r\n\r\n${body}\r\n`);

test.each(["Status: RO", "Status: R", "status:ROA ", "X-Status: RF"])("%s: read", (field) => {
  expect(wasRead(message(field))).toBe(true);
});

test.each([
  "Status: O",
  "X-Status: A",
  "Status: Resolved",
  "Status: 5.1.1",
  "X-Job-Status: RO",
  "Comments: Status: RO",
])("%s: not", (field) => {
  expect(wasRead(message(field))).toBe(false);
});

test("a body says nothing of it, and the octets around a view neither", () => {
  expect(wasRead(message("To: bob@big-company.com", "Status: RO"))).toBe(false);
  const both = Buffer.concat([message("Status: RO"), message("Status: O")]);
  expect(wasRead(both.subarray(message("Status: RO").length))).toBe(false);
});
