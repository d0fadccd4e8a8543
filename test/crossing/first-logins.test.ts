/** What the first login promises: complete at once, once, and read through while the copy goes on. */
import { describe, expect, test } from "vitest";
import * as faults from "../old-server/faults.ts";
import { hashOf, put } from "../old-server/maildrop.ts";
import { letter, subjectOf } from "../programs/letter.ts";
import { sha256 } from "../programs/pop3-program.ts";
import { SmtpProgram } from "../programs/smtp-program.ts";
import { Company, domain } from "./company.ts";

describe("read-through", () => {
  test("the copier stalls: the listing is complete over one connection, and message 1 comes ahead of 1,000 waiting ones", async () => {
    const stall = faults.stallAfter(20);
    await using company = await Company.start({ pop3: { fault: stall.fault } });
    const anna = company.mailboxes.add("anna", "secret");
    for (let n = 1; n <= 1200; n++) put(anna, letter("anna", `message ${n}`));
    company.oldPop3.seen.connections = 0;
    await using program = await company.login("anna", "secret");
    const listing = await program.list();
    expect(listing.slice(0, 1200).map(({ uidl }) => uidl)).toEqual(anna.messages.map(({ uidl }) => uidl));
    expect(listing).toHaveLength(1201);
    await stall.stalled;
    // That of the first login, and one that saw that reading takes nothing away (A18).
    expect(company.oldPop3.seen.connections).toBe(2);
    expect(company.oldPop3.seen.goodLogins).toBe(2);

    const asked = program.retrieve(1);
    // The request has to reach the server before the copier goes on.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const before = company.oldPop3.seen.retrieved.length;
    const released = performance.now();
    stall.release();
    const octets = await asked;
    // How long it took is for people to read: a loaded machine must not decide about a test.
    console.info(
      `message 1 came ${Math.round(performance.now() - released)} ms after the old server went on`,
    );
    expect(sha256(octets)).toBe(hashOf(anna.messages[0]?.octets ?? Buffer.alloc(0)));
    const at = company.oldPop3.seen.retrieved.findIndex(({ number }) => number === 1);
    // Ahead of the 1,000 that waited: only what was asked for already comes before it.
    expect(at - before).toBeLessThan(205);
    expect(company.oldPop3.seen.goodLogins).toBe(2);
    const status = await company.copied(1);
    expect(status.transfers[0]).toMatchObject({ messages: 1200, messagesHere: 1200 });
  });
});

describe("twenty first logins at once", () => {
  test("over POP3 and submission: one mailbox, one transfer, twenty successes, one login on the old server", async () => {
    await using company = await Company.start();
    const anna = company.mailboxes.add("anna", "secret");
    for (let n = 1; n <= 100; n++) put(anna, letter("anna", `message ${n}`));
    company.oldPop3.seen.goodLogins = 0;
    const pop3 = Array.from({ length: 10 }, async () => {
      await using program = await company.login("anna", "secret");
      return (await program.list()).length;
    });
    const submission = Array.from({ length: 10 }, async (_, n) => {
      using program = await SmtpProgram.connect(company.ports.submission, {
        name: `anna@${domain}`,
        password: "secret",
      });
      const sent = await program.send(
        `anna@${domain}`,
        [`anna@${domain}`],
        letter("anna", `from myself ${n}`),
      );
      return sent.data?.code;
    });
    expect((await Promise.all(pop3)).every((count) => count >= 101)).toBe(true);
    expect(await Promise.all(submission)).toEqual(Array(10).fill(250));
    expect((await company.copied(1)).transfers).toHaveLength(1);
    const mailboxes = await company.command.get<readonly { messages: number }[]>(
      `/domains/${domain}/mailboxes`,
    );
    expect(mailboxes).toMatchObject([{ messages: 111 }]);
    // And one that saw that reading takes nothing away (A18).
    expect(company.oldPop3.seen.goodLogins).toBe(2);
  });
});

describe("deleted messages stay deleted", () => {
  test("DELE and QUIT during the copy are final, and through ten sweeps", async () => {
    const stall = faults.stallAfter(30);
    await using company = await Company.start({ pop3: { fault: stall.fault } });
    const anna = company.mailboxes.add("anna", "secret");
    for (let n = 1; n <= 200; n++) put(anna, letter("anna", `message ${n}`));
    const program = await company.login("anna", "secret");
    await stall.stalled;
    const gone = new Set([1, 2, 3, 50, 199, 200]);
    for (const number of gone) await program.delete(number);
    await program.quit();
    stall.release();
    await company.copied(1);
    for (let sweep = 0; sweep < 10; sweep++) {
      if (sweep === 5) put(anna, letter("anna", "late message"));
      const { mailboxes } = await company.check();
      expect(mailboxes).toMatchObject([{ problem: null, found: sweep === 5 ? 1 : 0 }]);
    }
    await using after = await company.login("anna", "secret");
    const subjects: string[] = [];
    for (const { number } of await after.list()) subjects.push(subjectOf(await after.retrieve(number)));
    const kept = Array.from({ length: 200 }, (_, n) => n + 1).filter((n) => !gone.has(n));
    expect(subjects.filter((subject) => subject.startsWith("message "))).toEqual(
      kept.map((n) => `message ${n}`),
    );
    expect(subjects.at(-1)).toBe("late message");
    expect(company.oldPop3.seen.commands.filter((command) => command.includes("DELE"))).toEqual([]);
    expect(anna.messages).toHaveLength(201);
  });
});

describe("an old server that is not well", () => {
  test.each([
    ["locked", faults.inUse(1)],
    ["full", faults.turnedAway()],
  ])("%s: a temporary error, never a wrong password, and nothing is made", async (_name, fault) => {
    await using company = await Company.start();
    company.mailboxes.add("anna", "secret");
    company.oldPop3.options.fault = fault;
    await expect(company.login("anna", "secret")).rejects.toThrow(/^-ERR \[SYS\/TEMP\]/);
    expect(await company.command.get(`/domains/${domain}/mailboxes`)).toEqual([]);
    company.oldPop3.options.fault = () => null;
    await using program = await company.login("anna", "secret");
    expect(await program.list()).toHaveLength(1);
  });

  test("a wrong password is refused, and costs the old server one login an hour", async () => {
    await using company = await Company.start();
    company.mailboxes.add("anna", "secret");
    const before = company.oldPop3.seen.badLogins;
    for (let n = 0; n < 5; n++)
      await expect(company.login("anna", "wrong")).rejects.toThrow(/^-ERR \[AUTH\]/);
    // Both common forms of the name are tried, once each.
    expect(company.oldPop3.seen.badLogins - before).toBeLessThanOrEqual(2);
    await using program = await company.login("anna", "secret");
    expect(await program.list()).toHaveLength(1);
  });
});
