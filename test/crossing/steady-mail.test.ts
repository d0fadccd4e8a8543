/** Nothing is lost and nothing doubled when people move under steady mail. */
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { answers, takesAndDrops } from "../old-server/smtp-faults.ts";
import { letter, subjectOf } from "../programs/letter.ts";
import { SmtpProgram } from "../programs/smtp-program.ts";
import { Company, domain } from "./company.ts";

/** How often each subject is in a person's maildrop here. */
async function subjectsOf(company: Company, name: string): Promise<Map<string, number>> {
  await using program = await company.login(name, "secret");
  const counts = new Map<string, number>();
  for (const { number } of await program.list()) {
    const subject = subjectOf(await program.retrieve(number));
    counts.set(subject, (counts.get(subject) ?? 0) + 1);
  }
  return counts;
}

test("a message queued for the old server while its owner comes ends up here, once", async () => {
  await using company = await Company.start();
  company.mailboxes.add("bob", "secret");
  {
    using warmUp = await SmtpProgram.connect(company.ports.smtp);
    await warmUp.send("friend@example.net", [`bob@${domain}`], letter("bob", "before"));
    await company.drained();
  }
  company.oldSmtp.options.fault = answers("MAIL", "451 4.3.0 not now");
  using sender = await SmtpProgram.connect(company.ports.smtp);
  const sent = await sender.send("friend@example.net", [`bob@${domain}`], letter("bob", "queued"));
  expect(sent.data?.code).toBe(250);
  await (await company.login("bob", "secret")).quit();
  company.oldSmtp.options.fault = () => null;
  await company.drained();
  await company.check();
  expect(Object.fromEntries(await subjectsOf(company, "bob"))).toMatchObject({ before: 1, queued: 1 });
  expect(company.mailboxes.find("bob")?.messages.map(({ octets }) => subjectOf(octets))).toEqual(["before"]);
}, 60_000);

test("a message that the old server took without answering is not doubled when its owner comes", async () => {
  await using company = await Company.start();
  company.mailboxes.add("bob", "secret");
  company.oldSmtp.options.fault = takesAndDrops();
  using sender = await SmtpProgram.connect(company.ports.smtp);
  expect(
    (await sender.send("friend@example.net", [`bob@${domain}`], letter("bob", "unanswered"))).data?.code,
  ).toBe(250);
  while (company.mailboxes.find("bob")?.messages.length === 0) await wait(20);
  await (await company.login("bob", "secret")).quit();
  await company.drained();
  await company.check();
  expect(Object.fromEntries(await subjectsOf(company, "bob"))).toMatchObject({ unanswered: 1 });
}, 60_000);

test("200 people come at random moments under 2,000 messages: each message is in its owner's INBOX once", async () => {
  await using company = await Company.start({ sweepInterval: "2 s" });
  const people = Array.from({ length: 200 }, (_, n) => `user${n}`);
  for (const name of people) company.mailboxes.add(name, "secret");
  const perPerson = 10;
  const sending = Array.from({ length: 4 }, async (_, lane) => {
    using sender = await SmtpProgram.connect(company.ports.smtp);
    for (let round = 0; round < perPerson; round++) {
      for (const [n, name] of people.entries()) {
        if (n % 4 !== lane) continue;
        const sent = await sender.send(
          "friend@example.net",
          [`${name}@${domain}`],
          letter(name, `${name} ${round}`),
        );
        expect(sent.data?.code).toBe(250);
      }
    }
  });
  let sent = false;
  const allSent = Promise.all(sending).then(() => {
    sent = true;
  });
  const coming = people
    .map((name) => ({ name, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ name }) => name);
  const arriving = Array.from({ length: 4 }, async (_, lane) => {
    for (let n = lane; n < coming.length; n += 4) {
      await wait(sent ? 0 : Math.random() * 120);
      await (await company.login(coming[n] ?? "", "secret")).quit();
    }
  });
  await Promise.all([allSent, ...arriving]);
  await company.drained();
  await company.copied(200);
  for (const { address, problem } of (await company.check()).mailboxes)
    expect([address, problem]).toEqual([address, null]);
  const wrong: string[] = [];
  for (const name of people) {
    const counts = await subjectsOf(company, name);
    for (let round = 0; round < perPerson; round++) {
      const times = counts.get(`${name} ${round}`) ?? 0;
      if (times !== 1) wrong.push(`${name} ${round}: ${times} times`);
    }
  }
  expect(wrong).toEqual([]);
}, 300_000);
