import { describe, expect, test } from "vitest";
import { type CopyHours, isWithin, openingText, opensAt, parseCopyHours, wallClock } from "./copy-hours.ts";

const berlin = wallClock("Europe/Berlin");
const utc = wallClock("UTC");

function hours(text: string): CopyHours {
  const parsed = parseCopyHours(text);
  if (!parsed.ok || !parsed.value) throw new Error(`no hours: ${text}`);
  return parsed.value;
}

function at(iso: string): number {
  return Date.parse(iso);
}

const opens = (text: string, now: string, clock = utc): string =>
  new Date(opensAt(hours(text), clock, at(now))).toISOString();

describe("what is written", () => {
  test.each([
    ["22:00-06:00", "22:00-06:00"],
    [" 9:05 - 24:00 ", "09:05-24:00"],
    ["Mon-Fri 22:00-06:00, Sat-Sun", "Mon-Fri 22:00-06:00, Sat-Sun"],
    ["friday-MON, wed 1:00-2:00", "Fri-Mon, Wed 01:00-02:00"],
    ["Mon-Sun", "00:00-24:00"],
  ])("%s", (text, written) => {
    expect(hours(text).text).toBe(written);
    expect(hours(written)).toEqual(hours(text));
  });

  test("always is no limit", () => expect(parseCopyHours(" Always")).toEqual({ ok: true, value: null }));

  test.each([
    ["", "empty span"],
    ["22:00-06:00,", "empty span"],
    ["nights", '"nights" is no day of the week'],
    ["Mo-Fr 22:00-06:00", '"Mo" is no day'],
    ["Mon-Wed-Fri", '"Mon-Wed-Fri" is no span of days'],
    ["22-6", '"22-6" is no span of times'],
    ["22:00-25:00", '"22:00-25:00" has a time that no clock shows'],
    ["24:00-06:00", "no clock shows"],
    ["22:60-23:00", "no clock shows"],
    ["22:00-22:00", "begins where it ends"],
    ["22:00-06:00 Mon", '"Mon" is out of place'],
    ["Mon Tue 22:00-06:00", '"Tue" is out of place'],
    ["01:00-02:00 03:00-04:00", '"03:00-04:00" is a second time'],
    ["Mon,".repeat(60), "more than 50"],
  ])("%j is refused by name", (text, reason) => {
    expect(parseCopyHours(text)).toMatchObject({
      ok: false,
      problem: { kind: "invalid", text: expect.stringContaining(reason) },
    });
  });
});

describe("within the hours", () => {
  // 2026-11-20 is a Friday.
  test.each([
    ["22:00-06:00", "2026-11-20T21:59:59Z", false],
    ["22:00-06:00", "2026-11-20T22:00:00Z", true],
    ["22:00-06:00", "2026-11-21T05:59:59Z", true],
    ["22:00-06:00", "2026-11-21T06:00:00Z", false],
    ["Mon-Fri 22:00-06:00", "2026-11-21T05:00:00Z", true],
    ["Mon-Fri 22:00-06:00", "2026-11-21T23:00:00Z", false],
    // The small hours of Monday belong to Sunday's night.
    ["Mon-Fri 22:00-06:00", "2026-11-23T05:00:00Z", false],
    ["Mon-Fri 22:00-06:00, Sat-Sun", "2026-11-22T12:00:00Z", true],
    ["Sat-Sun", "2026-11-22T23:59:59Z", true],
    ["Sat-Sun", "2026-11-23T00:00:00Z", false],
    ["Sat 23:00-01:00", "2026-11-22T00:30:00Z", true],
  ])("%s at %s: %s", (text, time, expected) => {
    expect(isWithin(hours(text), utc(at(time)))).toBe(expected);
    expect(opensAt(hours(text), utc, at(time)) === at(time)).toBe(expected);
  });
});

describe("when they begin next", () => {
  test.each([
    ["22:00-06:00", "2026-11-20T12:00:30Z", "2026-11-20T22:00:00.000Z"],
    ["22:07-06:00", "2026-11-20T22:06:59Z", "2026-11-20T22:07:00.000Z"],
    ["Mon 10:00-11:00", "2026-11-23T11:00:00Z", "2026-11-30T10:00:00.000Z"],
    ["Sat-Sun", "2026-11-20T12:00:00Z", "2026-11-21T00:00:00.000Z"],
  ])("%s after %s", (text, now, expected) => expect(opens(text, now)).toBe(expected));

  test("by the clock on the wall, in winter and in summer", () => {
    expect(opens("22:00-06:00", "2026-01-10T12:00:00Z", berlin)).toBe("2026-01-10T21:00:00.000Z");
    expect(opens("22:00-06:00", "2026-07-10T12:00:00Z", berlin)).toBe("2026-07-10T20:00:00.000Z");
  });

  test("over the hour that is left out in spring", () => {
    // On 2026-03-29 at 01:00Z Berlin goes from 02:00 to 03:00.
    expect(opens("22:00-06:00", "2026-03-28T20:59:00Z", berlin)).toBe("2026-03-28T21:00:00.000Z");
    expect(isWithin(hours("22:00-06:00"), berlin(at("2026-03-29T03:59:00Z")))).toBe(true);
    expect(isWithin(hours("22:00-06:00"), berlin(at("2026-03-29T04:00:00Z")))).toBe(false);
    expect(opens("02:30-04:00", "2026-03-28T23:00:00Z", berlin)).toBe("2026-03-29T01:00:00.000Z");
    // What lies in that hour alone is there the day after.
    expect(opens("02:15-02:45", "2026-03-28T23:00:00Z", berlin)).toBe("2026-03-30T00:15:00.000Z");
    expect(opens("Sun 02:15-02:45", "2026-03-28T23:00:00Z", berlin)).toBe("2026-04-05T00:15:00.000Z");
  });

  test("over the hour that comes twice in autumn", () => {
    // On 2026-10-25 at 01:00Z Berlin goes from 03:00 back to 02:00.
    expect(opens("22:00-06:00", "2026-10-25T05:30:00Z", berlin)).toBe("2026-10-25T21:00:00.000Z");
    expect(isWithin(hours("22:00-06:00"), berlin(at("2026-10-25T04:59:00Z")))).toBe(true);
    expect(isWithin(hours("22:00-06:00"), berlin(at("2026-10-25T05:00:00Z")))).toBe(false);
    expect(opens("02:30-03:00", "2026-10-24T23:00:00Z", berlin)).toBe("2026-10-25T00:30:00.000Z");
    expect(opens("02:30-03:00", "2026-10-25T01:10:00Z", berlin)).toBe("2026-10-25T01:30:00.000Z");
  });

  test("for people with the day where it is not within a day", () => {
    const now = at("2026-11-20T12:00:00Z");
    expect(openingText(at("2026-11-20T22:00:00Z"), now, utc)).toBe("22:00");
    expect(openingText(at("2026-11-23T05:05:00Z"), now, utc)).toBe("Mon 05:05");
  });
});
