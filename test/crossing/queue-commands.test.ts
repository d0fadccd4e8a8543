/** The queue by the command line: looked at, held, released, hurried, dropped; and its route kept while it is needed. */
import { expect, test, vi } from "vitest";
import type { QueuedView } from "#http/queue";
import { answers } from "../old-server/smtp-faults.ts";
import { letter } from "../programs/letter.ts";
import { domain } from "./mailferry.ts";
import { Neighbours } from "./neighbours.ts";

vi.setConfig({ testTimeout: 180_000 });

test("queue list, show, hold, release, retry and drop", async () => {
  await using neighbours = await Neighbours.start();
  const { mailferry, friends } = neighbours;
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await mailferry.run(args);
    expect([args, code, stderr]).toEqual([args, 0, ""]);
    return stdout;
  };
  const queued = async (): Promise<readonly QueuedView[]> => JSON.parse(await run("queue", "list", "--json"));
  const attempts = (): number => friends.seen.commands.filter((command) => command.startsWith("RCPT")).length;

  expect(await run("queue", "list")).toMatch(/nothing|empty/i);
  expect(await queued()).toEqual([]);

  friends.options.fault = answers("RCPT", "450 4.2.0 come back later");
  using program = await neighbours.colleague("anna");
  for (const [name, subject] of [
    ["first", "one"],
    ["second", "two"],
    ["third", "three"],
  ] as const)
    await program.send(`anna@${domain}`, [`${name}@example.org`], letter(name, subject));
  await expect.poll(attempts, { timeout: 30_000 }).toBe(3);
  await expect
    .poll(queued, { timeout: 30_000 })
    .toMatchObject([{ attempts: 1 }, { attempts: 1 }, { attempts: 1 }]);
  const entries = await queued();
  const idOf = (name: string): string => entries.find(({ to }) => to === `${name}@example.org`)?.id ?? "";
  expect(entries).toMatchObject(
    entries.map(() => ({
      from: `anna@${domain}`,
      via: "relay example.org",
      held: false,
      lastReply: expect.stringContaining("450 4.2.0 come back later"),
    })),
  );
  const listed = await run("queue", "list");
  for (const name of ["first", "second", "third"]) {
    expect(listed).toContain(idOf(name));
    expect(listed).toContain(`${name}@example.org`);
  }

  const shown = await run("queue", "show", idOf("first"));
  expect(shown).toContain(`from anna@${domain} to first@example.org by relay example.org`);
  expect(shown).toMatch(/1 attempts?, next 20/);
  expect(shown).toContain("450 4.2.0 come back later");

  await run("queue", "hold", idOf("first"));
  expect(await run("queue", "show", idOf("first"))).toContain("held");
  await run("queue", "retry", idOf("second"));
  await expect.poll(attempts, { timeout: 30_000 }).toBe(4);
  friends.options.fault = () => null;
  await run("queue", "drop", idOf("third"));
  expect((await queued()).map(({ to }) => to)).not.toContain("third@example.org");
  await expect.poll(async () => (await queued())[0]?.attempts, { timeout: 30_000 }).toBeGreaterThan(0);
  // What was held goes only when it is released; what is hurried goes now.
  await expect
    .poll(
      async () => {
        await run("queue", "retry", idOf("second")).catch(() => undefined);
        return friends.seen.transactions.length;
      },
      { timeout: 60_000, interval: 1000 },
    )
    .toBe(1);
  expect((await queued()).map(({ to, held }) => [to, held])).toEqual([["first@example.org", true]]);
  await run("queue", "release", idOf("first"));
  await neighbours.drained();
  const arrived = friends.seen.transactions.map(({ recipients }) => recipients);
  expect(arrived).toEqual([["second@example.org"], ["first@example.org"]]);
  // Whoever dropped it knows: the sender is told nothing.
  expect(await mailferry.maildrop("anna")).toEqual([]);

  for (const verb of ["show", "hold", "release", "retry", "drop"]) {
    const { code, stdout, stderr } = await mailferry.run(["queue", verb, "0123456789abcdef"]);
    expect([verb, code, stdout]).toEqual([verb, 1, ""]);
    expect(stderr).toMatch(/^mailferry: .*(?:no such|there is no|no recipient).*\n$/i);
  }
  expect((await mailferry.run(["queue", "show"])).code).toBe(2);
});

test("a route that holds its mail, and that cannot be removed while mail waits for it", async () => {
  await using neighbours = await Neighbours.start();
  const { mailferry } = neighbours;
  const remote = [
    "domain",
    "add",
    "example.com",
    "--remote",
    "--host",
    `127.0.0.1:${neighbours.friends.port}`,
  ];
  expect(await mailferry.run([...remote, "--deliver", "hold"])).toMatchObject({ code: 0, stderr: "" });
  using program = await neighbours.colleague("bob");
  await program.send(`bob@${domain}`, ["friend@example.com"], letter("friend", "kept"));
  const [entry] = await neighbours.queue();
  expect(entry).toMatchObject({ to: "friend@example.com", via: "relay example.com" });

  const refused = await mailferry.run(["domain", "remove", "example.com"]);
  expect([refused.code, refused.stdout]).toEqual([1, ""]);
  expect(refused.stderr).toMatch(/^mailferry: 1 recipients? waits? in the queue for example\.com: .*\n$/);
  expect((await mailferry.run(["domain", "list"])).stdout).toContain("example.com");
  expect(neighbours.friends.seen.connections).toBe(0);

  expect(await mailferry.run(["queue", "drop", entry?.id ?? ""])).toMatchObject({ code: 0 });
  expect(await mailferry.run(["domain", "remove", "example.com"])).toMatchObject({ code: 0, stderr: "" });
  expect((await mailferry.run(["domain", "list"])).stdout).not.toContain("example.com");
  // A route that a rule leads to cannot go either.
  const inUse = await mailferry.run(["domain", "remove", "big-company.old"]);
  expect(inUse.code).toBe(1);
  expect(inUse.stderr).toMatch(/^mailferry: .*big-company\.com.*\n$/);
});

test("the queue outlives the server, and goes on by itself", async () => {
  await using neighbours = await Neighbours.start();
  const { mailferry, friends } = neighbours;
  friends.options.fault = answers("CONNECT", "421 4.3.2 not now");
  using program = await neighbours.colleague("anna");
  for (let n = 1; n <= 5; n++)
    await program.send(`anna@${domain}`, [`friend${n}@example.org`], letter("friend", `${n}`));
  expect(await neighbours.queue()).toHaveLength(5);
  await mailferry.kill();
  await mailferry.startServer();
  expect(await neighbours.queue()).toHaveLength(5);
  friends.options.fault = () => null;
  for (const { id } of await neighbours.queue()) await mailferry.command.post(`/queue/${id}/retry`);
  await neighbours.drained();
  const recipients = friends.seen.transactions.flatMap((transaction) => transaction.recipients);
  expect(recipients.sort()).toEqual([1, 2, 3, 4, 5].map((n) => `friend${n}@example.org`));
});
