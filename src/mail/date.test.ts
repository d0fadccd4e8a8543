import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDate, parseDate, writtenDay } from "./date.ts";

const noon = "2025-03-04T12:00:00.000Z";

describe("parseDate", () => {
  it.each([
    ["Tue, 4 Mar 2025 12:00:00 +0000", noon],
    ["4 Mar 2025 12:00 GMT", noon],
    ["Tue, 04 Mar 2025 13:00:00 +0100 (CET)", noon],
    ["Tue, 4 Mar 2025 07:00:00 EST", noon],
    ["Tue, 4 Mar 2025 05:00:00 PDT", noon],
    ["Tue,4 Mar 2025 12:00:00", noon],
    ["Tue (day), 04 (d) Mar (m) 2025 12 : 00 : 00 (t (nested \\) )) +0000 (UTC)", noon],
    ["4 Mar 25 12:00 Z", noon],
    ["Tue Mar  4 12:00:00 2025", noon],
    ["Tue Mar  4 12:00:00 UTC 2025", noon],
    ["4-Mar-2025 12:00:00 +0000", noon],
    ["4 March 2025 12.00.00 +0000", noon],
    ["4 Mar 2025 12:00:00+0000", noon],
    ["4 Mar 2025 12:00:00 PM", noon],
    ["2025-03-04T12:00:00Z", noon],
    ["2025-03-04 13:00:00.123+01:00", noon],
    ["Tue,\r\n 4 Mar 2025\r\n\t12:00:00 +0000", noon],
    // A zone no clock can have counts as UTC.
    ["4 Mar 2025 12:00:00 +9999", noon],
    ["4 Mar 2025 12:00:00 XYZ", noon],
    ["4 Mar 2025", "2025-03-04T00:00:00.000Z"],
    ["18 Feb 01 12:29:13 AM", "2001-02-18T00:29:13.000Z"],
    ["Wed, 11 Feb 98 11:51 CST", "1998-02-11T17:51:00.000Z"],
    ["1 Jan 103 00:00:00 +0000", "2003-01-01T00:00:00.000Z"],
    ["31 Dec 2016 23:59:60 +0000", "2017-01-01T00:00:00.000Z"],
    ["29 Feb 2024 00:00:00 -0000", "2024-02-29T00:00:00.000Z"],
  ])("%s", (text, expected) => {
    expect(parseDate(text)?.toISOString()).toBe(expected);
  });

  it.each([
    "",
    "yesterday",
    "Tue, 31 Feb 2025 12:00:00 +0000",
    "29 Feb 2025 12:00:00 +0000",
    "00-Jan-0000 00:00:00 +0000",
    "4 Mar 2025 24:00:00 +0000",
    "4 Mar 2025 12:60:00 +0000",
    "4 Mar 12:00:00 +0000",
    "Mar 2025 12:00:00",
    "4 Mar 0025 12:00:00 +0000",
    "2025-13-04T12:00:00Z",
    "(4 Mar 2025 12:00:00 +0000)",
  ])("refuses %j", (text) => {
    expect(parseDate(text)).toBeNull();
  });

  it("gives a date or null for any text", () => {
    const unit = fc.constantFrom(
      "4",
      "25",
      "2025",
      "Mar",
      "(",
      ")",
      "\\",
      ":",
      ".",
      "-",
      "+",
      "0100",
      " ",
      ",",
      "T",
      "Z",
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 30 }), (text) => {
        const date = parseDate(text);
        if (date !== null) expect(parseDate(formatDate(date))).toEqual(date);
      }),
    );
  });
});

describe("formatDate", () => {
  it("writes what RFC 5322 wants", () => {
    expect(formatDate(new Date(noon))).toBe("Tue, 4 Mar 2025 12:00:00 +0000");
  });

  it("is undone by parseDate, to the second", () => {
    const dates = fc.date({ min: new Date("1900-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(dates, (date) => {
        const seconds = Math.floor(date.getTime() / 1000) * 1000;
        expect(parseDate(formatDate(date))?.getTime()).toBe(seconds);
      }),
    );
  });
});

describe("writtenDay", () => {
  it.each([
    ["Tue, 4 Mar 2025 23:52:25 -0800", "2025-03-04"],
    ["Tue, 4 Mar 2025 00:10 +1400", "2025-03-04"],
    ["2025-03-04T23:00:00-05:00", "2025-03-04"],
  ])("of %s is that of its writer", (text, day) => {
    expect(writtenDay(text)).toBe(Date.parse(day) / 86_400_000);
  });

  it("is none where there is no such day", () => expect(writtenDay("31 Feb 2025 10:00")).toBeNull());
});
