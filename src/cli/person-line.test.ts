import { expect, test } from "vitest";
import { personLine } from "./person-line.ts";

const address = "carol@big-company.com";

test.each([
  ["carol", { address, octets: null, lastMail: null }],
  [address, { address, octets: null, lastMail: null }],
  ["carol, 1.5 KB, 2024-05-01", { address, octets: 1536, lastMail: "2024-05-01T00:00:00.000Z" }],
  ["carol;12345;", { address, octets: 12_345, lastMail: null }],
  ["carol\t\t2024-05-01 08:30", { address, octets: null, lastMail: "2024-05-01T08:30:00.000Z" }],
  ["carol, much", null],
  ["carol, -5", null],
  ["carol, 5, 2024-13-01", null],
  ["carol, 5, last year", null],
  ["carol, 5, 2024-05-01, more", null],
  [", 5", null],
])("%j", (line, person) => {
  expect(personLine(line, "big-company.com")).toEqual(person);
});
