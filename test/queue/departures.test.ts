/** When mail leaves: at once where there is a place, and otherwise as soon as there is one. */
import { expect, test } from "vitest";
import { startSmtp } from "../old-server/smtp.ts";
import { waitsAt } from "../old-server/smtp-faults.ts";
import { QueueHouse, until } from "./queue-house.ts";

const text = "Subject: x\r\n\r\nx\r\n";
const people = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ address: `user${at}@big-company.com` }));
const isEmpty = (house: QueueHouse) => async () => (await house.waiting()).length === 0;
const count = (commands: readonly string[], verb: string): number =>
  commands.filter((command) => command.startsWith(verb)).length;

test("mail for a free destination is begun durably by the commit that takes it in", async () => {
  const gate = Promise.withResolvers<void>();
  await using server = await startSmtp({ fault: waitsAt("MAIL", gate.promise) });
  await using house = await QueueHouse.open({ ports: [server.port] });
  await house.start();
  await house.accept(text, people(2));
  // Nothing has happened between: what is seen here is what the intake has committed.
  expect((await house.waiting()).map(({ attempts }) => attempts)).toEqual([1, 1]);
  expect(await house.store.queue.nextDue()).toBeNull();
  gate.resolve();
  await until(isEmpty(house));
  expect(server.seen.transactions).toHaveLength(2);
});

test("what the program's end kept from leaving is due at the next start, as if it may have arrived", async () => {
  await using server = await startSmtp({});
  await using house = await QueueHouse.open({ ports: [server.port] });
  await house.start();
  await house.accept(text, people(1));
  await house.stop();
  expect(server.seen.connections).toBe(0);
  expect(await house.store.queue.recover(house.clock.now())).toBe(1);
  expect(await house.waiting()).toMatchObject([{ mayHaveArrived: true }]);
  await house.restart();
  await until(isEmpty(house));
  expect(server.seen.transactions).toHaveLength(1);
});

test("only those that have a place leave at once; the others follow, and nobody leaves twice", async () => {
  await using server = await startSmtp({});
  await using house = await QueueHouse.open({ ports: [server.port], runner: { perDestination: 2 } });
  await house.start();
  for (let message = 0; message < 4; message++) await house.accept(text, people(5));
  await until(async () => {
    await house.clock.advance(100);
    return await isEmpty(house)();
  });
  expect(server.seen.transactions).toHaveLength(20);
  expect(server.seen.connections).toBeLessThanOrEqual(2);
});

test("by relay the recipients of one message take one place together", async () => {
  await using server = await startSmtp({});
  await using house = await QueueHouse.open({ ports: [server.port], runner: { perDestination: 1 } });
  await house.start();
  const via = { kind: "relay", to: "big-company.old" } as const;
  await house.accept(
    text,
    people(3).map((one) => ({ ...one, via })),
  );
  await until(isEmpty(house));
  expect(server.seen.transactions.map(({ recipients }) => recipients)).toEqual([
    people(3).map(({ address }) => address),
  ]);
});

test("an intake that fails gives its places back", async () => {
  const gate = Promise.withResolvers<void>();
  await using server = await startSmtp({ fault: waitsAt("MAIL", gate.promise) });
  await using house = await QueueHouse.open({ ports: [server.port], runner: { perDestination: 2 } });
  await house.start();
  await house.accept(text, people(1), { id: "once" });
  await expect(house.accept(text, people(1), { id: "once" })).rejects.toThrow();
  await house.accept(text, people(1));
  expect((await house.waiting()).map(({ attempts }) => attempts)).toEqual([1, 1]);
  gate.resolve();
  await until(isEmpty(house));
  expect(server.seen.transactions).toHaveLength(2);
});

test("while all attempts that may be are under way, what waits for another place waits quietly", async () => {
  const gate = Promise.withResolvers<void>();
  await using slow = await startSmtp({ fault: waitsAt("MAIL", gate.promise) });
  await using house = await QueueHouse.open({ ports: [slow.port], runner: { total: 1, perDestination: 1 } });
  await house.start();
  await house.accept(text, [{ address: "anna@big-company.com" }]);
  await until(() => count(slow.seen.commands, "MAIL") === 1);
  await house.accept(text, [{ address: "ben@big-company.com" }]);
  // Were the queue to look again and again, nothing else would ever run.
  await new Promise((resolve) => setTimeout(resolve, 20));
  gate.resolve();
  await until(isEmpty(house));
  expect(slow.seen.transactions).toHaveLength(2);
});
