// The move of big-company.com, step by step, off three real old servers, with real programs on its people's desks.
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { curlRetrieve, curlSend } from "../clients/curl.ts";
import { poplibRead, smtplibSend } from "../clients/python.ts";
import { smtpSource } from "../clients/smtp-source.ts";
import { swaksSend } from "../clients/swaks.ts";
import { eventually } from "../eventually.ts";
import { letter } from "../letters.ts";
import { startCourierCompany, startDovecotCompany, startPopa3dCompany } from "../peers/companies.ts";
import type { OldCompany, Person } from "../peers/old-company.ts";
import { COMPANY, check, mailboxes, ROUTE, refused, status } from "./administrator.ts";
import { passwordsFound } from "./data-directory.ts";
import {
  containing,
  countOf,
  expectConsistent,
  expectInternalDates,
  expectOldMail,
  expectPipedUnchanged,
} from "./judge.ts";
import { type Employee, makeWorld, type Name, STRANGER, type World } from "./world.ts";

const PEERS: readonly (readonly [string, () => Promise<OldCompany>, readonly string[]])[] = [
  ["Dovecot and Postfix", () => startDovecotCompany(), []],
  ["popa3d and Postfix", () => startPopa3dCompany(), ["--login-as", "{local}"]],
  ["Courier POP3 and Postfix", () => startCourierCompany(), []],
];

const WELCOME =
  "Subject: Welcome to the new mail server\n\nYour old mail is here, nothing needs to be changed.\n";

describe.each(PEERS)("moving off %s", (_, startCompany, loginAs) => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld(startCompany);
  }, 300_000);
  afterAll(() => world[Symbol.asyncDispose]());
  let failed = false;
  beforeEach(({ skip }) => skip(failed, "an earlier step of this move failed"));
  afterEach(async ({ task }) => {
    if (failed || task.result?.state !== "fail") return;
    failed = true;
    console.error(`--- Mailferry\n${world.mailferry.log().slice(-8000)}`);
    console.error(`--- ${world.company.name}\n${(await world.company.log()).slice(-4000)}`);
  });

  const addresses = (...names: Name[]) => names.map((name) => world.people[name].address).sort();
  /** INTERNALDATE of everything that came from the old server at the first login. */
  const expectOldDates = async (person: Employee): Promise<void> => {
    const now = await world.newMaildrop(person);
    const { data } = world.mailferry;
    const old = person.before.count;
    const judged = await expectInternalDates(data, person.address, now, (_content, index) => index < old);
    expect(judged, `verdicts for ${person.address}`).toBeGreaterThan(old / 2);
  };
  const toOldServer = async (person: Person, message: Buffer): Promise<void> => {
    const mail = { from: STRANGER, to: [person.address], message };
    const sent = await smtplibSend({ server: world.company.exchanger.smtp }, mail);
    expect(sent).toEqual({ failed: undefined, refused: {} });
    await world.company.exchanger.drained();
  };

  test("before: everybody's program has the old mail", async () => {
    for (const name of ["anna", "bob", "carol"] as const) {
      const { checkMail, before } = world.people[name];
      const download = await checkMail();
      expect(download.exitCode, download.stderr).toBe(0);
      expect(download.messages).toHaveLength(before.count);
      expect((await checkMail()).messages, `${name} a second time`).toEqual([]);
    }
  });

  test("steps 2 to 4: the domains and the pipe", async () => {
    const { host, port } = world.company.exchanger.smtp;
    const { mailferry } = world;
    await mailferry.must("domain", "add", COMPANY);
    await refused(world.mailferry, "domain", "add", COMPANY);
    await mailferry.must(
      "domain",
      "add",
      ROUTE,
      "--remote",
      "--host",
      `${host}:${port}`,
      "--deliver",
      "immediately",
    );
    await mailferry.must("domain", "set", COMPANY, "--unknown-users", `*@${COMPANY}|${ROUTE}`);
    const domains = await mailferry.json<readonly { name: string }[]>("domain", "list");
    expect(domains.map(({ name }) => name).sort()).toEqual([COMPANY, ROUTE].sort());
    expect((await mailferry.command(["domain", "add"])).exitCode).toBe(2);
    expect(await refused(world.mailferry, "domain", "remove", ROUTE)).toContain(COMPANY);
  });

  test("step 5: the migration", async () => {
    const { host, port } = world.company.pop3;
    const message = join(world.mailferry.data, "..", "welcome.txt");
    await writeFile(message, WELCOME);
    const on = [
      "migration",
      "on",
      COMPANY,
      "--from",
      `pop3://${host}:${port}`,
      "--message",
      message,
      ...loginAs,
    ];
    expect(await refused(world.mailferry, ...on)).toMatch(/TLS/); // none of these servers has TLS, and a password is not sent in the clear unasked
    await world.mailferry.must(...on, "--tls", "none");
    expect((await status(world.mailferry)).transfers).toEqual([]);
  });

  test("step 6: a wrong password is refused and creates nothing", async () => {
    const { mailferry, people, submissionOf } = world;
    const wrong = { ...people.anna, password: "not hers" };
    await expect(world.newMaildrop(wrong)).rejects.toThrow(/-ERR/);
    const mail = { from: wrong.address, to: [people.bob.address], message: letter("never", "sent") };
    expect((await smtplibSend(submissionOf(wrong), mail)).failed).toMatch(/^535 /);
    expect((await swaksSend({ server: mailferry.submission }, mail)).exitCode).not.toBe(0);
    expect(await mailboxes(world.mailferry)).toEqual([]);
  });

  test("step 6: the first login by POP3 has all the old mail, and the welcome after it", async () => {
    world.pop3.lead(world.mailferry.pop3);
    world.mx.lead(world.mailferry.smtp);
    const { anna } = world.people;
    const download = await anna.checkMail();
    expect(download.exitCode, download.stderr).toBe(0);
    expect(download.messages.map(subjectOf)).toEqual(["Welcome to the new mail server"]);
    const now = await world.newMaildrop(anna);
    expectOldMail(now, anna.before);
    expectConsistent(now);
    expect(now.count).toBe(anna.before.count + 1);
    expect(await mailboxes(world.mailferry)).toEqual(addresses("anna"));
  });

  test("step 6: the first login by submission", async () => {
    const { bob, anna } = world.people;
    const message = letter("hello anna", "from bob, on the new server");
    const sent = await smtplibSend(world.submissionOf(bob), {
      from: bob.address,
      to: [anna.address],
      message,
    });
    expect(sent).toEqual({ failed: undefined, refused: {} });
    expect(await mailboxes(world.mailferry)).toEqual(addresses("anna", "bob"));
    expect((await bob.checkMail()).messages.map(subjectOf)).toEqual(["Welcome to the new mail server"]);
    expect((await anna.checkMail()).messages.map(subjectOf)).toEqual(["hello anna"]);
    expectOldMail(await world.newMaildrop(bob), bob.before);
    const oldest = await curlRetrieve({ ...world.submissionOf(bob), server: world.mailferry.pop3 }, 1);
    expect(oldest.octets).toEqual(bob.before.messages[0]?.content ?? Buffer.alloc(0));
  });

  test("step 6: carol, who has getmail", async () => {
    const { carol } = world.people;
    expect((await carol.checkMail()).messages.map(subjectOf)).toEqual(["Welcome to the new mail server"]);
    expectOldMail(await world.newMaildrop(carol), carol.before);
  });

  test("step 6: frank, with two programs at once", async () => {
    const { frank } = world.people;
    const twice = await Promise.all([world.newMaildrop(frank), world.newMaildrop(frank)]);
    for (const now of twice) expectOldMail(now, frank.before);
    expect(await mailboxes(world.mailferry)).toEqual(addresses("anna", "bob", "carol", "frank"));
  });

  test("the copies end; status tells of everybody; INTERNALDATE is the newest Received", async () => {
    await eventually(async () => {
      const { transfers } = await status(world.mailferry);
      expect(transfers.map(({ address }) => address).sort()).toEqual(
        addresses("anna", "bob", "carol", "frank"),
      );
      for (const transfer of transfers) {
        const { messages, octets } = transfer;
        expect(transfer).toMatchObject({ state: "following", messagesHere: messages, octetsHere: octets });
      }
    });
    for (const name of ["anna", "bob", "carol", "frank"] as const) await expectOldDates(world.people[name]);
  });

  test("step 7: mail from outside goes where its owner is", async () => {
    const { anna, bob, dora, edgar } = world.people;
    const message = letter("to everybody", ".one dot\r\n\r\n8-bit: \xe4\xf6\xfc\r\n..\r\nend", [
      "Message-ID: <everybody@example.com>",
    ]);
    const both = [anna.address, dora.address, bob.address];
    expect(await world.sendFromOutside(both, message)).toEqual({ failed: undefined, refused: {} });
    const onlyOld = letter("for edgar", "who has not come yet");
    expect(await world.sendFromOutside([edgar.address], onlyOld)).toEqual({ failed: undefined, refused: {} });

    const piped = await eventually(async () => {
      await world.company.exchanger.drained();
      const found = containing(await world.oldMaildrop(dora), "<everybody@example.com>");
      expect(found).toHaveLength(1);
      return found[0] ?? Buffer.alloc(0);
    });
    expectPipedUnchanged(piped, message, STRANGER, dora.address);
    for (const person of [anna, bob]) {
      const here = containing(await world.newMaildrop(person), "<everybody@example.com>");
      expect(here).toHaveLength(1);
      expect(here[0]?.subarray(-message.length)).toEqual(message);
      expect(countOf(await world.oldMaildrop(person), "<everybody@example.com>")).toBe(0);
    }
    const { missing } = await status(world.mailferry);
    expect(missing.map(({ address }) => address).sort()).toEqual(addresses("dora", "edgar"));
  });

  test("step 7: a user unknown on both is refused at RCPT, the others of the message are served", async () => {
    const { anna } = world.people;
    const nobody = world.company.person("nobody").address;
    const alone = await world.sendFromOutside([nobody], letter("for nobody", "at all"));
    expect(alone.refused[nobody]).toMatch(/^550 /);
    const mixed = await world.sendFromOutside([nobody, anna.address], letter("for one of two", "only"));
    expect(Object.keys(mixed.refused)).toEqual([nobody]);
    expect(countOf(await world.newMaildrop(anna), "Subject: for one of two")).toBe(1);
  });

  test("step 7: what people send, and a load from outside, is where it belongs, once", async () => {
    const { anna, bob, carol, dora, frank } = world.people;
    const byCurl = letter("by curl", ".dot\r\nto her on the old server");
    const viaCurl = { from: anna.address, to: [dora.address, bob.address], message: byCurl };
    expect(await curlSend(world.submissionOf(anna), viaCurl)).toMatchObject({ exitCode: 0 });
    const bySwaks = letter("by swaks", "..two dots\r\n8-bit: \xe4");
    const viaSwaks = { from: carol.address, to: [bob.address, dora.address], message: bySwaks };
    expect(await swaksSend(world.submissionOf(carol), viaSwaks)).toMatchObject({ exitCode: 0 });
    const load = { from: STRANGER, messages: 20, sessions: 4, octets: 3000, subject: "a load" };
    for (const to of [frank.address, dora.address]) {
      const sent = await smtpSource(world.mx.endpoint, { ...load, to });
      expect(sent.exitCode, sent.stderr).toBe(0);
    }
    const hers = await eventually(async () => {
      await world.company.exchanger.drained();
      const now = await world.oldMaildrop(dora);
      expect(countOf(now, "Subject: a load")).toBe(20);
      return now;
    });
    expect(countOf(await world.newMaildrop(frank), "Subject: a load")).toBe(20);
    expect(countOf(await world.oldMaildrop(frank), "Subject: a load")).toBe(0);
    const his = await world.newMaildrop(bob);
    for (const message of [byCurl, bySwaks]) {
      const body = message.subarray(message.indexOf("\r\n\r\n"));
      const subject = `Subject: ${subjectOf(message)}`;
      for (const found of [containing(hers, subject), containing(his, subject)]) {
        expect(found).toHaveLength(1);
        expect(found[0]?.subarray(-body.length)).toEqual(body);
      }
    }
  });

  test("step 8: what lands on the old server comes over by the button", async () => {
    const { anna, bob, dora, edgar } = world.people;
    await toOldServer(anna, letter("from a colleague", "on the old server"));
    const found = await check(world.mailferry);
    expect(found.get(anna.address)).toBe(1);
    expect(found.get(bob.address)).toBe(0);
    const now = await world.newMaildrop(anna);
    expect(countOf(now, "Subject: from a colleague")).toBe(1);
    const isIt = (content: Buffer) => content.includes("Subject: from a colleague");
    expect(await expectInternalDates(world.mailferry.data, anna.address, now, isIt)).toBe(1);
    expect((await check(world.mailferry)).get(anna.address)).toBe(0);
    const tooEarly = await refused(world.mailferry, "migration", "off", COMPANY);
    for (const { address } of [dora, edgar]) expect(tooEarly).toContain(address);
  });

  test("step 8: another message under an old one's header (where the header makes the UIDL: under its UIDL) is taken", async () => {
    const { frank } = world.people;
    expect(await world.company.removeContaining(frank, "This is page 3 of 5.")).toBe(1);
    await world.company.place(frank, [
      letter("page 3", "Another text under the same header.", ["Message-ID: <page-3@example.com>"]),
    ]);
    expect((await check(world.mailferry)).get(frank.address)).toBe(1);
    expect((await check(world.mailferry)).get(frank.address)).toBe(0);
    const now = await world.newMaildrop(frank);
    expectOldMail(now, frank.before);
    expect(containing(now, "Another text under the same header.")).toHaveLength(1);
    const uidls = now.uidls.map(([, uidl]) => uidl);
    expect(new Set(uidls).size).toBe(uidls.length);
  });

  test("step 8: and by itself, also after the server was killed; deleted mail stays deleted", async () => {
    const { bob, carol } = world.people;
    const account = { ...world.submissionOf(carol), server: world.mailferry.pop3 };
    await poplibRead(account, [2, 3]);
    await world.mailferry.crash({ sweepInterval: "2 s" });
    await check(world.mailferry); // the next sweep was set when the interval was longer: the new one counts from the sweep after
    await toOldServer(bob, letter("late", "and nobody presses the button"));
    await eventually(async () => expect(countOf(await world.newMaildrop(bob), "Subject: late")).toBe(1));
    await check(world.mailferry);
    const kept = carol.before.uidls
      .map(([, uidl]) => uidl)
      .filter((_uidl, index) => index !== 1 && index !== 2);
    const now = (await world.newMaildrop(carol)).uidls.map(([, uidl]) => uidl);
    expect(now.slice(0, kept.length)).toEqual(kept);
    expect(now).toHaveLength(kept.length + 1);
    expect((await world.oldMaildrop(carol)).count, "nothing is deleted there").toBe(carol.before.count);
  });

  test("step 9: unknown users are rejected once everybody is over, or was given up", async () => {
    const { dora, edgar } = world.people;
    const reject = ["domain", "set", COMPANY, "--unknown-users", "reject"];
    const why = await refused(world.mailferry, ...reject);
    for (const { address } of [dora, edgar]) expect(why).toContain(address);
    const hers = await world.oldMaildrop(dora);
    expectOldMail(await world.newMaildrop(dora), hers); // her first login, in the last minute
    const still = await refused(world.mailferry, ...reject);
    expect(still).toContain(edgar.address);
    expect(still).not.toContain(dora.address);
    await world.mailferry.must(...reject, "--give-up", edgar.address);
    const late = await world.sendFromOutside(
      [edgar.address, dora.address],
      letter("after the end", "of the pipe"),
    );
    expect(late.refused[edgar.address]).toMatch(/^550 /);
    expect(Object.keys(late.refused)).toEqual([edgar.address]);
  });

  test("step 10: the last check pulls what is left and says per mailbox what it found", async () => {
    const { anna, bob, carol, dora } = world.people;
    await world.mailferry.crash({ sweepInterval: "5 min" });
    // Sweeps that were due before would bring the letter as well; after this one the next is minutes away.
    await check(world.mailferry);
    await toOldServer(dora, letter("the very last", "by the old server"));
    const found = await check(world.mailferry);
    expect([...found.keys()].sort()).toEqual(addresses("anna", "bob", "carol", "dora", "frank"));
    expect(found.get(dora.address)).toBe(1);
    for (const person of [anna, bob, carol]) expect(found.get(person.address), person.address).toBe(0);
    await expectOldDates(dora);
  });

  test("steps 11 and 12: off, and no old password is left", async () => {
    const { data } = world.mailferry;
    const keys = await readdir(join(data, "keys"));
    expect(keys.length).toBeGreaterThan(0);
    await world.mailferry.must("migration", "off", COMPANY);
    const left = new Set(await readdir(join(data, "keys")));
    expect(keys.some((key) => !left.has(key))).toBe(true);
    expect(await passwordsFound(data, Object.values(world.people))).toEqual([]);
    await world.mailferry.must("domain", "remove", ROUTE);
    const domains = await world.mailferry.json<readonly { name: string }[]>("domain", "list");
    expect(domains.map(({ name }) => name)).toEqual([COMPANY]);
  });

  test("after: the old server has everything it had; it goes, and people go on working", async () => {
    const { anna, bob, carol, dora, frank } = world.people;
    for (const person of [anna, bob, carol, dora]) {
      const old = await world.oldMaildrop(person);
      expectOldMail(old, person.before);
    }
    await world.company[Symbol.asyncDispose]();
    await world.mailferry.crash();
    for (const person of [anna, bob, dora, frank]) {
      expectOldMail(await world.newMaildrop(person), person.before);
    }
    await expect(world.newMaildrop({ ...anna, password: "not hers" })).rejects.toThrow(/-ERR/);
    const message = letter("business as usual", "without the old server");
    const sent = await smtplibSend(world.submissionOf(dora), {
      from: dora.address,
      to: [anna.address],
      message,
    });
    expect(sent).toEqual({ failed: undefined, refused: {} });
    expect((await anna.checkMail()).messages.map(subjectOf)).toContain("business as usual");
    const nobody = await world.sendFromOutside(["nobody@big-company.com"], message);
    expect(nobody.refused["nobody@big-company.com"]).toMatch(/^550 /);
  });

  test("after: no program downloaded anything twice", async () => {
    for (const name of ["anna", "bob", "carol"] as const) {
      const { checkMail, downloaded, before } = world.people[name];
      if (name !== "anna") await checkMail();
      const afterMove = downloaded.slice(before.count).map(subjectOf);
      expect(afterMove.toSorted()).toEqual([...new Set(afterMove)].toSorted());
      const old = new Set(before.messages.map(({ content }) => subjectOf(content)));
      expect(afterMove.filter((subject) => old.has(subject))).toEqual([]);
    }
  });
});

function subjectOf(message: Buffer): string {
  return /^Subject: (.*)$/m.exec(message.toString("latin1"))?.[1]?.trim() ?? "";
}
