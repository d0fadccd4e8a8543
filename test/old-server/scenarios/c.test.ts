import { afterEach, expect, test, vi } from "vitest";
import { plainMail } from "./mail.ts";
import { deliver, envelope, serve, sink, Talk } from "./talk.ts";

afterEach(() => {
  vi.useRealTimers();
});

const friend = "friend@example.net";
const anna = "anna@big-company.com";
const nobody = "nobody@big-company.com";

/** The answers to MAIL and RCPT. */
async function answers(scenario: string, from = friend, to = anna): Promise<readonly string[]> {
  await using server = await serve(scenario);
  const { talk, mail, rcpt } = await envelope(server, from, to);
  talk.close();
  return [mail, rcpt];
}

test("without a scenario it knows its people, and delivers", async () => {
  await using server = await serve("", 0);
  const { talk, rcpt } = await envelope(server, friend, nobody);
  talk.close();
  expect(rcpt).toMatch(/^550 5\.1\.1 /);
  expect(await deliver(server, friend, anna)).toMatch(/^250 /);
  const [message] = server.mailboxes.find("anna")?.messages ?? [];
  const sent = plainMail(anna, "delivered").toString("latin1").replace("\r\n.a dot", "\r\na dot");
  expect(Buffer.from(message?.octets ?? []).toString("latin1")).toBe(`Return-Path: <${friend}>\r\n${sent}`);
});

test("C1: what is for nobody goes to the MX; what is for somebody lands", async () => {
  await using mx = await sink();
  await using server = await serve(`C1:port=${mx.port}`, 0);
  expect(await deliver(server, friend, nobody)).toMatch(/^250 /);
  expect(await deliver(server, friend, anna)).toMatch(/^250 /);
  const [mail] = await mx.has(1);
  expect(mail).toMatchObject({ from: `<${friend}>`, to: `<${nobody}>` });
  expect(mail?.octets).toMatch(/^Received: by old\.big-company\.com /);
  expect(server.mailboxes.find("anna")?.messages).toHaveLength(1);
  const { talk, rcpt } = await envelope(server, friend, "nobody@elsewhere.com");
  talk.close();
  expect(rcpt).toMatch(/^550 /);
});

test("C2: both greetings hold the text", async () => {
  await using server = await serve("C2:greeting=mail.new ready 12ab");
  using smtp = new Talk(server.smtp.port);
  expect(await smtp.line()).toBe("220 mail.new ready 12ab ESMTP");
  using pop3 = new Talk(server.pop3.port);
  expect(await pop3.line()).toBe("+OK mail.new ready 12ab");
});

test("C3: unknown recipients are taken and bounced; bounces are not", async () => {
  await using mx = await sink();
  await using server = await serve(`C3:port=${mx.port}`, 0);
  expect(await deliver(server, friend, nobody)).toMatch(/^250 /);
  expect(await mx.has(1)).toMatchObject([{ from: "<>", to: `<${friend}>` }]);
  expect(mx.got[0]?.octets).toContain(`Subject: Undelivered Mail for ${nobody}`);
  await deliver(server, "", nobody);
  await deliver(server, friend, anna);
  await deliver(server, friend, nobody);
  expect(await mx.has(2)).toHaveLength(2);
});

test("C4: everybody is taken, into one mailbox", async () => {
  await using server = await serve("C4:owner=bob", 0);
  expect(await deliver(server, friend, "x1y2@big-company.com")).toMatch(/^250 /);
  expect(await deliver(server, friend, anna)).toMatch(/^250 /);
  expect(server.mailboxes.find("bob")?.messages).toHaveLength(1);
  expect(server.mailboxes.find("anna")?.messages).toHaveLength(1);
});

test("C5: RCPT is put off, never answered, or dropped", async () => {
  expect(await answers("C5")).toEqual([expect.stringMatching(/^250/), expect.stringMatching(/^451 4\.3\.0/)]);
  expect((await answers("C5:times=1:form=later", friend, nobody))[1]).toMatch(/^451/);
  await using server = await serve("C5:form=drop");
  await expect(envelope(server, friend, anna)).rejects.toThrow("the server hung up");
  server.select("C5:form=hang");
  using talk = await Talk.open(server.smtp.port);
  await talk.ask("EHLO mail.big-company.com");
  await talk.ask(`MAIL FROM:<${friend}>`);
  talk.say(`RCPT TO:<${anna}>\r\n`);
  expect(await talk.isSilent()).toBe(true);
});

test("C7: it fails after the data, once; and may have kept the message", async () => {
  for (const [form, answer, kept] of [
    ["later", /^451 4\.3\.0/, 0],
    ["refused", /^554 5\.6\.0/, 0],
  ] as const) {
    await using server = await serve(`C7:form=${form}`, 0);
    expect(await deliver(server, friend, anna)).toMatch(answer);
    expect(server.mailboxes.find("anna")?.messages).toHaveLength(kept);
    expect(await deliver(server, friend, anna)).toMatch(/^250/);
  }
  await using server = await serve("C7:form=taken", 0);
  await expect(deliver(server, friend, anna)).rejects.toThrow("the server hung up");
  expect(server.mailboxes.find("anna")?.messages).toHaveLength(1);
});

test("C8: greylisted once for each recipient, or refused for a reason of policy", async () => {
  await using server = await serve("C8", 0);
  for (const to of [anna, "bob@big-company.com"]) {
    expect(await deliver(server, friend, to)).toMatch(/^451 4\.7\.1/);
    expect(await deliver(server, friend, to)).toMatch(/^250/);
  }
  expect((await answers("C8:form=policy"))[1]).toMatch(/^550 5\.7\.1/);
  expect((await answers("C8:form=spf"))[0]).toMatch(/^550 5\.7\.23/);
  expect((await answers("C8:form=rate"))[0]).toMatch(/^421 4\.7\.0/);
  server.select("C8:form=listed");
  using talk = new Talk(server.smtp.port);
  expect(await talk.line()).toMatch(/^554 5\.7\.1/);
});

test("C9: names without a public domain are refused in EHLO, or all", async () => {
  await using server = await serve("C9");
  using talk = await Talk.open(server.smtp.port);
  for (const name of ["localhost", "mail.big-company.local"])
    expect(await talk.ask(`EHLO ${name}`)).toMatch(/^550 5\.7\.1 Invalid EHLO domain/);
  expect(await talk.ask("EHLO mail.big-company.com")).toMatch(/^250 /);
  server.select("C9:form=any");
  using other = await Talk.open(server.smtp.port);
  expect(await other.ask("EHLO mail.big-company.com")).toMatch(/^550 /);
});

test("C10: nothing is offered, or EHLO is unknown", async () => {
  await using server = await serve("C10");
  using talk = await Talk.open(server.smtp.port);
  talk.say("EHLO mail.big-company.com\r\n");
  expect(await talk.line()).toBe("250 old.big-company.com");
  server.select("C10:form=helo");
  using other = await Talk.open(server.smtp.port);
  expect(await other.ask("EHLO mail.big-company.com")).toMatch(/^500 /);
  expect(await other.ask("HELO mail.big-company.com")).toMatch(/^250 /);
});

test("C11: foreign reverse-paths are refused, its own and the null one are not", async () => {
  expect((await answers("C11"))[0]).toMatch(/^550 5\.7\.23/);
  expect((await answers("C11", "bob@big-company.com"))[1]).toMatch(/^250/);
  expect((await answers("C11", ""))[1]).toMatch(/^250/);
});

test("C12: what lands is marked", async () => {
  await using server = await serve("C12:mark=[SPAM]", 0);
  await deliver(server, friend, anna);
  const stored = Buffer.from(server.mailboxes.find("anna")?.messages[0]?.octets ?? []).toString("latin1");
  expect(stored).toMatch(/^X-Spam-Flag: YES\r\nReturn-Path: /);
  expect(stored).toContain("\r\nSubject: [SPAM] delivered\r\n");
});

test("C13: a colleague's message lands at once and then every so often", async () => {
  await using server = await serve("", 0);
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  server.select("C13:seconds=10");
  expect(server.mailboxes.all.map(({ messages }) => messages.length)).toEqual([1, 1]);
  vi.advanceTimersByTime(20_000);
  expect(server.mailboxes.all.map(({ messages }) => messages.length)).toEqual([3, 3]);
  server.select("");
  vi.advanceTimersByTime(20_000);
  expect(server.mailboxes.all.map(({ messages }) => messages.length)).toEqual([3, 3]);
});

test("C16: what was answered with 250 lands later", async () => {
  await using server = await serve("C16:seconds=30", 0);
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  expect(await deliver(server, friend, anna)).toMatch(/^250 /);
  vi.advanceTimersByTime(29_999);
  expect(server.mailboxes.find("anna")?.messages).toHaveLength(0);
  vi.advanceTimersByTime(1);
  expect(server.mailboxes.find("anna")?.messages).toHaveLength(1);
});

test("C19: what lands is also sent on, to the same recipient", async () => {
  await using mx = await sink();
  await using server = await serve(`C19:port=${mx.port}`, 0);
  await deliver(server, friend, anna);
  expect(await mx.has(1)).toMatchObject([{ from: `<${friend}>`, to: `<${anna}>` }]);
  expect(mx.got[0]?.octets).toContain("\nSubject: delivered\n");
  expect(server.mailboxes.find("anna")?.messages).toHaveLength(1);
});

test("C20: a list leads to everybody, a tagged address to its owner", async () => {
  await using server = await serve("C20:list=staff", 0);
  expect(await deliver(server, friend, "staff@big-company.com")).toMatch(/^250/);
  expect(await deliver(server, friend, "Bob+news@big-company.com")).toMatch(/^250/);
  expect(server.mailboxes.all.map(({ messages }) => messages.length)).toEqual([1, 2]);
  expect(await deliver(server, friend, "carol+news@big-company.com")).toMatch(/^550/);
  expect(await deliver(server, friend, "staff@elsewhere.com")).toMatch(/^550/);
});

test("C21: an alias leads to one person", async () => {
  await using server = await serve("C21:alias=sales:to=bob", 0);
  expect(await deliver(server, friend, "sales@big-company.com")).toMatch(/^250/);
  expect(server.mailboxes.find("bob")?.messages).toHaveLength(1);
  expect(await deliver(server, friend, "info@big-company.com")).toMatch(/^550/);
});

test("C22: its own people must log in, others need not", async () => {
  expect((await answers("C22", "bob@big-company.com"))[0]).toMatch(/^530 5\.7\.0/);
  expect((await answers("C22"))[1]).toMatch(/^250/);
});

test("C24: an answer for each recipient, and none to a bounce", async () => {
  await using mx = await sink();
  await using server = await serve(`C24:port=${mx.port}`, 0);
  await deliver(server, "", anna);
  await deliver(server, friend, anna);
  expect(await mx.has(1)).toMatchObject([{ from: "<>", to: `<${friend}>` }]);
  expect(mx.got[0]?.octets).toContain("Auto-Submitted: auto-replied\n");
});
