/**
 * kill -9 at random points. Every message that was acknowledged is there once and whole, every transfer
 * finishes after the restart, nothing is doubled and nothing is stuck. (That what is acknowledged was also
 * synced is proved by a system-call trace, in test/interop: a killed process takes nothing from the page cache.)
 */
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { Company, domain } from "../crossing/company.ts";
import { hashOf, put } from "../old-server/maildrop.ts";
import { letter, subjectOf } from "../programs/letter.ts";
import { sha256 } from "../programs/pop3-program.ts";
import { SmtpProgram } from "../programs/smtp-program.ts";

const people = ["anna", "bob", "carol", "dave"];
const kills = 50;

/** Sends to everybody until told to stop; remembers what was acknowledged, by "name subject". */
async function keepSending(
  company: Company,
  lane: number,
  acknowledged: Set<string>,
  isOver: () => boolean,
): Promise<void> {
  for (let n = 0; !isOver(); ) {
    try {
      using sender = await SmtpProgram.connect(company.ports.smtp);
      for (; !isOver(); n++) {
        const to = people.filter((_, index) => (n + index) % 3 !== 0);
        const subject = `mail ${lane}.${n}`;
        const octets =
          n % 10 === 0
            ? letter("all", subject) + "x".repeat(76).concat("\r\n").repeat(1000)
            : letter("all", subject);
        const { data } = await sender.send(
          "friend@example.net",
          to.map((name) => `${name}@${domain}`),
          octets,
        );
        if (data?.code === 250) for (const name of to) acknowledged.add(`${name} ${subject}`);
      }
    } catch {
      // Killed in the middle: this message was not acknowledged, and its number is not used again.
      n++;
      await wait(20);
    }
  }
}

test(`${kills} kills during delivery and copying: what was acknowledged is there, once and whole`, async () => {
  await using company = await Company.start({ sweepInterval: "1 s" });
  const old = new Map(people.map((name) => [name, company.mailboxes.add(name, "secret")]));
  for (const [name, mailbox] of old) {
    for (let n = 1; n <= 400; n++)
      put(
        mailbox,
        `${letter(name, `old ${n}`)}${"y"
          .repeat(76)
          .concat("\r\n")
          .repeat(n % 50)}`,
      );
  }
  const acknowledged = new Set<string>();
  let over = false;
  const sending = [0, 1, 2].map((lane) => keepSending(company, lane, acknowledged, () => over));
  for (let kill = 0; kill < kills; kill++) {
    const name = people[kill];
    if (name) await (await company.login(name, "secret")).quit();
    await wait(20 + Math.random() * 200);
    await company.kill();
    await company.startServer();
  }
  over = true;
  await Promise.all(sending);
  await company.drained();
  await company.copied(people.length);
  for (const { address, problem } of (await company.check()).mailboxes)
    expect([address, problem]).toEqual([address, null]);
  expect(acknowledged.size).toBeGreaterThan(100);

  const wrong: string[] = [];
  for (const [name, mailbox] of old) {
    await using program = await company.login(name, "secret");
    const counts = new Map<string, number>();
    const hashes = new Map<string, number>();
    for (const { number } of await program.list()) {
      const octets = await program.retrieve(number);
      const subject = subjectOf(octets);
      counts.set(subject, (counts.get(subject) ?? 0) + 1);
      hashes.set(sha256(octets), (hashes.get(sha256(octets)) ?? 0) + 1);
      // Every letter ends with its last line, or with the padding that follows it.
      if (
        subject.startsWith("mail ") &&
        !/(?:and an end|x)\.?\r\n$/.test(octets.subarray(-80).toString("latin1"))
      )
        wrong.push(`${name} ${subject} is cut`);
    }
    for (const { octets } of mailbox.messages) {
      if (hashes.get(hashOf(octets)) !== 1)
        wrong.push(`${name} ${subjectOf(octets)}: old message ${hashes.get(hashOf(octets)) ?? 0} times`);
    }
    for (const key of acknowledged) {
      if (!key.startsWith(`${name} `)) continue;
      const times = counts.get(key.slice(name.length + 1)) ?? 0;
      if (times !== 1) wrong.push(`${key}: ${times} times`);
    }
    for (const [subject, times] of counts) if (times > 1) wrong.push(`${name} ${subject}: ${times} times`);
  }
  expect(wrong).toEqual([]);
}, 300_000);

test("20 transfers killed under way finish after the restart: nothing twice, none stuck", async () => {
  await using company = await Company.start();
  const names = Array.from({ length: 20 }, (_, n) => `user${n}`);
  for (const name of names) {
    const mailbox = company.mailboxes.add(name, "secret");
    for (let n = 1; n <= 300; n++) put(mailbox, letter(name, `${name} ${n}`));
  }
  for (const name of names) await (await company.login(name, "secret")).quit();
  for (let kill = 0; kill < 5; kill++) {
    await wait(Math.random() * 150);
    await company.kill();
    await company.startServer();
  }
  const { transfers } = await company.copied(names.length);
  expect(transfers.every(({ messages, messagesHere }) => messages === 300 && messagesHere === 300)).toBe(
    true,
  );
  await company.check();
  for (const name of names) {
    await using program = await company.login(name, "secret");
    const mailbox = company.mailboxes.find(name);
    expect((await program.hashes()).slice(0, 300)).toEqual(
      mailbox?.messages.map(({ octets }) => hashOf(octets)),
    );
    expect(await program.list()).toHaveLength(301);
  }
}, 180_000);
