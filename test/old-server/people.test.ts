import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OldMailboxes } from "./maildrop.ts";
import { readPeople, settle } from "./people.ts";
import { deliver, serve, Talk } from "./scenarios/talk.ts";

const nobody = { people: undefined, users: [], messages: 50, folder: undefined };

test("people by name, with a number of messages or the usual one, and a password of their own or the usual one", () => {
  expect(readPeople({ ...nobody, people: "anna:3,bob", users: ["carol:se:cret"] })).toEqual([
    { name: "anna", password: "anna's old password", mail: 3 },
    { name: "bob", password: "bob's old password", mail: 50 },
    { name: "carol", password: "se:cret", mail: 50 },
  ]);
  expect(readPeople(nobody).map(({ name }) => name)).toEqual(["anna", "bob", "carol", "dave"]);
  expect(readPeople({ ...nobody, users: ["x:y"] })).toHaveLength(1);
});

test.each([
  [{ users: ["anna"] }, 'found "anna", expected NAME:PASSWORD'],
  [{ people: "an na:3" }, '"an na" is no name'],
  [{ people: "anna:many" }, "expected a number of messages"],
  [{ folder: "/nowhere/at/all" }, "cannot be read"],
])("what is wrong is told: %j", (wrong, words) => {
  expect(() => readPeople({ ...nobody, ...wrong })).toThrow(words);
});

test("the .eml files of a folder, in the order of their names, with CRLF", () => {
  const folder = mkdtempSync(join(tmpdir(), "mailferry-maildrop-"));
  try {
    expect(() => readPeople({ ...nobody, folder })).toThrow("there is no .eml file");
    writeFileSync(join(folder, "b.eml"), "Subject: b\n\ntwo\n");
    writeFileSync(join(folder, "a.EML"), "Subject: a\r\n\r\nbare\nLF\r\n");
    writeFileSync(join(folder, "notes.txt"), "no mail");
    mkdirSync(join(folder, "c"));
    const mailboxes = new OldMailboxes();
    settle(mailboxes, readPeople({ ...nobody, folder, users: ["anna:x", "bob:y"] }), {
      domain: "big-company.com",
      newest: 0,
    });
    for (const { messages } of mailboxes.all)
      expect(messages.map(({ octets }) => Buffer.from(octets).toString())).toEqual([
        "Subject: a\r\n\r\nbare\nLF\r\n",
        "Subject: b\r\n\r\ntwo\r\n",
      ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("connections are bounded, POP3 and SMTP, and one that ends makes room", async () => {
  await using server = await serve("", 1, { pop3: { mostConnections: 1 }, smtp: { mostConnections: 1 } });
  using first = await Talk.login(server.pop3.port);
  using second = new Talk(server.pop3.port);
  expect(await second.rest()).toBe("-ERR too many connections, try again later\r\n");
  first.close();
  await expect.poll(() => server.pop3.seen.open).toBe(0);
  using third = await Talk.login(server.pop3.port);
  expect(await third.ask("NOOP")).toBe("+OK");
  using sender = await Talk.open(server.smtp.port);
  using another = new Talk(server.smtp.port);
  expect(await another.rest()).toMatch(/^421 /);
  sender.close();
  await expect
    .poll(() => deliver(server, "a@example.net", "anna@big-company.com").catch(() => "not yet"))
    .toMatch(/^250/);
});
