import { expect, test } from "vitest";
import { serve, Talk } from "./talk.ts";

const wrong = "-ERR [AUTH] wrong name or password";

/** The answer to one login on a connection of its own. */
async function attempt(port: number, name = "anna", password = "secret"): Promise<string> {
  using talk = await Talk.open(port);
  return await talk.pass(name, password);
}

test("D1: +OK to a wrong password, and nothing after it; a right one is one", async () => {
  await using server = await serve("D1");
  const { port } = server.pop3;
  {
    using talk = await Talk.login(port, "anna", "wrong");
    for (const command of ["STAT", "UIDL", "RETR 1", "NOOP"])
      expect(await talk.ask(command)).toBe("-ERR User is authenticated but not connected");
    expect(await talk.ask("QUIT")).toMatch(/^\+OK/);
  }
  using talk = await Talk.login(port);
  expect(await talk.ask("STAT")).toMatch(/^\+OK 5 /);
  expect(await attempt(port, "nobody", "x")).toBe(wrong);
});

test("D2: locked out after so many wrong passwords, for so long; one account or everybody", async () => {
  let now = 1_000_000;
  await using server = await serve("D2:wrong=2:minutes=15", 1, { now: () => now });
  const { port } = server.pop3;
  expect([await attempt(port, "anna", "x"), await attempt(port, "anna", "y")]).toEqual([wrong, wrong]);
  expect(await attempt(port)).toMatch(/^-ERR account temporarily locked/);
  expect(await attempt(port, "bob")).toMatch(/^\+OK/);
  now += 15 * 60_000;
  expect(await attempt(port)).toMatch(/^\+OK/);
  server.select("D2:wrong=1:form=address");
  await attempt(port, "anna", "x");
  expect(await attempt(port, "bob")).toMatch(/^-ERR account temporarily locked/);
});

test("D4: unknown names are refused at USER", async () => {
  await using server = await serve("D4");
  using talk = await Talk.open(server.pop3.port);
  expect(await talk.ask("USER nobody")).toBe("-ERR no such user");
  expect(await talk.pass("anna", "wrong")).toBe(wrong);
  expect(await talk.pass()).toMatch(/^\+OK/);
});

test("D5: down in three ways, POP3 and SMTP, so often", async () => {
  await using server = await serve("D5");
  for (const { port } of [server.pop3, server.smtp])
    await expect(Talk.open(port)).rejects.toThrow("the server hung up");
  server.select("D5:form=full");
  using pop3 = new Talk(server.pop3.port);
  expect(await pop3.rest()).toBe("-ERR too many connections, try again later\r\n");
  using smtp = new Talk(server.smtp.port);
  expect(await smtp.line()).toMatch(/^421 4\.3\.2/);
  server.select("D5:form=hang:times=1");
  using silent = new Talk(server.pop3.port);
  expect(await silent.isSilent()).toBe(true);
  expect(await attempt(server.pop3.port)).toMatch(/^\+OK/);
});

test("D6: one person only", async () => {
  await using server = await serve("D6:user=bob");
  for (const name of ["bob", "Bob@big-company.com"])
    expect(await attempt(server.pop3.port, name)).toMatch(/^-ERR \[SYS\/TEMP\]/);
  expect(await attempt(server.pop3.port)).toMatch(/^\+OK/);
});

test("D11: octets of another encoding, or without the spaces at the end", async () => {
  await using server = await serve("D11");
  server.mailboxes.add("carol", "gr\xfc\xdfe");
  const { port } = server.pop3;
  expect(await attempt(port, "carol", "gr\xfc\xdfe")).toMatch(/^\+OK/);
  expect(await attempt(port, "carol", Buffer.from("gr\xfc\xdfe").toString("latin1"))).toBe(wrong);
  server.mailboxes.add("dave", "open  ");
  server.select("D11:form=trimmed");
  expect(await attempt(port, "dave", "open ")).toMatch(/^\+OK/);
  expect(await attempt(port, "dave", "o pen")).toBe(wrong);
  server.select("");
  expect(await attempt(port, "dave", "open ")).toBe(wrong);
});

test("D12: another password after so many logins", async () => {
  await using server = await serve("D12:after=2:password=new one");
  const { port } = server.pop3;
  for (const _login of [1, 2]) {
    using talk = await Talk.login(port);
    await talk.ask("QUIT");
  }
  expect(await attempt(port)).toBe(wrong);
  expect(await attempt(port, "anna", "new one")).toMatch(/^\+OK/);
  expect(await attempt(port, "bob")).toMatch(/^\+OK/);
});

test("D13: right passwords are refused for a while", async () => {
  await using server = await serve("D13:after=1:times=2");
  const said: string[] = [];
  for (let n = 0; n < 4; n++) said.push((await attempt(server.pop3.port)).slice(0, 4));
  expect(said).toEqual(["+OK ", "-ERR", "-ERR", "+OK "]);
});

test("D15: no password is taken", async () => {
  await using server = await serve("D15");
  expect(await attempt(server.pop3.port)).toContain("Application-specific password required");
  server.select("D15:form=basic");
  expect(await attempt(server.pop3.port)).toContain("basic authentication is disabled");
});

test("D16: SASL PLAIN is offered and unknown, USER is not and works", async () => {
  await using server = await serve("D16");
  using talk = await Talk.open(server.pop3.port);
  const capabilities = await talk.lines("CAPA");
  expect(capabilities).toContain("SASL PLAIN LOGIN");
  expect(capabilities).not.toContain("USER");
  const response = Buffer.from("\0anna\0secret").toString("base64");
  expect(await talk.ask(`AUTH PLAIN ${response}`)).toBe("-ERR unknown command");
  expect(await talk.pass()).toMatch(/^\+OK/);
  server.select("");
  using other = await Talk.open(server.pop3.port);
  expect(await other.ask(`AUTH PLAIN ${response}`)).toMatch(/^\+OK/);
});

test("D18: an administrator opens anybody's maildrop", async () => {
  await using server = await serve("D18:master=admin:password=key");
  const { port } = server.pop3;
  expect(await attempt(port, "anna*admin", "key")).toMatch(/^\+OK/);
  expect(await attempt(port, "anna*admin", "secret")).toBe(wrong);
  expect(await attempt(port, "anna*bob", "key")).toBe(wrong);
  server.select("D18:form=path:master=admin:password=key");
  using talk = await Talk.login(port, "BIG\\admin\\bob", "key");
  expect(await talk.lines("UIDL")).toHaveLength(5);
});

test("D19: anybody with anything is let in, to nothing", async () => {
  await using server = await serve("D19");
  using talk = await Talk.login(server.pop3.port, "whoever@anywhere.com", "whatever");
  expect(await talk.ask("STAT")).toBe("+OK 0 0");
});

test("D20: a login takes its time, and is good then", async () => {
  await using server = await serve("D20:seconds=1");
  using talk = await Talk.open(server.pop3.port);
  await talk.ask("USER anna");
  talk.say("PASS secret\r\n");
  expect(await talk.isSilent()).toBe(true);
  server.select("D20:seconds=0");
  using other = await Talk.login(server.pop3.port);
  expect(await other.ask("STAT")).toMatch(/^\+OK/);
});
