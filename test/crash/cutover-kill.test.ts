/**
 * kill -9 at random points of whole migrations, from the first login over copying, sweeps and late mail to the end of
 * the cutover. Each time the certificate closes, and everything is there once.
 */
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import type { CutoverView } from "#http/cutover";
import { Company, domain } from "../crossing/company.ts";
import { runMailferry } from "../crossing/mailferry.ts";
import { hashOf, put } from "../old-server/maildrop.ts";
import { letter } from "../programs/letter.ts";

const kills = 100;
const people = ["anna", "bob", "carol"];
const each = 150;

/** Does it again until the server that answers is there. */
async function persist<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch {
      await wait(20);
    }
  }
}

/** Moves everybody and ends the migration, whoever kills the server meanwhile. */
async function move(company: Company): Promise<CutoverView> {
  for (const name of people) await persist(async () => (await company.login(name, "secret")).quit());
  await persist(() => company.copied(people.length));
  const late = company.mailboxes.find("bob");
  if (late) put(late, letter("bob", "late"), "bob-late");
  const path = `/migrations/${domain}/cutover`;
  for (;;) {
    const view = await persist(() => company.command.get<CutoverView>(path).catch(notFound));
    if (view?.state === "done") return view;
    if (view?.state !== "running") await company.command.post(path, {}).catch(() => undefined);
    await wait(20);
  }
}

/** Null when the server says so; what could not be asked is thrown. */
function notFound(error: unknown): null {
  if (error instanceof Error && error.message.includes("There was no cutover")) return null;
  throw error;
}

async function expectAll(company: Company): Promise<void> {
  for (const name of people) {
    await using program = await company.login(name, "secret");
    const old = company.mailboxes.find(name)?.messages.map(({ octets }) => hashOf(octets)) ?? [];
    const hashes = await program.hashes();
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hashes).toEqual(expect.arrayContaining(old));
    // And the welcome.
    expect(hashes).toHaveLength(old.length + 1);
  }
}

test(`${kills} kills in whole migrations: every certificate closes, nothing is lost or doubled`, async () => {
  let killed = 0;
  let migrations = 0;
  while (killed < kills) {
    await using company = await Company.start({
      sweepInterval: "1 s",
      environment: { MAILFERRY_MIGRATION_CUTOVER_QUIET: "200 ms" },
    });
    for (const name of people) {
      const mailbox = company.mailboxes.add(name, "secret");
      for (let n = 0; n < each; n++) put(mailbox, letter(name, `${name} ${n}`));
    }
    let isOver = false;
    const moving = move(company).finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await wait(Math.random() * 400);
      if (isOver) break;
      await company.kill();
      await company.startServer();
      killed++;
    }
    const { certificate } = await moving;
    expect(certificate).not.toBeNull();
    migrations++;
    await expectAll(company);
    const verified = await runMailferry(["migration", "verify", domain, "--json", "--data", company.data]);
    expect(verified.code, verified.stderr + verified.stdout.slice(-2000)).toBe(0);
  }
  console.log(`${killed} kills in ${migrations} migrations`);
}, 900_000);
