/** The disk is full: nothing that was acknowledged is lost, new mail is put off, and all goes on by itself. */
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { MigrationStatusView } from "#http/migrations";
import { hashOf, OldMailboxes, put } from "../old-server/maildrop.ts";
import { startPop3 } from "../old-server/pop3.ts";
import { letter, subjectOf } from "../programs/letter.ts";
import { sha256 } from "../programs/pop3-program.ts";
import { SmtpProgram } from "../programs/smtp-program.ts";
import { domain, Mailferry } from "./mailferry.ts";
import { noSmallDisk, SmallDisk } from "./small-disk.ts";

vi.setConfig({ testTimeout: 180_000 });

const reason = noSmallDisk();

/** Larger than what is kept in the database. */
function large(subject: string): string {
  return letter("anna", subject) + `${"x".repeat(76)}\r\n`.repeat(2000);
}

describe.skipIf(reason !== null)(`a full disk${reason === null ? "" : ` (left out: ${reason})`}`, () => {
  test("new mail is put off, old mail can be read, and afterwards all is as before", async () => {
    using disk = new SmallDisk(24);
    await using mailferry = await Mailferry.start({ data: join(disk.path, "data") });
    await mailferry.people("anna", "bob");
    const hosts = [{ host: "127.0.0.1", port: 9 }];
    await mailferry.command.post("/domains", { kind: "remote", name: "example.org", hosts, deliver: "hold" });
    const acknowledged: string[] = [];
    /** Sends a message; resolves with the answer to its end. */
    const send = async (subject: string, octets: string): Promise<string> => {
      const login = { name: `anna@${domain}`, password: "secret" };
      using program = await SmtpProgram.connect(mailferry.ports.submission, login);
      const { data } = await program.send(login.name, [login.name, "friend@example.org"], octets);
      if (data?.code === 250) acknowledged.push(subject);
      return `${data?.code} ${data?.text}`;
    };
    expect(await send("first", letter("anna", "first"))).toMatch(/^250 /);
    expect(await send("first large", large("first large"))).toMatch(/^250 /);

    disk.fill(400_000);
    const refused: string[] = [];
    for (let n = 0; refused.length < 40; n++) {
      const [subject, octets] =
        n % 2 === 0 ? [`small ${n}`, letter("anna", `small ${n}`)] : [`large ${n}`, large(`large ${n}`)];
      const answer = await send(subject, octets);
      if (!answer.startsWith("250 ")) refused.push(answer);
    }
    // Where there is no room for a large message there may be some for small ones; in the end there is none.
    disk.fill(0);
    for (let n = 0; n < 5; n++) refused.push(await send(`none ${n}`, large(`none ${n}`)));
    expect(refused.filter((answer) => !/^45[12] 4\.3\.[01] /.test(answer))).toEqual([]);

    // What is here can be read, by whoever has a mailbox.
    expect((await mailferry.maildrop("anna")).map(subjectOf)).toEqual(acknowledged);
    expect(await mailferry.maildrop("bob")).toEqual([]);
    // QUIT tells the truth about what it deletes.
    const program = await mailferry.login("anna");
    await program.delete(1);
    const goodbye = await program.ask("QUIT").catch((error: Error) => error.message);
    program.hangUp();
    const isDeleted = goodbye.startsWith("+OK");
    if (!isDeleted) expect(goodbye).toMatch(/^-ERR \[SYS\/TEMP\] /);
    if (isDeleted) acknowledged.shift();
    expect((await mailferry.maildrop("anna")).map(subjectOf)).toEqual(acknowledged);

    disk.clear();
    const { pid } = mailferry;
    expect(await send("afterwards", letter("anna", "afterwards"))).toMatch(/^250 /);
    expect(await send("large, afterwards", large("large, afterwards"))).toMatch(/^250 /);
    expect([mailferry.isRunning, mailferry.pid]).toEqual([true, pid]);
    expect((await mailferry.maildrop("anna")).map(subjectOf)).toEqual(acknowledged);
    // Nor is anything lost for the queue, or by a crash.
    await mailferry.kill();
    await mailferry.startServer();
    expect((await mailferry.maildrop("anna")).map(subjectOf)).toEqual(acknowledged);
    const queue = await mailferry.command.get<readonly { to: string }[]>("/queue?limit=1000");
    expect(queue).toHaveLength(acknowledged.length + Number(isDeleted));
  });

  test("a server that is killed on a full disk starts again once there is room", async () => {
    using disk = new SmallDisk(24);
    await using mailferry = await Mailferry.start({ data: join(disk.path, "data") });
    await mailferry.people("anna");
    const send = async (subject: string): Promise<number | undefined> => {
      using program = await SmtpProgram.connect(mailferry.ports.smtp);
      return (await program.send("a@example.net", [`anna@${domain}`], large(subject))).data?.code;
    };
    expect(await send("first")).toBe(250);
    disk.fill(0);
    expect(await send("second")).toBe(452);
    expect(mailferry.log).toMatch(/"level":50.*(?:no space left on device|disk is full)/);
    // Commands say what is the matter, in one line.
    const { code, stderr } = await mailferry.run(["domain", "add", "big-company.net"]);
    if (code !== 0) expect(stderr).toMatch(/^mailferry: .+\n$/);
    await mailferry.kill();
    // Whether there is room enough for a start is a matter of a few octets; a refusal is one line either way.
    const isUp = await mailferry.startServer().then(
      () => true,
      () => false,
    );
    if (!isUp)
      expect(mailferry.log.trim().split("\n").at(-1)).toMatch(
        /^mailferry: the data directory .* cannot be used: /,
      );
    disk.clear();
    if (!isUp) await mailferry.startServer();
    expect(await send("third")).toBe(250);
    expect((await mailferry.maildrop("anna")).map(subjectOf)).toEqual(["first", "third"]);
    expect(await mailferry.stop()).toBe(0);
  });

  test("old mail waits for room before new mail has to, and is copied by itself afterwards", async () => {
    const mailboxes = new OldMailboxes();
    const old = mailboxes.add("anna", "secret");
    for (let n = 1; n <= 150; n++) put(old, large(`old ${n}`));
    await using oldPop3 = await startPop3({ mailboxes });
    using disk = new SmallDisk(64);
    await using mailferry = await Mailferry.start({ data: join(disk.path, "data") });
    await mailferry.people();
    const status = () => mailferry.command.get<MigrationStatusView>(`/migrations/${domain}`);
    const from = `pop3://127.0.0.1:${oldPop3.port}`;
    await mailferry.command.put(`/migrations/${domain}`, { from, tls: "none" });
    // A twentieth of the disk is kept for new mail.
    disk.fill(8 * 1024 ** 2);

    const listing = await mailferry.login("anna").then(async (program) => {
      const listed = await program.list();
      await program.quit();
      return listed;
    });
    expect(listing.slice(0, 150).map(({ uidl }) => uidl)).toEqual(old.messages.map(({ uidl }) => uidl));
    await expect.poll(status, { timeout: 60_000, interval: 200 }).toMatchObject({
      transfers: [{ state: "waiting", reason: expect.stringContaining("the disk is nearly full") }],
    });
    const [{ messagesHere } = { messagesHere: 0 }] = (await status()).transfers;
    expect(messagesHere).toBeGreaterThan(10);
    expect(messagesHere).toBeLessThan(150);
    {
      using program = await SmtpProgram.connect(mailferry.ports.smtp);
      const sent = await program.send("a@example.net", [`anna@${domain}`], large("new mail"));
      expect(sent.data?.code).toBe(250);
    }
    {
      // What somebody opens is brought all the same: the oldest message comes last in the copier's order.
      // The store may have met the last of the room a moment ago: then it says so, and the program asks again.
      await using program = await mailferry.login("anna");
      await expect
        .poll(() => program.retrieve(1).then(sha256, String), { timeout: 30_000, interval: 500 })
        .toBe(hashOf(old.messages[0]?.octets ?? Buffer.alloc(0)));
    }

    // Now there is no room at all: what is asked for is not to be had for the moment, and nothing is stored by halves.
    disk.fill(0);
    {
      const program = await mailferry.login("anna");
      await expect(program.retrieve(2)).rejects.toThrow(/^-ERR \[SYS\/TEMP\]/);
      expect(subjectOf(await program.retrieve(150))).toBe("old 150");
      program.hangUp();
    }
    disk.clear();
    await expect.poll(status, { timeout: 120_000, interval: 500 }).toMatchObject({
      transfers: [{ state: "following", messages: 150, messagesHere: 150 }],
    });
    const hashes = (await mailferry.maildrop("anna")).map(sha256);
    expect(hashes.slice(0, 150)).toEqual(old.messages.map(({ octets }) => hashOf(octets)));
    expect(hashes).toHaveLength(152);
  });
});
