import { expect, test } from "vitest";
import { deliver, serve, Talk, uidls } from "./talk.ts";

/** What one session retrieves of a message, without the terminator. */
async function message(port: number, number: number): Promise<string> {
  using talk = await Talk.login(port);
  return (await talk.body(`RETR ${number}`)).replace(/\.\r\n$/, "");
}

test("E12: Status tells what was read", async () => {
  await using server = await serve("E12:read=1", 2);
  expect(await message(server.pop3.port, 1)).toContain("\r\nStatus: RO\r\n\r\n");
  expect(await message(server.pop3.port, 2)).toContain("\r\nStatus: O\r\n\r\n");
});

test("E17: NUL, a header alone, no header", async () => {
  await using server = await serve("E17", 1);
  expect(await uidls(server)).toEqual(["1 uid-1", "2 nul", "3 header-alone", "4 no-header"]);
  expect(await message(server.pop3.port, 2)).toContain("one\0two\r\n");
  expect(await message(server.pop3.port, 3)).not.toContain("\r\n\r\n");
  expect(await message(server.pop3.port, 4)).toMatch(/^\r\nThere/);
});

test.each([
  ["F1", ["8-bit-header", "8-bit-body", "from-line"], /\xff\xfe\0\x80 raw|Gr\xfc\xdfe|\r\n>From the quoted/],
  ["F2", ["bare-lf", "bare-cr", "lone-dots"], /[^\r]\n|one\rtwo|\n\.\nend/],
  ["F3", ["line-1000", "line-20000", "no-newline"], /x{1000}|y{20000}|the end$/],
  ["F4", ["mbox-line"], /^From friend@example\.net Mon /],
  ["F6", ["same-id-1", "same-id-2", "identical-1", "identical-2", "identical-3", "no-id"], /./],
  ["F8", ["date-zero", "date-future", "date-words", "date-none"], /year|0000|2335|yesterday|none/],
  ["F9", ["no-header", "one-line", "crlf-only", "empty"], /^$|^\r\n|header line/],
  ["F12", ["signed"], /trailing space \r\n/],
] as const)("%s: each mailbox has its messages, octet for octet", async (id, names, particular) => {
  await using server = await serve(id, 0);
  expect((await uidls(server)).map((line) => line.split(" ")[1])).toEqual(names);
  expect(await uidls(server, "bob")).toHaveLength(names.length);
  for (const { octets } of server.mailboxes.find("anna")?.messages ?? [])
    expect(Buffer.from(octets).toString("latin1")).toMatch(particular);
  using talk = await Talk.login(server.pop3.port);
  const last = server.mailboxes.find("anna")?.messages.at(-1)?.octets ?? new Uint8Array(0);
  const stuffed = (await talk.body(`RETR ${names.length}`)).replaceAll("\r\n..", "\r\n.");
  expect(stuffed.startsWith(Buffer.from(last).toString("latin1"))).toBe(true);
});

test("F5: another header in each session", async () => {
  await using server = await serve("F5", 1);
  const [first, second] = [await message(server.pop3.port, 1), await message(server.pop3.port, 1)];
  expect(first).toMatch(/^X-Session: \d+\r\n/);
  expect(first).not.toBe(second);
  expect(first.slice(first.indexOf("\n"))).toBe(second.slice(second.indexOf("\n")));
});

test("F5: fields of a mail store, written at QUIT, which change octets and not unique-ids", async () => {
  await using server = await serve("F5:form=store", 1);
  const before = await message(server.pop3.port, 1);
  using talk = await Talk.login(server.pop3.port);
  await talk.quit();
  const uidl = server.mailboxes.find("anna")?.messages[0]?.uidl;
  await expect.poll(() => message(server.pop3.port, 1)).toBe(`X-UIDL: ${uidl}\r\nStatus: O\r\n${before}`);
});

test("F10: one message is cut, its end is proper, and its size is that of the whole", async () => {
  await using server = await serve("F10:at=2:octets=40");
  expect(await message(server.pop3.port, 2)).toHaveLength(42);
  expect(await message(server.pop3.port, 1)).toContain("and an end.");
  using talk = await Talk.login(server.pop3.port);
  const size = server.mailboxes.find("anna")?.messages[1]?.octets.length;
  expect(await talk.ask("LIST 2")).toBe(`+OK 2 ${size}`);
});

test("F11: a message of the size that was asked for", async () => {
  await using server = await serve("F11:octets=100000", 0);
  expect(server.mailboxes.find("anna")?.messages[0]?.octets).toHaveLength(100_000);
  expect(await message(server.pop3.port, 1)).toMatch(/\r\nz{76}\r\nz{76}\r\n/);
});

test("F13: fields of the envelope are left out", async () => {
  await using server = await serve("F13", 0);
  await deliver(server, "friend@example.net", "anna@big-company.com");
  const without = await message(server.pop3.port, 1);
  expect(without).toMatch(/^Return-Path: /);
  expect(without).not.toMatch(/^Received:/m);
  server.select("F13:form=all");
  expect(await message(server.pop3.port, 1)).toMatch(/^From: /);
});

test("G5: every tenth message is refused", async () => {
  await using server = await serve("G5:every=2", 4);
  using talk = await Talk.login(server.pop3.port);
  expect(await talk.ask("RETR 2")).toBe("-ERR cannot open message");
  expect(await talk.body("RETR 3")).toContain("message 3");
  expect(await talk.ask("RETR 4")).toBe("-ERR cannot open message");
});

test("G6: the first RETRs fail for now", async () => {
  await using server = await serve("G6:times=2");
  using talk = await Talk.login(server.pop3.port);
  for (const number of [1, 2]) expect(await talk.ask(`RETR ${number}`)).toMatch(/^-ERR \[SYS\/TEMP\]/);
  expect(await talk.body("RETR 1")).toContain("message 1");
});

test("G10: so many connections at once, and one that ends makes room", async () => {
  await using server = await serve("G10:most=2:delay=1");
  using first = await Talk.login(server.pop3.port);
  using second = await Talk.login(server.pop3.port, "bob");
  {
    using third = new Talk(server.pop3.port);
    expect(await third.rest()).toBe("-ERR too many connections\r\n");
  }
  second.close();
  await expect.poll(() => server.pop3.seen.open).toBe(1);
  using fourth = await Talk.login(server.pop3.port, "bob");
  for (const talk of [first, fourth]) expect(await talk.ask("NOOP")).toBe("+OK");
});

test("G18: it dies after so many messages, SMTP too", async () => {
  await using server = await serve("G18:retrieved=2");
  using talk = await Talk.login(server.pop3.port);
  await talk.body("RETR 1");
  using idle = await Talk.open(server.smtp.port);
  await talk.body("RETR 2");
  await expect(talk.ask("RETR 3")).rejects.toThrow("the server hung up");
  await expect(idle.ask("NOOP")).rejects.toThrow("the server hung up");
  await expect(Talk.open(server.pop3.port)).rejects.toThrow("the server hung up");
});

test("G21: another account's messages, or none, after so many logins", async () => {
  await using server = await serve("G21:count=2");
  expect(await uidls(server)).toHaveLength(5);
  expect(await uidls(server)).toEqual(["1 stranger-1", "2 stranger-2"]);
  server.select("G21:form=empty");
  expect(await uidls(server)).toEqual([]);
  expect(await uidls(server, "bob")).toHaveLength(5);
});

test("several scenarios at once", async () => {
  await using server = await serve("A3:after=1,A19:most=2,A21:at=1:times=1,F5");
  expect(await uidls(server)).toEqual(["1 uid-4", "2 uid-5"]);
  using talk = await Talk.login(server.pop3.port);
  expect(await talk.lines("UIDL")).toEqual(["1 era1-uid-4", "2 era1-uid-5"]);
  expect(await talk.ask("RETR 1")).toMatch(/^-ERR/);
  expect(await talk.body("RETR 1")).toMatch(/^X-Session: /);
});
