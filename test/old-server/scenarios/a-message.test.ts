import { expect, test } from "vitest";
import { serve, Talk, uidls } from "./talk.ts";

test("A15: wrong ends of one message; the others are right", async () => {
  const wrong = { "dot-lf": "end.\r\n.\n", lf: "end.\n.\n", "no-newline": "end..\r\n" };
  for (const [form, end] of Object.entries(wrong)) {
    await using server = await serve(`A15:at=2:form=${form}`);
    using talk = await Talk.login(server.pop3.port);
    expect(await talk.body("RETR 1")).toMatch(/\r\n\.\.a dot first\r\nand an end\.\r\n\.\r\n$/);
    talk.say("RETR 2\r\n");
    expect((await talk.until(end)).toString("latin1")).toContain("Subject: message 2");
    // Nothing comes after it.
    expect(await talk.ask("NOOP")).toBe("+OK");
  }
  await using server = await serve("A15:form=unstuffed");
  using talk = await Talk.login(server.pop3.port);
  expect(await talk.body("RETR 1")).toMatch(/\r\n\.a dot first\r\nand an end\.\r\n\.\r\n$/);
});

test("A16: one line of ten million octets", async () => {
  await using server = await serve("A16", 1);
  using talk = await Talk.login(server.pop3.port);
  const message = await talk.body("RETR 2");
  const line = message.slice(message.indexOf("\r\n\r\n") + 4, -5);
  expect(line).toHaveLength(10_000_000);
  expect(line.indexOf("\n")).toBe(-1);
});

test("A17: TOP is refused, halved, whole, doubled or deletes; RETR is right", async () => {
  await using server = await serve("A17");
  const top = async (spec: string): Promise<string> => {
    server.select(spec);
    using talk = await Talk.login(server.pop3.port);
    expect(await talk.body("RETR 1")).toMatch(/and an end\.\r\n\.\r\n$/);
    return await talk.body("TOP 1 0");
  };
  const right = await top("A17:at=2");
  expect(right).toMatch(/\r\nDate: [^\r]+\r\n\r\n\.\r\n$/);
  expect(await top("A17:at=1")).toBe("-ERR TOP is not implemented");
  expect((await top("A17:form=truncated")).length).toBeLessThan(right.length / 2 + 10);
  expect(await top("A17:form=full")).toMatch(/and an end\.\r\n\.\r\n$/);
  {
    server.select("A17:form=twice");
    using talk = await Talk.login(server.pop3.port);
    expect(await talk.body("TOP 1 0")).toBe(right);
    expect(await talk.line()).toBe("+OK");
    expect((await talk.until("\r\n.\r\n")).toString("latin1")).toBe(right);
  }
  await top("A17:form=deletes:at=1");
  expect((await uidls(server))[0]).toBe("1 uid-2");
});

test("A18: what was retrieved is deleted at QUIT, or hidden and kept", async () => {
  for (const [form, kept] of [
    ["deletes", 3],
    ["hides", 5],
  ] as const) {
    await using server = await serve(`A18:form=${form}`);
    const talk = await Talk.login(server.pop3.port);
    await talk.body("RETR 1");
    await talk.body("RETR 3");
    await talk.quit();
    expect(await uidls(server)).toEqual(["1 uid-2", "2 uid-4", "3 uid-5"]);
    expect(server.mailboxes.find("anna")?.messages).toHaveLength(kept);
    expect(server.mailboxes.find("bob")?.messages).toHaveLength(5);
  }
});

test("A20: the connection ends after so many octets of one message, so often", async () => {
  await using server = await serve("A20:at=2:octets=50:times=1");
  {
    using talk = await Talk.login(server.pop3.port);
    await talk.body("RETR 1");
    expect(await talk.ask("RETR 2")).toMatch(/^\+OK \d+ octets$/);
    const whole = server.mailboxes.find("anna")?.messages[1]?.octets ?? Buffer.alloc(0);
    const part = Buffer.from(whole.subarray(0, 50)).toString("latin1");
    expect(part.startsWith(await talk.rest())).toBe(true);
  }
  using talk = await Talk.login(server.pop3.port);
  expect(await talk.body("RETR 2")).toMatch(/and an end\.\r\n\.\r\n$/);
});

test("A21: one message is refused or empty, so often", async () => {
  await using server = await serve("A21:at=2:times=1");
  using talk = await Talk.login(server.pop3.port);
  expect(await talk.lines("UIDL")).toHaveLength(5);
  expect(await talk.ask("RETR 2")).toBe("-ERR no such message");
  expect(await talk.body("RETR 1")).toContain("message 1");
  expect(await talk.body("RETR 2")).toContain("message 2");
  server.select("A21:at=2:form=empty");
  using other = await Talk.login(server.pop3.port);
  expect(await other.body("RETR 2")).toBe(".\r\n");
  expect(await other.body("RETR 2")).toBe(".\r\n");
});

test("A23: the mail store's bookkeeping is the first message", async () => {
  await using server = await serve("A23", 2);
  using talk = await Talk.login(server.pop3.port);
  expect(await talk.lines("UIDL")).toEqual(["1 internal-data", "2 uid-1", "3 uid-2"]);
  expect(await talk.body("RETR 1")).toContain(
    "Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\r\n",
  );
});

test("A25: RETR adds fields, LIST does not count them", async () => {
  await using server = await serve("A25", 1);
  using talk = await Talk.login(server.pop3.port);
  const size = server.mailboxes.find("anna")?.messages[0]?.octets.length ?? 0;
  expect(await talk.lines("LIST")).toEqual([`1 ${size}`]);
  const message = await talk.body("RETR 1");
  expect(message).toMatch(/^Return-Path: <friend@example\.net>\r\nX-UIDL: uid-1\r\nReceived: /);
  expect(message).toContain("\r\nStatus: RO\r\n\r\nHello,");
});
