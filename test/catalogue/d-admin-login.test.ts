/** D18 of the failure catalogue: people who never come are brought by an administrator's login on the old server. */
import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { LogView } from "#http/audit-views";
import type { BroughtView } from "#http/bringing";
import type { MailboxView } from "#http/mailboxes";
import { put } from "../old-server/maildrop.ts";
import { patient } from "./doors.ts";
import { contents, domain, Move, minutes } from "./move.ts";
import { patience } from "./quick.ts";

Object.assign(patience, patient);

const anna = `anna@${domain}`;
const adminPassword = "m4ster_key_of_all";
const scenario = `D18:master=admin:password=${adminPassword}`;
const admin = { name: "admin", form: "{local}*{admin}", password: adminPassword };

const bring = async ({ command }: Move, people: readonly object[], by: object | null) =>
  (await command.post<BroughtView>(`/migrations/${domain}/bring`, { people, admin: by })).people;

test("D18: an administrator's login brings everything; nobody gets in with it, the owner does with their own", async () => {
  await using move = await Move.start(scenario);
  expect(await bring(move, [{ address: anna }], { ...admin, password: "no such key" })).toMatchObject([
    { address: anna, result: "refused" },
  ]);
  await expect(move.command.get(`/mailboxes/${anna}`)).rejects.toThrow(/no mailbox/);
  expect(await bring(move, [{ address: anna }], admin)).toEqual([
    { address: anna, result: "brought", reason: null },
  ]);
  await move.copied();
  expect(await move.command.get<MailboxView>(`/mailboxes/${anna}`)).toMatchObject({
    admitted: true,
    hasPassword: false,
    messages: move.anna.messages.length + 1,
  });
  expect(await bring(move, [{ address: anna }], admin)).toMatchObject([{ result: "here-already" }]);
  expect((await move.transfer()).notes.join()).toMatch(/no password until its owner logs in/);

  // The administrator's password opens nothing under her name.
  expect(await move.sayIn(anna, admin.password)).toMatch(/AUTH/);
  // Nothing ends over the head of somebody who could not log in then, unless named.
  await expect(move.command.post(`/migrations/${domain}/off`, { giveUp: [] })).rejects.toThrow(
    /anna@big-company.com was brought here and has no password/,
  );
  // Sweeps go on with the administrator's login.
  put(move.anna, "Subject: late\r\n\r\nlate mail\r\n", "uid-late");
  await move.check();

  // The owner's first login is judged by the old server, and sets the password.
  expect(await move.tryLogin("anna", "wrong")).toMatch(/AUTH/);
  expect(await move.tryLogin()).toBe("+OK");
  expect(await move.hashes()).toEqual(contents(move));
  expect(await move.command.get<MailboxView>(`/mailboxes/${anna}`)).toMatchObject({ hasPassword: true });
  expect(await move.tryLogin("anna", "wrong")).toMatch(/AUTH/);
  expect((await move.transfer()).notes).toEqual([]);
  const { records } = await move.command.get<LogView>(`/log?address=${anna}`);
  expect(records.map(({ kind, actor }) => [kind, actor])).toEqual(
    expect.arrayContaining([
      ["mailbox-created", "administrator"],
      ["mailbox-owner-came", "person"],
    ]),
  );

  // Sealed like an old password, under the migration's key: nowhere in clear.
  const files = globSync("**/*", { cwd: move.data }).filter((name) =>
    statSync(join(move.data, name)).isFile(),
  );
  const secret = Buffer.from(admin.password);
  expect(files.filter((name) => readFileSync(join(move.data, name)).includes(secret))).toEqual([]);
});

test("D18: an administrator's login that is refused is not tried on everybody", async () => {
  await using move = await Move.start(scenario);
  const people = Array.from({ length: 6 }, (_, n) => ({ address: `person${n}@${domain}` }));
  const brought = await bring(move, people, { ...admin, password: "guessed" });
  expect(brought.map(({ result }) => result)).toEqual([
    ...["refused", "refused", "refused"],
    ...["not-tried", "not-tried", "not-tried"],
  ]);
});

test("D18: a form that names no person or no administrator is refused", async () => {
  await using move = await Move.start(scenario);
  for (const form of ["{local}", "{admin}", "", "x"])
    await expect(bring(move, [{ address: anna }], { ...admin, form })).rejects.toThrow(/is no form/);
});

test("C25: people are moved with passwords that the administrator has, before the end", async () => {
  await using move = await Move.start("");
  const people = [
    { address: anna, password: "secret" },
    { address: `nobody@${domain}`, password: "x" },
  ];
  expect(await bring(move, people, null)).toMatchObject([{ result: "brought" }, { result: "refused" }]);
  await move.copied();
  expect(await move.tryLogin()).toBe("+OK");
  expect(await move.hashes()).toEqual(contents(move));
  move.pass(minutes);
  await expect(
    move.command.post(`/migrations/${domain}/bring`, { people: [{ address: anna }] }),
  ).rejects.toThrow(/neither a password nor/);
});
