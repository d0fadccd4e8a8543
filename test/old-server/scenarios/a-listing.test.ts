import { expect, test } from "vitest";
import { serve, Talk, uidls } from "./talk.ts";

const numbers = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => line.split(" ")[0] ?? "");
const ids = (lines: readonly string[]): readonly string[] => lines.map((line) => line.split(" ")[1] ?? "");

test("A6: mail arrives at the end, in the middle, or goes, between LIST and UIDL", async () => {
  await using server = await serve("A6");
  {
    using talk = await Talk.login(server.pop3.port);
    expect(numbers(await talk.lines("LIST"))).toEqual(["1", "2", "3", "4", "5"]);
    expect(numbers(await talk.lines("UIDL"))).toEqual(["1", "2", "3", "4", "5", "6"]);
    // Once, unless told otherwise.
    expect(await talk.lines("LIST")).toHaveLength(6);
    expect(await talk.lines("UIDL")).toHaveLength(6);
  }
  server.select("A6:form=middle:at=2");
  {
    using talk = await Talk.login(server.pop3.port, "bob");
    await talk.lines("LIST");
    const listed = ids(await talk.lines("UIDL"));
    expect([listed[0], ...listed.slice(2)]).toEqual(["uid-1", "uid-2", "uid-3", "uid-4", "uid-5"]);
  }
  server.select("A6:form=gone:at=2");
  using talk = await Talk.login(server.pop3.port);
  expect(await talk.lines("LIST")).toHaveLength(6);
  expect(numbers(await talk.lines("UIDL"))).toEqual(["1", "3", "4", "5", "6"]);
});

test("A7: another order from the second session on", async () => {
  await using server = await serve("A7");
  expect(ids(await uidls(server))).toEqual(["uid-1", "uid-2", "uid-3", "uid-4", "uid-5"]);
  expect(await uidls(server)).toEqual(["1 uid-5", "2 uid-4", "3 uid-3", "4 uid-2", "5 uid-1"]);
  expect(await uidls(server, "bob")).toEqual(["1 uid-1", "2 uid-2", "3 uid-3", "4 uid-4", "5 uid-5"]);
  server.select("A7:form=rotated");
  expect(ids(await uidls(server))).toEqual(["uid-3", "uid-4", "uid-5", "uid-1", "uid-2"]);
});

test("A11: emptied after a drop, for so many sessions; not after a QUIT", async () => {
  await using server = await serve("A11:sessions=2:left=1");
  expect(await uidls(server)).toHaveLength(5);
  const dropped = await Talk.login(server.pop3.port);
  dropped.close();
  await expect.poll(() => server.pop3.seen.open).toBe(0);
  expect(await uidls(server)).toEqual(["1 uid-1"]);
  expect(await uidls(server)).toEqual(["1 uid-1"]);
  expect(await uidls(server)).toHaveLength(5);
  server.select("A11:after=1");
  expect(await uidls(server, "bob")).toHaveLength(5);
  expect(await uidls(server, "bob")).toEqual([]);
  expect(await uidls(server, "bob")).toHaveLength(5);
});

test("A14: sizes are wrong in LIST and STAT, and messages come whole", async () => {
  await using server = await serve("A14", 2);
  const size = server.mailboxes.find("anna")?.messages[0]?.octets.length ?? 0;
  const stated: Record<string, number> = {
    third: Math.floor(size / 3),
    triple: size * 3,
    rounded: 1024,
    zero: 0,
  };
  stated.lf = (server.mailboxes.find("anna")?.messages[0]?.octets ?? []).filter(
    (octet) => octet !== 13,
  ).length;
  for (const [form, wrong] of Object.entries(stated)) {
    server.select(`A14:form=${form}`);
    using talk = await Talk.login(server.pop3.port);
    expect(await talk.lines("LIST")).toEqual([`1 ${wrong}`, `2 ${wrong}`]);
    expect(await talk.ask("STAT")).toBe(`+OK 2 ${2 * wrong}`);
    expect(await talk.body("RETR 1")).toMatch(/and an end\.\r\n\.\r\n$/);
  }
  server.select("A14:form=negative");
  using talk = await Talk.login(server.pop3.port);
  expect(await talk.ask("STAT")).toBe(`+OK 2 -${2 * size}`);
  expect(await talk.lines("LIST")).toEqual([`1 ${size}`, `2 ${size}`]);
});

test("A19: a session shows so many messages", async () => {
  await using server = await serve("A19:most=2");
  expect(await uidls(server)).toEqual(["1 uid-4", "2 uid-5"]);
  server.select("A19:most=2:form=oldest");
  expect(await uidls(server)).toEqual(["1 uid-1", "2 uid-2"]);
  server.select("A19:most=2:form=moving");
  using talk = await Talk.login(server.pop3.port);
  expect(await talk.ask("STAT")).toMatch(/^\+OK 2 /);
  await talk.body("RETR 1");
  await talk.quit();
  expect(await uidls(server)).toEqual(["1 uid-2", "2 uid-3"]);
});

test("A24: messages of another folder after those of the INBOX", async () => {
  await using server = await serve("A24:count=2", 1);
  using talk = await Talk.login(server.pop3.port);
  expect(await talk.lines("UIDL")).toEqual(["1 uid-1", "2 spam-1", "3 spam-2"]);
  expect(await talk.body("RETR 3")).toContain("X-Folder: Spam\r\n");
  expect(server.mailboxes.find("anna")?.messages).toHaveLength(1);
});

test("A30: a message goes while the session goes on, and for good", async () => {
  await using server = await serve("A30:after=2:at=4");
  using talk = await Talk.login(server.pop3.port);
  expect(await talk.lines("UIDL")).toHaveLength(5);
  await talk.body("RETR 1");
  await talk.body("RETR 2");
  expect(await talk.ask("RETR 4")).toBe("-ERR no such message");
  expect(await talk.body("RETR 5")).toContain("Subject: message 5\r\n");
  await talk.quit();
  expect(ids(await uidls(server))).toEqual(["uid-1", "uid-2", "uid-3", "uid-5"]);
});
