/** A FETCH of many messages whose content is still on the old server. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import { done } from "#mailbox/problem";
import type { RemoteContent } from "#mailbox/remote-content";
import type { Listener } from "#net/listener";
import { inboxOf } from "../contract/harness.ts";
import { ImapHouse } from "./house.ts";
import { openImap } from "./open.ts";
import { Talk } from "./talk.ts";

const count = 300;
const old = new Map(
  Array.from({ length: count }, (_, at) => [`u${at + 1}`, Buffer.from(`Subject: ${at + 1}\r\n\r\nx\r\n`)]),
);
let house: ImapHouse;
let listener: Listener;

beforeEach(async () => {
  house = await ImapHouse.open({ old });
});
afterEach(async () => {
  await listener.close(100);
  await house[Symbol.asyncDispose]();
});

async function selected(remote: RemoteContent = house): Promise<Talk> {
  listener = await openImap(house, { services: { remote } });
  const talk = await Talk.with(listener.port);
  await talk.command("LOGIN anna secret");
  await talk.command("SELECT INBOX");
  return talk;
}

const numbersIn = (told: string): readonly number[] =>
  [...told.matchAll(/^\* (\d+) FETCH \(RFC822\.SIZE \d+\)\r$/gm)].map(([, number]) => Number(number));

test("does not ask for what has come by itself meanwhile", async () => {
  const { id } = await inboxOf(house.harness, house.annas);
  const entries = await house.harness.mail.entries(id, 0, count);
  let asked = 0;
  const copyAll = async (mailbox: MailboxId): Promise<void> => {
    for (const { content } of entries) await house.bring(mailbox, content);
  };
  let copied: Promise<void> | null = null;
  using talk = await selected({
    bring: async (mailbox) => {
      asked++;
      copied ??= copyAll(mailbox);
      await copied;
      return done(undefined);
    },
  });
  const told = await talk.command("FETCH 1:* RFC822.SIZE");
  expect(numbersIn(told).toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, at) => at + 1));
  expect(told).toMatch(/\r\nt OK /);
  expect(asked).toBeLessThan(count / 2);
});

test("tells everything that can be had, and how much cannot", async () => {
  for (const uidl of ["u300", "u200", "u17", "u16"]) house.withheld.add(uidl);
  using talk = await selected();
  const told = await talk.command("FETCH 1:* RFC822.SIZE");
  expect(numbersIn(told)).toHaveLength(count - 4);
  expect(told).toMatch(/\r\nt NO \[UNAVAILABLE\] 4 messages /);
});

test("gives up soon when nothing can be had", async () => {
  house.isOldServerDown = true;
  using talk = await selected();
  const told = await talk.command("FETCH 1:* RFC822.SIZE");
  expect(told).toMatch(/^t NO \[UNAVAILABLE\] 300 messages /);
  expect(house.brought.length).toBeLessThan(50);
});
