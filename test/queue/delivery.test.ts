import { expect, test } from "vitest";
import { readMarks } from "#mail/loop-mark";
import { isMarkOf } from "#queue/mark-id";
import type { QueuedRecipient } from "#queue/queue-store";
import { fixedResolver } from "../courier/consignment.ts";
import { startSmtp } from "../old-server/smtp.ts";
import { answers, greylists, waitsAt } from "../old-server/smtp-faults.ts";
import { markKey, QueueHouse, until } from "./queue-house.ts";

const anna = "anna@big-company.com";
const ben = "ben@big-company.com";
const text = "Subject: caf\xe9\r\n\r\n.\r\n..dots\r\n";
const minute = 60_000;

const isEmpty = (house: QueueHouse) => async () => (await house.waiting()).length === 0;

test("behind a pipe each recipient gets its own copy, unchanged below one Received with its mark", async () => {
  await using server = await startSmtp({});
  await using house = await QueueHouse.open({ ports: [server.port] });
  await house.start();
  await house.accept(text, [{ address: anna }, { address: ben }], { body: "8BITMIME" });
  await until(isEmpty(house));
  expect(server.seen.transactions.map(({ recipients }) => recipients).sort()).toEqual([[anna], [ben]]);
  for (const { octets, recipients, reversePath } of server.seen.transactions) {
    expect(reversePath).toBe("bob@example.com");
    const all = octets.toString("latin1");
    const [top = "", rest] = [all.slice(0, all.length - text.length), all.slice(-text.length)];
    expect(rest).toBe(text);
    expect(top).toMatch(/^Received: from client\.example\.com /);
    expect(top.match(/^\S/gm)).toHaveLength(1);
    const marks = readMarks(markKey, octets);
    expect(marks.map((mark) => isMarkOf(mark, recipients[0] ?? ""))).toEqual([true]);
  }
  await until(async () => (await house.store.knownRecipients.known(ben)) !== null);
  await until(async () => (await house.store.knownRecipients.known(anna)) !== null);
  expect(house.piped.sort()).toEqual([`${anna} big-company.old`, `${ben} big-company.old`]);
  expect(await house.store.knownRecipients.known(anna)).toMatchObject({
    route: "big-company.old",
    messages: 1,
  });
});

test("by relay the recipients of one message in one domain share a transaction", async () => {
  await using server = await startSmtp({});
  const mx = (host: string) => ({ answer: "hosts", hosts: [host] }) as const;
  const resolver = fixedResolver({ mx: ["127.0.0.1"] }, { "example.org": mx("mx"), "example.net": mx("mx") });
  await using house = await QueueHouse.open({ ports: [], resolver, mxPort: server.port });
  await house.start();
  const relay = (address: string, to: string) => ({ address, via: { kind: "relay", to } as const });
  await house.accept(text, [
    relay("a@example.org", "example.org"),
    relay("b@example.org", "example.org"),
    relay("c@example.net", "example.net"),
  ]);
  await until(isEmpty(house));
  const all = server.seen.transactions.map(({ recipients }) => [...recipients].sort());
  expect(all.sort()).toEqual([["a@example.org", "b@example.org"], ["c@example.net"]]);
  expect(readMarks(markKey, server.seen.transactions[0]?.octets ?? Buffer.alloc(0))).toEqual([]);
  expect(house.piped).toEqual([]);
});

test("what is put off is tried again in its time, and the same octets go out", async () => {
  await using server = await startSmtp({ fault: greylists(2) });
  await using house = await QueueHouse.open({ ports: [server.port] });
  await house.start();
  await house.accept(text, [{ address: anna }]);
  const tries = (): number => server.seen.commands.filter((command) => command.startsWith("RCPT")).length;
  const isPutOff = (attempts: number) => async () =>
    (await house.waiting())[0]?.attempts === attempts && (await house.store.queue.nextDue()) !== null;
  await until(isPutOff(1));
  expect((await house.waiting())[0]).toMatchObject({
    lastReply: "127.0.0.1: 451 4.7.1 greylisted, come back later",
    mayHaveArrived: false,
  });
  await house.clock.advance(9_000);
  expect(tries()).toBe(1);
  await house.clock.advance(2_000);
  await until(isPutOff(2));
  await house.clock.advance(31_000);
  await until(isEmpty(house));
  expect(tries()).toBe(3);
});

test("a slow destination holds up no other, and has ten attempts at once at most", async () => {
  const gate = Promise.withResolvers<void>();
  await using slow = await startSmtp({ fault: waitsAt("MAIL", gate.promise) });
  await using quick = await startSmtp({});
  const resolver = fixedResolver(
    { mx: ["127.0.0.1"] },
    { "example.org": { answer: "hosts", hosts: ["mx"] } },
  );
  await using house = await QueueHouse.open({ ports: [slow.port], resolver, mxPort: quick.port });
  const people = Array.from({ length: 520 }, (_, at) => ({ address: `user${at}@big-company.com` }));
  await house.accept(text, people);
  await house.start();
  await until(() => slow.seen.commands.filter((command) => command.startsWith("MAIL")).length === 10);
  await house.accept(text, [{ address: "a@example.org", via: { kind: "relay", to: "example.org" } }]);
  await until(async () => {
    await house.clock.advance(100);
    return quick.seen.transactions.length === 1;
  });
  expect(slow.seen.connections).toBe(10);
  gate.resolve();
  await until(async () => {
    await house.clock.advance(100);
    return (await house.waiting()).length === 0;
  });
  expect(new Set(slow.seen.transactions.flatMap(({ recipients }) => recipients)).size).toBe(520);
  expect(slow.seen.transactions).toHaveLength(520);
  expect(slow.seen.connections).toBeLessThanOrEqual(20);
});

test("while a destination is away it is not called for every message; once back, nothing waits for its time", async () => {
  const away = await startSmtp({});
  const { port } = away;
  await away[Symbol.asyncDispose]();
  await using house = await QueueHouse.open({ ports: [port], runner: { perDestination: 1 } });
  await house.start();
  await house.accept(
    text,
    Array.from({ length: 20 }, (_, at) => ({ address: `user${at}@big-company.com` })),
  );
  await until(async () => (await house.waiting()).every(({ attempts }) => attempts >= 1));
  // Long enough for the waiting times to have grown.
  for (let step = 0; step < 12; step++) {
    await house.clock.advance(30_000);
    await until(async () => {
      await house.clock.advance(100);
      return (await house.store.queue.due(house.clock.now(), 100)).length === 0;
    });
  }
  await using back = await startSmtp({ port });
  const soon = async (isDone: () => boolean | Promise<boolean>): Promise<void> =>
    await until(async () => {
      await house.clock.advance(10_000);
      return await isDone();
    });
  await soon(() => back.seen.transactions.length > 0);
  // The clock stands still from here on: all the others are due at once.
  const isDue = (recipient: QueuedRecipient): boolean => recipient.nextTry <= house.clock.now();
  await until(async () => (await house.waiting()).every(isDue));
  await soon(isEmpty(house));
  expect(back.seen.transactions).toHaveLength(20);
});

test("a remote domain on hold keeps its mail until it delivers", async () => {
  await using server = await startSmtp({});
  await using house = await QueueHouse.open({ ports: [server.port], deliver: "hold" });
  await house.start();
  await house.accept(text, [{ address: anna }]);
  await until(async () => ((await house.store.queue.nextDue()) ?? 0) > house.clock.now());
  const found = await house.store.directory.domain("big-company.old");
  if (found?.kind !== "remote") throw new Error("no remote domain");
  await house.store.directory.setDomain({ ...found, deliver: "immediately" });
  await house.clock.advance(5 * minute);
  await until(isEmpty(house));
  expect(server.seen.transactions).toHaveLength(1);
});

test("held and dropped recipients do not leave", async () => {
  await using server = await startSmtp({ fault: answers("RCPT", "451 later") });
  await using house = await QueueHouse.open({ ports: [server.port] });
  await house.accept(text, [{ address: anna }, { address: ben }]);
  const idOf = async (address: string): Promise<string> =>
    (await house.waiting()).find((recipient) => recipient.address === address)?.id ?? "";
  const held = await idOf(anna);
  await house.store.queue.hold(held, true, house.clock.now());
  await house.store.queue.drop(await idOf(ben));
  await house.start();
  await house.clock.advance(10 * minute);
  expect(server.seen.connections).toBe(0);
  delete server.options.fault;
  await house.store.queue.hold(held, false, house.clock.now());
  house.wake();
  await until(isEmpty(house));
  expect(server.seen.transactions.map(({ recipients }) => recipients)).toEqual([[anna]]);
});
