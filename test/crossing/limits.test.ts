/** What an administrator lets a move take of the old server, counted on the line to it. */
import { expect, test, vi } from "vitest";
import { put } from "../old-server/maildrop.ts";
import { Company, domain } from "./company.ts";
import { CountingLine } from "./counting-line.ts";
import { runMailferry } from "./mailferry.ts";

vi.setConfig({ testTimeout: 180_000 });

const kB = 1024;

function fill(company: Company, name: string, messages: number, octets: number): void {
  const mailbox = company.mailboxes.add(`${name}@${domain}`, "secret");
  for (let n = 1; n <= messages; n++) {
    put(
      mailbox,
      `To: ${name}\r\nSubject: ${n}\r\n\r\n${`${"x".repeat(76)}\r\n`.repeat(octets / 78)}`,
      `uid-${n}`,
    );
  }
}

const commands = (company: Company) => {
  return (...args: readonly string[]) => runMailferry([...args, "--data", company.data]);
};

test("bandwidth and connections hold on the wire, for copying alone, and are changed while it runs", async () => {
  await using company = await Company.start();
  await using line = await CountingLine.to(company.oldPop3.port);
  const run = commands(company);
  const from = ["--from", `pop3://127.0.0.1:${line.port}`, "--tls", "none"];
  const on = await run("migration", "on", domain, ...from, "--bandwidth", "300kB/s", "--connections", "2");
  expect([on.code, on.stderr]).toEqual([0, ""]);
  const people = ["anna", "bob", "carol", "dora"];
  for (const name of people) fill(company, name, 40, 20 * kB);

  const began = performance.now();
  const before = line.octets;
  // Everybody is let in at once.
  for (const name of people) await (await company.login(name, "secret")).quit();
  const table = await run("migration", "status", domain);
  expect(table.stdout).toContain("Limits: 300.0 KB/s of copying, 2 connections, at any hour");
  // Whoever opens a message gets it, whatever copying waits for.
  await using program = await company.login("dora", "secret");
  expect((await program.retrieve(1)).toString()).toContain("Subject: 1\r\n");
  const half = 1600 * kB;
  while (line.octets - before < half) await new Promise((resolve) => setTimeout(resolve, 20));
  const seconds = (performance.now() - began) / 1000;
  // No more than a second's burst beyond the rate, what was read, and a message that each connection has under way.
  expect(line.octets - before).toBeLessThan(300 * kB * (seconds + 1) + 4 * 21 * kB);
  expect((await company.status()).transfers.filter(({ state }) => state === "following").length).toBeLessThan(
    4,
  );

  const lifted = await run("migration", "limit", domain, "--bandwidth", "none");
  expect(lifted.stdout).toContain("Limits: any bandwidth, 2 connections");
  await company.copied(people.length);
  expect(line.mostOpen).toBeLessThanOrEqual(2);
  expect(line.octets - before).toBeGreaterThan(4 * 40 * 19 * kB);
});

test("outside its hours nothing is copied, new mail comes, and a crash changes nothing", async () => {
  await using company = await Company.start({ environment: { TZ: "UTC" } });
  const run = commands(company);
  fill(company, "anna", 12, 2 * kB);
  const later = String((new Date().getUTCHours() + 2) % 24).padStart(2, "0");
  const limited = await run("migration", "limit", domain, "--copy-hours", `${later}:00 - ${later}:30`);
  expect(limited.stdout).toMatch(
    new RegExp(`copying at ${later}:00-${later}:30 \\(UTC\\), again from .*T${later}:00`),
  );

  await using program = await company.login("anna", "secret");
  expect(await program.list()).toHaveLength(13);
  expect((await program.retrieve(3)).toString()).toContain("Subject: 3\r\n");
  const retrieved = () => company.oldPop3.seen.retrieved.length;
  expect(retrieved()).toBe(1);
  const old = company.mailboxes.find(`anna@${domain}`);
  if (!old) throw new Error("there is no old mailbox");
  put(old, "Subject: late\r\n\r\nnew\r\n", "late");
  expect((await company.check()).mailboxes).toMatchObject([{ found: 1, problem: `waits for ${later}:00` }]);
  expect((await run("migration", "status", domain)).stdout).toMatch(
    new RegExp(`copying +2 of 13 .*waits for ${later}:00`),
  );

  await company.kill();
  await company.startServer();
  expect((await company.check()).mailboxes).toMatchObject([{ found: 0, problem: `waits for ${later}:00` }]);
  expect(retrieved()).toBe(2);
  expect((await run("migration", "limit", domain, "--copy-hours", "always")).code).toBe(0);
  await company.copied(1);
  expect(retrieved()).toBe(13);
});

test("what is wrong is said, and nothing is changed", async () => {
  await using company = await Company.start();
  const limit = commands(company).bind(null, "migration", "limit");
  for (const [args, said] of [
    [[domain], "name what to limit: --bandwidth, --connections or --copy-hours"],
    [[domain, "--bandwidth", "16Mbit/s"], '"Mbit" is no unit of octets'],
    [[domain, "--connections", "0"], '"0" is no number from 1 to 1000'],
    [[domain, "--connections", "3", "--copy-hours", "Mon-Fry 22:00-06:00"], '"Fry" is no day of the week'],
    [["big-company.net", "--connections", "3"], "big-company.net is not migrating"],
  ] as const) {
    const { code, stderr } = await limit(...args);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^mailferry: .+\n$/)]);
    expect(stderr).toContain(said);
  }
  const { code, stderr } = await limit(domain, "--bandwith", "2MB/s");
  expect([code, stderr]).toEqual([2, expect.stringContaining("'--bandwith'")]);
  expect((await company.status()).limits).toMatchObject({
    bandwidth: null,
    connections: 10,
    copyHours: null,
  });
});
