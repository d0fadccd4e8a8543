import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { eventStream } from "./event-stream.ts";
import { LiveEvents } from "./live-events.ts";
import { maySee, type Onlooker } from "./onlooker.ts";

let epochs = 0;
const random = (octets: number) => Buffer.alloc(octets, ++epochs);
const open = () => new LiveEvents((touches) => (touches.has("all") ? null : new Set(touches)), random);
const anybody: Onlooker = { key: "one", maySee: () => true, isStillThere: async () => true };

/** A stream, read as far as it goes without waiting. */
function read(hub: LiveEvents, lastId = "", onlooker = anybody) {
  let text = "";
  let isOver = false;
  const reader = eventStream(hub, onlooker, lastId, () => {
    isOver = true;
  }).getReader();
  const go = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += Buffer.from(value).toString();
    }
  };
  void go();
  return {
    async taken(): Promise<string> {
      await vi.advanceTimersByTimeAsync(0);
      const [told, rest] = [text, ""];
      text = rest;
      return told;
    },
    isOver: () => isOver,
    close: () => reader.cancel(),
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("live events", () => {
  it("begin with a reset, and tell each topic once in a quarter of a second however often it is touched", async () => {
    const hub = open();
    const stream = read(hub);
    expect(await stream.taken()).toBe(`retry: 1000\n\nid: ${hub.epoch}-0\nevent: reset\ndata: {}\n\n`);
    for (let n = 0; n < 100; n++) hub.touch(["queue", "log"]);
    expect(await stream.taken()).toBe("");
    await vi.advanceTimersByTimeAsync(250);
    expect(await stream.taken()).toBe(
      `id: ${hub.epoch}-1\nevent: changed\ndata: {"topics":["queue","log"]}\n\n`,
    );
    await vi.advanceTimersByTimeAsync(1000);
    expect(await stream.taken()).toBe("");
  });

  it("go on after the last one that somebody heard, with what they missed", async () => {
    const hub = open();
    for (const topic of ["a", "b", "c", "b"]) {
      hub.touch([topic]);
      await vi.advanceTimersByTimeAsync(250);
    }
    expect(await read(hub, `${hub.epoch}-1`).taken()).toBe(
      `retry: 1000\n\nid: ${hub.epoch}-4\nevent: changed\ndata: {"topics":["b","c"]}\n\n`,
    );
    expect(await read(hub, `${hub.epoch}-4`).taken()).toBe("retry: 1000\n\n");
  });

  it.each(["", "x", "0-1", "-", "epoch-5", "epoch-1x", "epoch--1", "epoch-99999999999999999999"])(
    "ask everybody to ask for everything who was elsewhere: %j",
    async (id) => {
      const hub = open();
      expect(await read(hub, id.replace("epoch", hub.epoch)).taken()).toContain("event: reset");
    },
  );

  it("do so for whoever was away for longer than they are kept", async () => {
    const hub = open();
    for (let n = 0; n < 1001; n++) {
      hub.touch(["a"]);
      await vi.advanceTimersByTimeAsync(250);
    }
    expect(await read(hub, `${hub.epoch}-0`).taken()).toContain(`id: ${hub.epoch}-1001\nevent: reset`);
    expect(await read(hub, `${hub.epoch}-1`).taken()).toContain("event: changed");
  });

  it("ask for everything where too much changed at once, or nobody knows what", async () => {
    const hub = open();
    const stream = read(hub, `${hub.epoch}-0`);
    hub.touch(Array.from({ length: 501 }, (_, n) => `mailbox:${n}@big-company.com`));
    await vi.advanceTimersByTimeAsync(250);
    expect(await stream.taken()).toContain(`id: ${hub.epoch}-1\nevent: reset`);
    hub.touch(["all"]);
    await vi.advanceTimersByTimeAsync(250);
    expect(await stream.taken()).toContain(`id: ${hub.epoch}-2\nevent: reset`);
  });

  it("tell nobody of topics that are not theirs", async () => {
    const hub = open();
    const dave = { name: "dave", role: "domain-administrator", domains: ["big-company.com"] } as const;
    const stream = read(hub, `${hub.epoch}-0`, { ...anybody, maySee: (topic) => maySee(dave, topic) });
    await stream.taken();
    const others = ["queue", "log", "domains", "domain:other.example", "mailbox:anna@other.example", "x"];
    hub.touch(others);
    await vi.advanceTimersByTimeAsync(250);
    expect(await stream.taken()).toBe("");
    const own = ["domain:big-company.com", "migration:big-company.com", "mailbox:anna@big-company.com"];
    hub.touch([...others, ...own]);
    await vi.advanceTimersByTimeAsync(250);
    expect(await stream.taken()).toContain(`data: ${JSON.stringify({ topics: own })}\n`);
  });

  it("end with the session, with the server, and with whoever listens", async () => {
    const hub = open();
    let holds = true;
    const session = { ...anybody, isStillThere: async () => holds };
    const [one, other, third] = [read(hub, "", session), read(hub), read(hub)];
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await one.taken()).toContain(": still here\n\n");
    holds = false;
    hub.touch(["administrators"]);
    await vi.advanceTimersByTimeAsync(250);
    expect([one.isOver(), other.isOver()]).toEqual([true, false]);
    await third.close();
    expect(third.isOver()).toBe(true);
    await hub[Symbol.asyncDispose]();
    expect(other.isOver()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});

it("what goes on beside the domains is told, and makes no figures of theirs old", () => {
  const hub = open();
  hub.touch(["administrators"]);
  hub.touch(["log", "queue"]);
  expect(hub.touches).toBe(0);
  hub.touch(["log", "mailbox 7"]);
  hub.touch(["everything"]);
  expect(hub.touches).toBe(2);
});
