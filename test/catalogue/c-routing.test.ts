/** Group C of the failure catalogue: where mail goes while some people are here and some there. */
import { describe, expect, test } from "vitest";
import { silentLog } from "#observe/log";
import { acceptRecipient } from "#routing/acceptance";
import { put } from "../old-server/maildrop.ts";
import { startSmtp } from "../old-server/smtp.ts";
import { letter, subjectOf } from "../programs/letter.ts";
import { SmtpProgram } from "../programs/smtp-program.ts";
import { House } from "../smtp/house.ts";
import { openSmtp } from "../smtp/open.ts";
import { Doors, patient } from "./doors.ts";
import { domain, minutes } from "./move.ts";
import { patience } from "./quick.ts";

Object.assign(patience, patient);

const friend = "friend@example.net";
const anna = `anna@${domain}`;
const carol = `carol@${domain}`;

/** Subjects in somebody's maildrop here, without the migration message. */
async function subjects(doors: Doors, name = "anna"): Promise<readonly string[]> {
  await using program = await doors.move.login(name);
  const all: string[] = [];
  for (const { number } of await program.list()) all.push(subjectOf(await program.retrieve(number)));
  return all.filter((subject) => !subject.startsWith("Welcome") && !subject.startsWith("message "));
}

async function untilLeft(doors: Doors): Promise<void> {
  await expect.poll(async () => (await doors.queue()).length, { timeout: 15_000 }).toBe(0);
}

/** One message from outside; the code that ended it, or that its recipient got. */
async function deliver(doors: Doors, to: string, subject: string): Promise<number | undefined> {
  using program = await doors.stranger();
  const { recipients, data } = await program.send(friend, [to], letter(to, subject));
  return (data ?? recipients[0])?.code;
}

describe("C6: recipients on all sides of one message each get it once, where they are", () => {
  test("somebody here, somebody there, somebody elsewhere", async () => {
    await using elsewhere = await startSmtp({});
    await using doors = await Doors.open("");
    doors.move.old.mailboxes.add("carol", "secret");
    const hosts = [{ host: "127.0.0.1", port: elsewhere.port }];
    await doors.move.command.post("/domains", { kind: "remote", name: "example.org", hosts });
    expect(await doors.move.tryLogin()).toBe("+OK");
    using sender = await doors.sender();
    const to = [anna, carol, "friend@example.org"];
    const { recipients, data } = await sender.send(anna, to, letter("all", "to all sides"));
    expect([...recipients, data].map((reply) => reply?.code)).toEqual([250, 250, 250, 250]);
    await untilLeft(doors);
    expect(await subjects(doors)).toEqual(["to all sides"]);
    expect(doors.move.old.smtp.seen.transactions.map(({ recipients: there }) => there)).toEqual([[carol]]);
    expect(elsewhere.seen.transactions.map(({ recipients: there }) => there)).toEqual([
      ["friend@example.org"],
    ]);
  });
});

describe("C13: what the old server delivers to its own mailboxes is here within one sweep interval", () => {
  test("of somebody who has come, by the usual timer of five minutes", async () => {
    await using doors = await Doors.open("", {
      environment: { MAILFERRY_MIGRATION_SWEEP_INTERVAL: "5 min" },
    });
    const { move } = doors;
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    for (let mail = 1; mail <= 3; mail++) {
      put(move.anna, letter(anna, `from a colleague ${mail}`));
      move.pass(5.5 * minutes);
      await move.until(({ messagesHere }) => messagesHere === 5 + mail);
    }
  });
});

describe("C14: an account made beforehand changes no routing", () => {
  test("its mail goes to the old server until the first login, and comes here from then on", async () => {
    await using doors = await Doors.open("");
    const { move } = doors;
    await move.command.post("/mailboxes", { address: anna, password: "prepared" });
    expect(await deliver(doors, anna, "before")).toBe(250);
    await untilLeft(doors);
    expect(move.old.smtp.seen.transactions).toHaveLength(1);
    expect(await move.tryLogin()).toBe("+OK");
    expect(await deliver(doors, anna, "after")).toBe(250);
    await untilLeft(doors);
    expect(move.old.smtp.seen.transactions).toHaveLength(1);
    await move.copied();
    expect(await subjects(doors)).toEqual(["before", "after"]);
  });
});

describe("C15: coming over clears every cache before the login is answered", () => {
  test("who was unknown, and who was known to be there, is here with the first +OK", async () => {
    await using doors = await Doors.open("");
    const { move } = doors;
    // Dora is unknown there and refused, Carol is known there and piped: both answers are remembered.
    expect(await deliver(doors, `dora@${domain}`, "too early")).toBe(550);
    move.old.mailboxes.add("carol", "secret");
    expect(await deliver(doors, carol, "to the old server")).toBe(250);
    await untilLeft(doors);
    const { transactions } = move.old.smtp.seen;
    expect(transactions).toHaveLength(1);
    move.old.mailboxes.add("dora", "secret");
    for (const name of ["carol", "dora"]) {
      expect(await move.tryLogin(name)).toBe("+OK");
      expect(await deliver(doors, `${name}@${domain}`, `at once for ${name}`)).toBe(250);
      expect(await subjects(doors, name)).toContain(`at once for ${name}`);
    }
    expect(transactions).toHaveLength(1);
  });
});

describe("C18: mail that moves passes no SMTP, and causes none", () => {
  test("whatever it asks for: receipts, bounces, replies", async () => {
    await using doors = await Doors.open("");
    const { move } = doors;
    const asks = [
      `Disposition-Notification-To: ${friend}\r\nReturn-Receipt-To: ${friend}\r\n`,
      `Return-Path: <${friend}>\r\nTo: nobody@${domain}\r\n`,
      `Delivered-To: ${anna}\r\nX-Loop: ${anna}\r\n`,
    ];
    for (const fields of asks) put(move.anna, `${fields}${letter(anna, "asking")}`);
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    put(move.anna, `${asks[0]}${letter(anna, "asking late")}`);
    expect(await move.check()).toMatchObject({ found: 1 });
    expect(await doors.queue()).toEqual([]);
    expect(move.old.smtp.seen.connections).toBe(0);
    expect(await subjects(doors)).toEqual(["asking", "asking", "asking", "asking late"]);
  });
});

describe("C19: what came by a forward there and by a sweep is kept once", () => {
  test("a message that the old server took itself", async () => {
    await using doors = await Doors.open("");
    const { move } = doors;
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    move.old.select(`C19:port=${move.smtp}`);
    using program = await SmtpProgram.connect(move.old.smtp.port);
    expect((await program.send(friend, [anna], letter(anna, "both ways"))).data?.code).toBe(250);
    await expect.poll(() => subjects(doors), { timeout: 5000 }).toEqual(["both ways"]);
    await move.check();
    expect(await subjects(doors)).toEqual(["both ways"]);
  });
});

describe("C21: an alias there of somebody here comes with a sweep", () => {
  test("piped, delivered to the stale mailbox, and brought over soon after", async () => {
    await using doors = await Doors.open("C21");
    const { move } = doors;
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(await deliver(doors, `info@${domain}`, "by the alias")).toBe(250);
    await untilLeft(doors);
    expect(await move.check()).toMatchObject({ problem: null });
    expect(await subjects(doors)).toEqual(["by the alias"]);
  });
});

describe("C22: submission routes each recipient as mail from outside is, and a report names who refused", () => {
  async function fromAnna(scenario: string): Promise<Doors> {
    const doors = await Doors.open(scenario);
    doors.move.old.mailboxes.add("carol", "secret");
    using sender = await doors.sender();
    expect((await sender.send(anna, [carol], letter(carol, "to a colleague"))).data?.code).toBe(250);
    return doors;
  }

  test("a colleague who has not come gets it on the old server", async () => {
    await using doors = await fromAnna("");
    await untilLeft(doors);
    expect(doors.move.old.smtp.seen.transactions.map(({ recipients }) => recipients)).toEqual([[carol]]);
    expect(await subjects(doors)).toEqual([]);
  });

  test("refused there after all, the sender is told by whom", async () => {
    await using doors = await fromAnna("C7:form=refused:times=0");
    await expect.poll(async () => (await subjects(doors)).length, { timeout: 15_000 }).toBe(1);
    await using program = await doors.move.login();
    const report = (await program.retrieve((await program.list()).length)).toString("latin1");
    expect(report).toMatch(/\r\nRemote-MTA: dns; \[127\.0\.0\.1\]\r\n/);
    expect(report).toMatch(/\r\nDiagnostic-Code: smtp; 554 5\.6\.0 /);
  });
});

describe("C23: a directory that fails is answered with 451, never taken for 'not here'", () => {
  test("at RCPT, and the next one is answered as ever", async () => {
    const house = new House();
    let isBroken = true;
    let asked = 0;
    const lookUp = async (): Promise<null> => {
      if (isBroken) throw new Error("the database is locked");
      return null;
    };
    const service = {
      ...house.service,
      acceptRecipient: (request: Parameters<typeof acceptRecipient>[1]) =>
        acceptRecipient(
          {
            directory: { domain: lookUp, mailbox: lookUp, aliasTargets: async () => [] } as never,
            check: {
              ask: async () => {
                asked++;
                return { answer: "accepted", acceptsEverything: false };
              },
              isHostOf: async () => false,
            },
            known: { accepted: async () => undefined, known: async () => null, missing: async () => [] },
            quota: { hasRoom: async () => true },
            alarm: () => undefined,
            log: silentLog,
            now: () => 0,
          },
          request,
        ),
    };
    await using listener = await openSmtp(
      new Proxy(house, { get: (target, key) => (key === "service" ? service : Reflect.get(target, key)) }),
    );
    using program = await SmtpProgram.connect(listener.port);
    const code = async (): Promise<number | undefined> =>
      (await program.send(friend, [anna], letter(anna, "x"))).recipients[0]?.code;
    expect(await code()).toBe(451);
    expect(asked).toBe(0);
    isBroken = false;
    expect(await code()).toBe(550);
  });
});
