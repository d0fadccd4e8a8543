/** G14 of the failure catalogue: who was let in, what was copied, what failed, and who changed what. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import type { LogView } from "#http/audit-views";
import { Doors, patient } from "./doors.ts";
import { domain, Move, minutes } from "./move.ts";
import { patience } from "./quick.ts";

Object.assign(patience, patient);

const anna = `anna@${domain}`;
const recorded = async ({ command }: Move, filter = ""): Promise<LogView["records"]> =>
  (await command.get<LogView>(`/log?limit=1000&${filter}`)).records;

test("G14: the record tells the whole move, from the first login to the cutover's end", async () => {
  await using doors = await Doors.open("", { environment: { MAILFERRY_MIGRATION_CUTOVER_QUIET: "1 s" } });
  const { move } = doors;
  expect(await move.tryLogin("anna", "wr0ng horse")).toMatch(/AUTH/);
  expect(await move.tryLogin()).toBe("+OK");
  await move.copied();
  await move.command.put(`/mailboxes/${anna}/password`, { password: "correct h0rse" });
  await move.command.patch(`/domains/${domain}`, { unknownUsers: "defer" });
  await move.command
    .patch(`/domains/${domain}`, { unknownUsers: `*@${domain}|nowhere.example` })
    .catch(() => undefined);
  await move.command.post(`/migrations/${domain}/cutover`, { giveUp: [] });
  await expect
    .poll(
      async () => {
        move.pass(minutes);
        return await move.command.get<{ state: string }>(`/migrations/${domain}/cutover`);
      },
      { timeout: 15_000 },
    )
    .toMatchObject({ state: "done" });

  await expect
    .poll(async () => (await recorded(move, "kind=login-refused")).length, { timeout: 5000 })
    .toBe(1);
  const [refused] = await recorded(move, "kind=login-refused");
  expect(refused).toMatchObject({ object: anna, remote: "127.0.0.1", outcome: "refused", domain });
  expect(refused?.details).toMatchObject({ protocol: "pop3", times: 1 });

  const own = await recorded(move, `address=${anna}`);
  const kinds = own.map(({ kind }) => kind).filter((kind) => kind !== "login-refused");
  expect(kinds).toEqual(["mailbox-created", "copy-complete", "mailbox-password", "transfer-settled"]);
  const [created, complete] = own.filter(({ kind }) => kind !== "login-refused");
  expect(created).toMatchObject({ actor: "person", remote: "127.0.0.1", details: { protocol: "pop3" } });
  expect(complete?.details).toMatchObject({ messages: move.anna.messages.length, skipped: 0 });

  const all = await recorded(move);
  const set = all.filter(({ kind }) => kind === "domain-set");
  expect(set.map(({ outcome }) => outcome)).toEqual(["done", "done", "refused"]);
  expect(set[1]).toMatchObject({
    actor: expect.stringMatching(/^command line: /),
    object: domain,
    details: { before: { unknownUsers: expect.stringContaining("|") }, after: { unknownUsers: "defer" } },
  });
  expect(all.filter(({ kind }) => kind === "migration-on")[0]).toMatchObject({
    object: domain,
    outcome: "done",
  });
  expect(all.find(({ kind }) => kind === "certificate")?.details).toMatchObject({
    root: expect.stringMatching(/^[0-9a-f]{64}$/),
    closes: true,
  });
  const steps = all.filter(({ kind }) => kind === "cutover-step").map(({ details }) => details.step);
  expect([...new Set(steps)]).toEqual([
    "defer",
    "drain",
    "quiet",
    "sweep",
    "certify",
    "resweep",
    "reject",
    "end",
    "park",
  ]);
  expect(all.filter(({ kind }) => kind === "key-destroyed")).toHaveLength(1);
  expect(JSON.stringify(all)).not.toMatch(/wr0ng|h0rse|"secret"/);

  // It cannot be changed behind the server's back by mistake either.
  using database = new DatabaseSync(join(move.data, "mailferry.db"));
  for (const sql of [
    "UPDATE audit SET actor = 'nobody'",
    "DELETE FROM audit",
    "REPLACE INTO audit SELECT * FROM audit LIMIT 1",
  ])
    expect(() => database.exec(sql)).toThrow(/audit record/);
});

test("G14: each message that is set aside is recorded once, with its unique-id and the reason", async () => {
  await using move = await Move.start("G5:every=10", { messages: 30 });
  expect(await move.tryLogin()).toBe("+OK");
  await move.until(({ messagesHere }) => messagesHere === 27);
  for (let sweep = 0; sweep < 2; sweep++) {
    move.pass(60 * minutes);
    await move.check();
  }
  const aside = await recorded(move, "kind=message-set-aside");
  expect(aside.map(({ details }) => details.uidl).sort()).toEqual(["uid-10", "uid-20", "uid-30"]);
  expect(aside[0]).toMatchObject({ object: anna, outcome: "failed", domain });
  expect(aside[0]?.details.reason).toMatch(/cannot open message/);
});
