import { describe, expect, test } from "vitest";
import { PipelineWindow } from "./pipeline-window.ts";

const kilo = 1024;
const limits = { least: 256 * kilo, most: 4096 * kilo };

/** A server so far away (milliseconds) that gives so many octets a millisecond, played for some messages. */
function play(messages: number, size: number, roundTrip: number, rate: number, seen = 0) {
  let now = 0;
  const window = new PipelineWindow(limits, () => now, seen);
  const underWay: number[] = [];
  let mostUnderWay = 0;
  let writes = 0;
  let left = messages;
  /** When the server is free to give the next. */
  let free = 0;
  const ask = (): void => {
    const before = left;
    while (left > 0 && (underWay.length === 0 || window.isOpen)) {
      left--;
      underWay.push(now);
      window.asked(size);
    }
    if (left < before) writes++;
    mostUnderWay = Math.max(mostUnderWay, underWay.length);
  };
  window.begin();
  ask();
  while (underWay.length > 0) {
    const asked = underWay[0] ?? 0;
    const starts = Math.max(asked + roundTrip / 2, free);
    now = Math.max(now, starts + roundTrip / 2);
    window.answered(size, now - asked);
    free = starts + size / rate;
    now = Math.max(now, free + roundTrip / 2);
    underWay.shift();
    window.done(size);
    ask();
  }
  return { milliseconds: now, octets: window.octets, seen: window.messages, mostUnderWay, writes };
}

describe("a pipeline's window", () => {
  test("keeps a near server busy without asking far ahead", () => {
    const { milliseconds, octets } = play(5000, 4 * kilo, 1, 2 * kilo);
    expect(milliseconds).toBeLessThan(1.05 * 10_000);
    expect(octets).toBeLessThan(300 * kilo);
  });

  test("grows with the distance until the server is busy", () => {
    // 256 KB a round trip would take 20 times as long as the line.
    const { milliseconds, octets } = play(20_000, 4 * kilo, 40, 20 * kilo);
    expect(milliseconds).toBeLessThan(2 * 4000);
    expect(octets).toBeGreaterThan(1000 * kilo);
    expect(octets).toBeLessThanOrEqual(limits.most);
  });

  test("shrinks again when the server gets slow", () => {
    let now = 0;
    const window = new PipelineWindow(limits, () => now);
    const take = (octets: number, milliseconds: number): void => {
      window.asked(octets);
      now += milliseconds;
      window.answered(octets, milliseconds);
      window.done(octets);
    };
    window.begin();
    for (let n = 0; n < 20; n++) take(1000 * kilo, 60);
    const fast = window.octets;
    for (let n = 0; n < 20; n++) take(10 * kilo, 60);
    expect(fast).toBeGreaterThan(1000 * kilo);
    expect(window.octets).toBe(limits.least);
  });

  test("asks for many at a time", () => {
    const { writes, mostUnderWay } = play(5000, 4 * kilo, 5, 10 * kilo);
    expect(writes).toBeLessThan(500);
    expect(mostUnderWay).toBeLessThanOrEqual(1000);
  });

  test("keeps few messages on the way at a server that takes its time for each", () => {
    // 80 ms each, whatever their size: whoever opens one waits behind what was asked for before.
    const { mostUnderWay } = play(40, 800, 1, 10);
    expect(mostUnderWay).toBeLessThanOrEqual(8);
  });

  test("begins as wide as an earlier session with the server ended, within bounds", () => {
    const first = play(100, 4 * kilo, 20, 10 * kilo);
    const second = play(100, 4 * kilo, 20, 10 * kilo, first.seen);
    expect(first.seen).toBeGreaterThan(32);
    // Three round trips less.
    expect(second.milliseconds).toBeLessThan(first.milliseconds - 3 * 20);
    // It has become slow since, or was slow all the time.
    expect(play(200, 800, 1, 10, first.seen).mostUnderWay).toBeLessThanOrEqual(40);
    expect(play(40, 800, 1, 10, play(40, 800, 1, 10).seen).mostUnderWay).toBeLessThanOrEqual(8);
  });

  test("asks for the next large message while one is read, and not for more", () => {
    const window = new PipelineWindow(limits, () => 0);
    window.asked(5000 * kilo);
    expect(window.isOpen).toBe(false);
    window.answered(5000 * kilo, 1);
    expect(window.isOpen).toBe(true);
    window.asked(5000 * kilo);
    expect(window.isOpen).toBe(false);
  });
});
