/** Mail that waits for the old server while its owner comes over (failure catalogue C16). */
import { expect, test } from "vitest";
import { startSmtp } from "../old-server/smtp.ts";
import { answers, hangsAt, takesAndDrops } from "../old-server/smtp-faults.ts";
import { QueueHouse, trace, until } from "./queue-house.ts";

const anna = "anna@big-company.com";
const text = "Subject: hello\r\n\r\nthe body\r\n";
const day = 24 * 60 * 60_000;

const isEmpty = (house: QueueHouse) => async () => (await house.waiting()).length === 0;
const isPutOff = (house: QueueHouse) => async () =>
  (await house.waiting())[0]?.lastReply !== null && (await house.store.queue.nextDue()) !== null;

test("it is delivered here once, with the trace it was accepted with, and not there", async () => {
  await using server = await startSmtp({ fault: answers("RCPT", "450 later") });
  await using house = await QueueHouse.open({ ports: [server.port] });
  await house.start();
  await house.accept(text, [{ address: anna, notify: ["SUCCESS"] }], { reversePath: "carl@big-company.com" });
  await until(isPutOff(house));
  const mailbox = await house.admit(anna);
  const carl = await house.admit("carl@big-company.com");
  await house.clock.advance(11_000);
  await until(isEmpty(house));
  expect(await house.inbox(mailbox)).toEqual([trace + text]);
  await until(async () => (await house.inbox(carl)).length === 1);
  expect((await house.inbox(carl))[0]).toContain("Action: delivered\r\nStatus: 2.0.0\r\n");
  expect(server.seen.transactions).toEqual([]);
});

test("a rule that changed since it was accepted refuses nothing", async () => {
  await using server = await startSmtp({});
  await using house = await QueueHouse.open({ ports: [server.port] });
  const found = await house.store.directory.domain("big-company.com");
  if (found?.kind !== "local") throw new Error("no local domain");
  await house.accept(text, [{ address: anna }]);
  await house.store.directory.setDomain({ ...found, unknownUsers: { rule: "reject" } });
  await house.start();
  await until(isEmpty(house));
  expect(server.seen.transactions).toHaveLength(1);
});

test("what the old server may have is left to the sweep first", async () => {
  await using server = await startSmtp({ fault: takesAndDrops() });
  await using house = await QueueHouse.open({ ports: [server.port] });
  await house.start();
  await house.accept(text, [{ address: anna }]);
  await until(isPutOff(house));
  expect((await house.waiting())[0]?.mayHaveArrived).toBe(true);
  // Mail that may lie there is worth a sweep.
  await until(() => house.piped.length === 1);
  const mailbox = await house.admit(anna);
  await house.clock.advance(60_000);
  expect(await house.inbox(mailbox)).toEqual([]);
  expect(await house.waiting()).toHaveLength(1);
  house.caughtUp.add(mailbox);
  await until(async () => {
    await house.clock.advance(5_000);
    return (await house.waiting()).length === 0;
  });
  // The sweep of this test brought nothing, so it was not there.
  expect(await house.inbox(mailbox)).toEqual([trace + text]);
  expect(server.seen.transactions).toHaveLength(1);
});

test("what would wait for a sweep for ever is delivered when its time is over", async () => {
  await using server = await startSmtp({ fault: takesAndDrops() });
  await using house = await QueueHouse.open({ ports: [server.port] });
  await house.start();
  await house.accept(text, [{ address: anna }]);
  await until(isPutOff(house));
  const mailbox = await house.admit(anna);
  await house.clock.advance(5 * day);
  await until(async () => {
    await house.clock.advance(10_000);
    return (await house.waiting()).length === 0;
  });
  expect(await house.inbox(mailbox)).toEqual([trace + text]);
});

test("a stop of the program in the middle of an attempt keeps what is known of it", async () => {
  await using server = await startSmtp({ fault: hangsAt("MESSAGE") });
  await using house = await QueueHouse.open({ ports: [server.port] });
  await house.start();
  await house.accept(text, [{ address: anna }]);
  await until(() => server.seen.commands.includes("DATA"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  await house.stop();
  expect((await house.waiting())[0]).toMatchObject({ mayHaveArrived: true, attempts: 1 });
  delete server.options.fault;
  await house.restart();
  await house.clock.advance(11_000);
  await until(isEmpty(house));
  expect(server.seen.transactions).toHaveLength(1);
});
