import { describe, expect, test } from "vitest";
import { parseLimits } from "./migration-limits.ts";

test("what is left out is left out", () => {
  expect(parseLimits({})).toEqual({ ok: true, value: {} });
  expect(parseLimits({ bandwidth: "none", connections: "usual", copyHours: "always" })).toEqual({
    ok: true,
    value: { bandwidth: null, connections: null, copyHours: null },
  });
});

test.each([
  ["2MB/s", 2 * 1024 ** 2],
  ["1.5 MB/s", 1.5 * 1024 ** 2],
  ["500 kB/s", 500 * 1024],
  ["1 GB/s", 1024 ** 3],
  ["20000", 20_000],
  ["20000 B/s", 20_000],
])("bandwidth %s", (text, bandwidth) => {
  expect(parseLimits({ bandwidth: text })).toEqual({ ok: true, value: { bandwidth } });
});

test.each(["1", " 12 ", "1000"])("connections %j", (connections) => {
  expect(parseLimits({ connections })).toEqual({ ok: true, value: { connections: Number(connections) } });
});

test("hours are kept as they are understood", () => {
  expect(parseLimits({ copyHours: "mon-fri 22:00 - 6:00" })).toEqual({
    ok: true,
    value: { copyHours: "Mon-Fri 22:00-06:00" },
  });
});

describe("what is wrong is named", () => {
  test.each([
    [{ bandwidth: "fast" }, 'Bandwidth: "fast" is none; write "2 MB/s"'],
    [{ bandwidth: "" }, 'Bandwidth: "" is none'],
    [{ bandwidth: "2 Mb/s" }, '"Mb" is no unit of octets'],
    [{ bandwidth: "16Mbit/s" }, '"Mbit" is no unit of octets'],
    [{ bandwidth: "2 MB" }, '"2 MB" lacks "/s"'],
    [{ bandwidth: "0" }, "0 octets a second would copy nothing"],
    [{ bandwidth: "-2 MB/s" }, '"-2 MB/s" is none'],
    [{ connections: "0" }, 'Connections: "0" is no number from 1 to 1000'],
    [{ connections: "few" }, '"few" is no number'],
    [{ connections: "5000" }, '"5000" is no number'],
    [{ copyHours: "nights" }, 'Copy hours: "nights" is no day'],
  ])("%j", (asked, text) => {
    expect(parseLimits(asked)).toMatchObject({
      ok: false,
      problem: { kind: "invalid", text: expect.stringContaining(text) },
    });
  });
});
