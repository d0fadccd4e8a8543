/** The first crossing by IMAP, driven by a client library that is not ours. */
import { ImapFlow } from "imapflow";
import { describe, expect, test } from "vitest";
import * as faults from "../old-server/faults.ts";
import { hashOf, put } from "../old-server/maildrop.ts";
import { letter, subjectOf } from "../programs/letter.ts";
import { sha256 } from "../programs/pop3-program.ts";
import { SmtpProgram } from "../programs/smtp-program.ts";
import { Company, domain } from "./company.ts";

/** A person's program, logged in; disposing of it logs out. */
async function imap(company: Company, name: string, password: string): Promise<ImapFlow & AsyncDisposable> {
  const client = new ImapFlow({
    host: "127.0.0.1",
    port: company.ports.imap,
    secure: false,
    doSTARTTLS: false,
    auth: { user: `${name}@${domain}`, pass: password },
    logger: false,
  });
  client.on("error", () => undefined);
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.logout().catch(() => undefined) });
}

async function sourceOf(client: ImapFlow, uid: number): Promise<Buffer> {
  const message = (await client.fetchOne(String(uid), { source: true }, { uid: true })) || null;
  return Buffer.from(message?.source ?? "");
}

async function uidsOf(client: ImapFlow): Promise<number[]> {
  return (await client.search({ all: true }, { uid: true })) || [];
}

describe("the first login is an IMAP login", () => {
  test("INBOX is complete at once, its oldest message is read through, dates and order are the old ones", async () => {
    const stall = faults.stallAfter(5);
    await using company = await Company.start({ pop3: { fault: stall.fault } });
    const anna = company.mailboxes.add("anna", "secret");
    for (let n = 1; n <= 300; n++) {
      const date = new Date(Date.UTC(2020, 0, 1) + n * 86_400_000).toUTCString().replace("GMT", "+0000");
      put(anna, `Received: from a by b; ${date}\r\n${letter("anna", `message ${n}`)}`);
    }
    await using client = await imap(company, "anna", "secret");
    const inbox = await client.mailboxOpen("INBOX");
    expect(inbox.exists).toBe(301);
    await stall.stalled;
    const uids: number[] = [];
    for await (const { uid } of client.fetch("1:*", { uid: true, flags: true })) uids.push(uid);
    expect(uids).toEqual(uids.toSorted((a, b) => a - b));
    expect(uids).toHaveLength(301);
    const reading = sourceOf(client, uids[0] ?? 0);
    stall.release();
    expect(sha256(await reading)).toBe(hashOf(anna.messages[0]?.octets ?? Buffer.alloc(0)));
    const first = (await client.fetchOne("1", { internalDate: true, envelope: true, size: true })) || null;
    expect(first?.envelope?.subject).toBe("message 1");
    expect(new Date(first?.internalDate ?? 0).toISOString()).toBe("2020-01-02T00:00:00.000Z");
    expect(first?.size).toBe(anna.messages[0]?.octets.length);
    await company.copied(1);
    for (const [index, { octets }] of anna.messages.entries()) {
      if (index % 50 === 0) expect(sha256(await sourceOf(client, uids[index] ?? 0))).toBe(hashOf(octets));
    }
    // That of the first login, and one that saw that reading takes nothing away (A18).
    expect(company.oldPop3.seen.goodLogins).toBe(2);
  }, 60_000);

  test("twenty first logins at once over three protocols: one mailbox, one transfer, one login on the old server", async () => {
    await using company = await Company.start();
    const anna = company.mailboxes.add("anna", "secret");
    for (let n = 1; n <= 100; n++) put(anna, letter("anna", `message ${n}`));
    company.oldPop3.seen.goodLogins = 0;
    const logins = Array.from({ length: 20 }, async (_, n) => {
      if (n % 3 === 0) {
        await using client = await imap(company, "anna", "secret");
        return (await client.mailboxOpen("INBOX")).exists === 101;
      }
      if (n % 3 === 1) {
        await using program = await company.login("anna", "secret");
        return (await program.list()).length === 101;
      }
      using _program = await SmtpProgram.connect(company.ports.submission, {
        name: `anna@${domain}`,
        password: "secret",
      });
      return true;
    });
    expect(await Promise.all(logins)).toEqual(Array(20).fill(true));
    expect((await company.copied(1)).transfers).toHaveLength(1);
    // That of the first login, and one that saw that reading takes nothing away (A18).
    expect(company.oldPop3.seen.goodLogins).toBe(2);
    expect(await company.command.get(`/domains/${domain}/mailboxes`)).toHaveLength(1);
  }, 60_000);

  test("a copy of a message whose content is still remote is readable after the original is gone and the migration is off", async () => {
    const stall = faults.stallAfter(2);
    await using company = await Company.start({ pop3: { fault: stall.fault } });
    const anna = company.mailboxes.add("anna", "secret");
    for (let n = 1; n <= 50; n++) put(anna, letter("anna", `message ${n}`));
    await using client = await imap(company, "anna", "secret");
    await client.mailboxOpen("INBOX");
    await stall.stalled;
    const uids = await client.search({ all: true }, { uid: true });
    const third = uids ? (uids[2] ?? 0) : 0;
    await client.messageCopy(String(third), "Archive", { uid: true });
    await client.messageDelete(String(third), { uid: true });
    stall.release();
    await company.copied(1);
    await company.command.patch(`/domains/${domain}`, { unknownUsers: "reject" });
    await company.check();
    await company.command.post(`/migrations/${domain}/off`);
    await client.mailboxOpen("Archive");
    const [copy = 0] = await uidsOf(client);
    expect(sha256(await sourceOf(client, copy))).toBe(hashOf(anna.messages[2]?.octets ?? Buffer.alloc(0)));
    await client.mailboxOpen("INBOX");
    expect(await uidsOf(client)).toHaveLength(50);
  }, 60_000);

  test("deleted, moved and re-flagged messages stay so through ten sweeps", async () => {
    await using company = await Company.start();
    const anna = company.mailboxes.add("anna", "secret");
    for (let n = 1; n <= 30; n++) put(anna, letter("anna", `message ${n}`));
    await using client = await imap(company, "anna", "secret");
    await client.mailboxOpen("INBOX");
    await company.copied(1);
    const uids = await uidsOf(client);
    const range = (from: number, to: number): string => `${uids[from - 1]}:${uids[to - 1]}`;
    await client.messageDelete(range(1, 10), { uid: true });
    await client.messageMove(range(11, 20), "Archive", { uid: true });
    await client.messageFlagsAdd(range(21, 30), ["\\Seen", "\\Flagged"], { uid: true });
    for (let sweep = 0; sweep < 10; sweep++) {
      if (sweep === 5) put(anna, letter("anna", "late"));
      await company.check();
    }
    const seen: string[] = [];
    await client.mailboxOpen("INBOX");
    for await (const message of client.fetch("1:*", { flags: true, source: true })) {
      const subject = subjectOf(message.source ?? Buffer.alloc(0));
      if (/^(message \d+|late)$/.test(subject))
        seen.push(`${subject} ${[...(message.flags ?? [])].sort().join(" ")}`);
    }
    expect(seen).toEqual([
      ...Array.from({ length: 10 }, (_, n) => `message ${n + 21} \\Flagged \\Seen`),
      "late ",
    ]);
    const archive = await client.mailboxOpen("Archive");
    expect(archive.exists).toBe(10);
  }, 60_000);
});
