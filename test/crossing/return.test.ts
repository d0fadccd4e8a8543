/** One person goes back to the old server with everything that came here, is proved to be there, and comes again. */
import { setTimeout as wait } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import type { ReturnPlanView, ReturnView } from "#http/returns";
import { type OldMailbox, put } from "../old-server/maildrop.ts";
import { answers } from "../old-server/smtp-faults.ts";
import { letter, subjectOf } from "../programs/letter.ts";
import { SmtpProgram } from "../programs/smtp-program.ts";
import { Company, domain } from "./company.ts";
import { runMailferry } from "./mailferry.ts";

vi.setConfig({ testTimeout: 180_000 });

const anna = `anna@${domain}`;
const path = `/returns/${encodeURIComponent(anna)}`;

/** Anna has moved with five old messages. */
async function moved(): Promise<{ readonly company: Company; readonly old: OldMailbox }> {
  const company = await Company.start();
  const old = company.mailboxes.add("anna", "secret");
  for (let n = 0; n < 5; n++) put(old, letter("anna", `old ${n}`), `anna-${n}`);
  await (await company.login("anna", "secret")).quit();
  await company.copied(1);
  return { company, old };
}

async function send(company: Company, subject: string): Promise<void> {
  using sender = await SmtpProgram.connect(company.ports.smtp);
  const { data } = await sender.send("friend@example.net", [anna], letter("anna", subject));
  expect(data?.code).toBe(250);
}

function subjectsThere(old: OldMailbox): readonly string[] {
  return old.messages.map(({ octets }) => subjectOf(octets)).sort();
}

async function subjectsHere(company: Company): Promise<readonly string[]> {
  await using program = await company.login("anna", "secret");
  const subjects: string[] = [];
  for (const { number } of await program.list()) subjects.push(subjectOf(await program.retrieve(number)));
  return subjects.sort();
}

async function proved(company: Company): Promise<ReturnView> {
  for (const until = performance.now() + 60_000; ; await wait(100)) {
    const view = await company.command.get<ReturnView>(path);
    if (view.phase === "proved") return view;
    if (view.phase === "unproved" || performance.now() > until)
      throw new Error(`${JSON.stringify(view, null, 1)}\n${company.log.slice(-4000)}`);
  }
}

const five = ["old 0", "old 1", "old 2", "old 3", "old 4"];
const welcome = "Welcome to your new mail server";

test("says what it will do, does it, proves it, refuses logins, and lets her come again with nothing doubled", async () => {
  const { company, old } = await moved();
  await using _ = company;
  for (const subject of ["new 1", "new 2", "new 3"]) await send(company, subject);
  expect(await subjectsHere(company)).toEqual([welcome, "new 1", "new 2", "new 3", ...five]);
  const run = (...args: readonly string[]) =>
    runMailferry(["migration", "return", anna, ...args, "--data", company.data]);

  const dry = await run("--dry-run");
  expect(dry).toMatchObject({ code: 0, stderr: "" });
  expect(dry.stdout).toMatch(/3 messages \(.*\) are sent there/);
  expect(dry.stdout).toContain("5 came from the old server and are still there");
  const unsaid = await run();
  expect([unsaid.code, unsaid.stderr]).toEqual([1, expect.stringContaining("nothing was changed")]);
  expect(subjectsThere(old)).toEqual(five);

  const over = await run("--yes", "--wait");
  expect(over).toMatchObject({ code: 0, stderr: "" });
  expect(over.stdout).toContain("found 3 of 3");
  expect(subjectsThere(old)).toEqual(["new 1", "new 2", "new 3", ...five]);
  for (const { mail } of company.oldSmtp.seen.transactions) expect(mail).toMatch(/^<>/);
  // Its own last delivery is the only one that a message tells of.
  for (const { octets } of old.messages.slice(5))
    expect(
      Buffer.from(octets)
        .toString()
        .match(/^Return-Path: .*$/gm),
    ).toEqual(["Return-Path: <>"]);

  // Her program goes on asking here, and is told to ask later, never that the password is wrong.
  await expect(company.login("anna", "secret")).rejects.toThrow(
    /-ERR \[SYS\/TEMP\] .*moved back to the old mail server/,
  );
  await send(company, "after the return");
  await company.drained();
  expect(subjectsThere(old)).toContain("after the return");
  const status = await company.status();
  expect(status.transfers).toMatchObject([
    { state: "returned", reason: expect.stringContaining("3 sent, 3 accepted there, 3 found there") },
  ]);
  expect(status.missing).toEqual([]);
  const shown = await runMailferry(["mailbox", "list", domain, "--data", company.data]);
  expect(shown.stdout).toMatch(/anna@big-company\.com +went back/);
  const report = await runMailferry(["migration", "report", domain, "--data", company.data]);
  expect(report.stdout).toContain("went back: 3 sent, 3 accepted there, 3 found there");
  const cutover = await runMailferry(["migration", "cutover", domain, "--data", company.data]);
  expect([cutover.code, cutover.stderr]).toEqual([1, expect.stringContaining(`${anna} went back`)]);

  expect(await run("--undo")).toMatchObject({ code: 0, stderr: "" });
  expect(subjectsThere(old)).toHaveLength(9);
  await vi.waitFor(
    async () => {
      const here = await subjectsHere(company);
      expect(here).toEqual([welcome, "after the return", "new 1", "new 2", "new 3", ...five]);
    },
    { timeout: 30_000, interval: 200 },
  );
  await company.copied(1);
  await company.check();
  expect(await subjectsHere(company)).toHaveLength(10);

  // Going back again sends nothing twice.
  await send(company, "new 4");
  const plan = await company.command.post<ReturnPlanView>(`${path}/plan`, {});
  expect(plan).toMatchObject({ goes: { messages: 1 }, sentBefore: 3, onOldServer: 6 });
  await company.command.post(path, {});
  await proved(company);
  expect(subjectsThere(old)).toEqual(["after the return", "new 1", "new 2", "new 3", "new 4", ...five]);
});

test("that is killed in the middle sends each message once, whatever was under way", async () => {
  const { company, old } = await moved();
  await using _ = company;
  const count = 60;
  for (let n = 0; n < count; n++) await send(company, `new ${n}`);
  await company.command.post(path, {});
  for (const some of [5, 20, 40]) {
    await vi.waitFor(() => expect(old.messages.length).toBeGreaterThan(5 + some), {
      timeout: 60_000,
      interval: 1,
    });
    await company.kill();
    await company.startServer();
  }
  const view = await proved(company);
  expect(view).toMatchObject({ sent: count, accepted: count, same: count, changed: 0, missingInAll: 0 });
  // What the old server had taken when its answer was lost it may have twice, with one mark: no more than that.
  const there = subjectsThere(old).filter((subject) => subject.startsWith("new"));
  expect(new Set(there).size).toBe(count);
  expect(there.length).toBeLessThanOrEqual(count + 3 * 20);

  await company.command.post(`${path}/undo`, {});
  await subjectsHere(company);
  await company.copied(1);
  await company.check();
  const here = await subjectsHere(company);
  expect(here.filter((subject) => subject.startsWith("new"))).toHaveLength(count);
  expect(here).toHaveLength(count + 6);
});

test("what the old server refuses is held and named, never dropped, and goes once it is mended", async () => {
  const { company, old } = await moved();
  await using _ = company;
  await send(company, "refused");
  company.oldSmtp.options.fault = answers("MESSAGE", "552 5.3.4 too big for us");
  await company.command.post(path, {});
  await vi.waitFor(async () => expect(await company.command.get(path)).toMatchObject({ held: 1 }), {
    timeout: 30_000,
    interval: 100,
  });
  const shown = await runMailferry(["migration", "return", anna, "--show", "--data", company.data]);
  expect(shown.stdout).toMatch(
    /missing: <refused@example\.net> .*held in the queue: .*552 5\.3\.4 too big for us/,
  );
  await vi.waitFor(async () => {
    expect((await company.status()).transfers).toMatchObject([
      { state: "returned", reason: expect.stringContaining("1 held in the queue") },
    ]);
  }, 10_000);
  company.oldSmtp.options.fault = () => null;
  const [queued] = await company.command.get<readonly { readonly id: string }[]>("/queue");
  await company.command.post(`/queue/${queued?.id}/retry`);
  expect(await proved(company)).toMatchObject({ sent: 1, same: 1 });
  expect(subjectsThere(old)).toEqual([...five, "refused"]);
});
