/** A FETCH or a SEARCH of many messages whose content is still on the old server. */
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

/** An old server whose mail all comes over with the first message that somebody asks for. */
async function copiedAtOnce(): Promise<{ readonly remote: RemoteContent; asked: number }> {
  const { id } = await inboxOf(house.harness, house.annas);
  const entries = await house.harness.mail.entries(id, 0, count);
  const copyAll = async (mailbox: MailboxId): Promise<void> => {
    for (const { content } of entries) await house.bring(mailbox, content);
  };
  let copied: Promise<void> | null = null;
  const copy = {
    asked: 0,
    remote: {
      bring: async (mailbox: MailboxId) => {
        copy.asked++;
        copied ??= copyAll(mailbox);
        await copied;
        return done(undefined);
      },
    },
  };
  return copy;
}

const all = Array.from({ length: count }, (_, at) => at + 1);

test("does not ask for what has come by itself meanwhile", async () => {
  const copy = await copiedAtOnce();
  using talk = await selected(copy.remote);
  const told = await talk.command("FETCH 1:* RFC822.SIZE");
  expect(numbersIn(told).toSorted((a, b) => a - b)).toEqual(all);
  expect(told).toMatch(/\r\nt OK /);
  expect(copy.asked).toBeLessThan(count / 2);
});

test("is searched in the same way, and as a whole or not at all", async () => {
  house.withheld.add("u1");
  using impatient = await selected();
  expect(await impatient.command("SEARCH TEXT x")).toMatch(/^t NO \[UNAVAILABLE\] /);
  expect(await impatient.command("SEARCH 2:* TEXT x")).toContain(`* SEARCH ${all.slice(1).join(" ")}\r\n`);
});

test("a search does not ask for what has come by itself either", async () => {
  const copy = await copiedAtOnce();
  using talk = await selected(copy.remote);
  expect(await talk.command("SEARCH TEXT x")).toContain(`* SEARCH ${all.join(" ")}\r\n`);
  expect(copy.asked).toBeLessThan(count / 2);
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
