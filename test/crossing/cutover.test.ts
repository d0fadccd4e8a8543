/** The guarded end of a migration, from refusals by name to the way back, with kills in between. */
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import type { CutoverView } from "#http/cutover";
import { cutoverSteps } from "#migration/cutover/cutover";
import { put } from "../old-server/maildrop.ts";
import { letter, subjectOf } from "../programs/letter.ts";
import { SmtpProgram } from "../programs/smtp-program.ts";
import { Company, domain } from "./company.ts";
import { runMailferry } from "./mailferry.ts";

vi.setConfig({ testTimeout: 180_000 });

const path = `/migrations/${domain}/cutover`;
const environment = { MAILFERRY_MIGRATION_CUTOVER_QUIET: "1 s" };

/** A company whose people have come, and whose mail still goes to the old server when nobody is here. */
async function movedCompany(people: readonly string[]): Promise<Company> {
  const company = await Company.start({ environment, sweepInterval: "1 h" });
  for (const name of people) {
    const old = company.mailboxes.add(name, "secret");
    for (let n = 0; n < 5; n++) put(old, letter(name, `${name} ${n}`), `${name}-${n}`);
    await (await company.login(name, "secret")).quit();
  }
  await company.copied(people.length);
  return company;
}

async function ended(company: Company): Promise<CutoverView> {
  for (const until = performance.now() + 120_000; ; await wait(50)) {
    const view = await company.command.get<CutoverView>(path).catch(() => null);
    if (view && view.state !== "running") return view;
    if (performance.now() > until) {
      throw new Error(`it does not end: ${JSON.stringify(view, null, 1)}\n${company.log.slice(-4000)}`);
    }
  }
}

async function subjectsOf(company: Company, name: string): Promise<readonly string[]> {
  await using program = await company.login(name, "secret");
  const subjects: string[] = [];
  for (const { number } of await program.list()) subjects.push(subjectOf(await program.retrieve(number)));
  return subjects.sort();
}

async function send(company: Company, to: string, subject: string): Promise<number | undefined> {
  using sender = await SmtpProgram.connect(company.ports.smtp);
  const { recipients, data } = await sender.send(
    "friend@example.net",
    [`${to}@${domain}`],
    letter(to, subject),
  );
  return data?.code ?? recipients[0]?.code;
}

describe("a cutover", () => {
  test("is refused by name, brings the last letter, refuses unknown users, and can be undone", async () => {
    await using company = await movedCompany(["anna", "bob"]);
    company.mailboxes.add("nina", "secret");
    expect(await send(company, "nina", "for nina")).toBe(250);
    await company.drained();
    const run = (...args: readonly string[]) =>
      runMailferry(["migration", "cutover", domain, ...args, "--data", company.data]);
    const refused = await run();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`nina@${domain} is known to the old server and has not come here yet`);
    await (await company.login("nina", "secret")).quit();
    await company.copied(3);

    const anna = company.mailboxes.find("anna");
    if (!anna) throw new Error("anna is gone");
    put(anna, letter("anna", "the last one"), "anna-last");
    const over = await run();
    expect(over).toMatchObject({ code: 0, stderr: "" });
    expect(over.stdout.split("\n").filter((line) => line.startsWith("done  "))).toHaveLength(
      cutoverSteps.length,
    );
    expect(await subjectsOf(company, "anna")).toContain("the last one");
    expect(await send(company, "nobody", "x")).toBe(550);
    expect(await send(company, "bob", "new mail")).toBe(250);
    const sessions = company.oldPop3.seen.goodLogins;

    const view = await company.command.get<CutoverView>(path);
    expect(view).toMatchObject({ state: "done", certificate: expect.stringMatching(/^\d+$/) });
    const verified = await runMailferry(["migration", "verify", domain, "--data", company.data]);
    expect(verified).toMatchObject({ code: 0 });

    put(anna, letter("anna", "after the end"), "anna-late");
    const undone = await run("--undo");
    expect(undone).toMatchObject({ code: 0, stderr: "" });
    expect(company.oldPop3.seen.goodLogins).toBe(sessions);
    company.mailboxes.add("otto", "secret");
    expect(await send(company, "otto", "for otto")).toBe(250);
    await company.drained();
    expect(company.mailboxes.find("otto")?.messages).toHaveLength(1);
    // Her old password was destroyed: the next login brings it back, and what came meanwhile with it.
    await (await company.login("anna", "secret")).quit();
    await vi.waitFor(async () => expect(await subjectsOf(company, "anna")).toContain("after the end"), {
      timeout: 30_000,
      interval: 200,
    });
    expect((await subjectsOf(company, "anna")).filter((subject) => subject === "anna 3")).toHaveLength(1);
  });

  test("that is killed in any step comes to the same end", async () => {
    for (const step of cutoverSteps) {
      await using company = await movedCompany(["anna"]);
      await company.command.post(path, {});
      for (;;) {
        const view = await company.command.get<CutoverView>(path);
        const now = view.steps.find(({ state }) => state === "now")?.step;
        if (view.state === "done" || (now && cutoverSteps.indexOf(now) >= cutoverSteps.indexOf(step))) break;
      }
      await company.kill();
      await company.startServer();
      expect(await ended(company), step).toMatchObject({ state: "done", certificate: expect.anything() });
      expect(await subjectsOf(company, "anna")).toHaveLength(6);
      expect(await send(company, "nobody", "x")).toBe(550);
    }
  });

  test("that cannot account for a message is refused, and mail goes where it went before", async () => {
    await using company = await movedCompany(["anna"]);
    const anna = company.mailboxes.find("anna");
    if (!anna) throw new Error("anna is gone");
    put(anna, letter("anna", "cannot be had"), "anna-bad");
    company.oldPop3.options.fault = ({ verb, argument }) =>
      verb === "RETR" && argument === "6" ? { do: "reply", line: "-ERR it is damaged" } : null;
    await company.command.post(path, {});
    const view = await ended(company);
    expect(view.state).toBe("refused");
    expect(view.blockers.join()).toMatch(/^anna@big-company.com: .*it is damaged/);
    company.mailboxes.add("otto", "secret");
    expect(await send(company, "otto", "for otto")).toBe(250);
  });
});
