import { expect, test } from "vitest";
import { headingLine, readHeading } from "./message-heading.ts";

const octets = (...lines: string[]): Buffer => Buffer.from(`${lines.join("\r\n")}\r\n`, "utf8");

test("subject, sender and date as people read them", () => {
  const heading = readHeading(
    octets(
      "From: =?iso-8859-1?Q?J=F6rg?= <joerg@example.net>, Other <other@example.net>",
      "Subject: =?utf-8?B?R3LDvMOfZQ==?=",
      " =?utf-8?Q?_aus_K=C3=B6ln?=",
      "Date: Mon, 02 Jun 2025 10:00:00 +0200",
      "",
      "Subject: not this",
    ),
  );
  expect(heading).toEqual({
    subject: "Grüße aus Köln",
    from: "Jörg <joerg@example.net>",
    date: Date.UTC(2025, 5, 2, 8),
  });
  expect(heading && headingLine(heading)).toBe(
    '"Grüße aus Köln", from Jörg <joerg@example.net>, 2025-06-02 08:00:00 UTC',
  );
});

test("of a beginning that was cut off as much as came whole", () => {
  const cut = Buffer.from("Subject: whole\r\nFrom: anna@big-comp", "latin1");
  expect(readHeading(cut)).toEqual({ subject: "whole", from: null, date: null });
  expect(readHeading(Buffer.from("Subject: who", "latin1"))).toBeNull();
  expect(readHeading(Buffer.from("no header at all\r\n", "latin1"))).toBeNull();
  expect(readHeading(new Uint8Array(0))).toBeNull();
});

test("a message without Date is dated by its newest Received", () => {
  const received = "Received: from a by b; Mon, 02 Jun 2025 10:00:00 +0000";
  expect(readHeading(octets(received, "Subject: x"))?.date).toBe(Date.UTC(2025, 5, 2, 10));
});

test.each([
  ["a terminal's commands", "=?utf-8?Q?=1B]0;owned=07=1B[2Jred?=", "]0;owned[2Jred"],
  ["C1 controls", "=?utf-8?B?wpsyS3g=?=", "2Kx"],
  ["marks of direction", "=?utf-8?B?4oCuZ25wLmV4ZQ==?=", "gnp.exe"],
  ["line ends in a word", "=?utf-8?Q?a=0D=0AFrom:_b?=", "a From: b"],
  ["NUL", "a\0b", "ab"],
])("%s is not obeyed", (_what, subject, shown) => {
  expect(readHeading(octets(`Subject: ${subject}`))?.subject).toBe(shown);
});

test("whatever its length, it is bounded in whole characters", () => {
  const heading = readHeading(octets(`Subject: ${"😀".repeat(5000)}`, `From: ${"a".repeat(9000)}@b.example`));
  expect([...(heading?.subject ?? "")]).toHaveLength(200);
  expect(heading?.subject).toMatch(/^(?:😀)+…$/u);
  expect([...(heading?.from ?? "")]).toHaveLength(200);
});

test("nothing but blanks is no subject", () => {
  expect(readHeading(octets("Subject:  ", "From: a@b.example"))).toMatchObject({ subject: null });
  expect(headingLine({ subject: null, from: "a@b.example", date: null })).toBe(
    "without a subject, from a@b.example",
  );
});
