import { expect, test } from "vitest";
import { serve, Talk, uidls } from "./talk.ts";

const honest = ["1 uid-1", "2 uid-2", "3 uid-3", "4 uid-4", "5 uid-5"];

test("without a scenario it behaves", async () => {
  await using server = await serve("");
  using talk = await Talk.login(server.pop3.port);
  expect(await talk.lines("UIDL")).toEqual(honest);
  expect(await talk.ask("UIDL 2")).toBe("+OK 2 uid-2");
  const size = server.mailboxes.find("anna")?.messages[0]?.octets.length ?? 0;
  expect(await talk.ask("STAT")).toBe(`+OK 5 ${5 * size}`);
  expect(await talk.body("TOP 1 1")).toMatch(/\r\nDate: [^\r]+\r\n\r\nHello,\r\n\.\r\n$/);
  expect(await talk.body("RETR 1")).toMatch(/\r\n\.\.a dot first\r\nand an end\.\r\n\.\r\n$/);
  expect(await talk.ask("RETR 6")).toBe("-ERR no such message");
});

test("A1: messages share a UIDL, and only those", async () => {
  await using server = await serve("A1:at=2:count=3");
  expect(await uidls(server)).toEqual(["1 uid-1", "2 uid-2", "3 uid-2", "4 uid-2", "5 uid-5"]);
});

test("A2: one UIDL is empty, or its line is only the number", async () => {
  await using server = await serve("A2:at=3");
  expect(await uidls(server)).toEqual(honest.with(2, "3 "));
  server.select("A2:at=3:form=short");
  expect(await uidls(server)).toEqual(honest.with(2, "3"));
});

test("A3: all UIDLs change once, or with each session", async () => {
  await using server = await serve("A3:after=1");
  expect(await uidls(server)).toEqual(honest);
  const others = honest.map((line) => line.replace("uid", "era1-uid"));
  expect([await uidls(server), await uidls(server)]).toEqual([others, others]);
  await using always = await serve("A3:form=always");
  const [first, second, third] = [await uidls(always), await uidls(always), await uidls(always)];
  expect(new Set([...first, ...second, ...third]).size).toBe(15);
});

test("A4: UIDL is unknown and not named by CAPA, or works though CAPA is unknown", async () => {
  await using server = await serve("A4");
  {
    using talk = await Talk.login(server.pop3.port);
    expect(await talk.lines("UIDL")).toEqual(["-ERR unknown command"]);
    expect(await talk.lines("CAPA")).not.toContain("UIDL");
    expect(await talk.lines("LIST")).toHaveLength(5);
  }
  server.select("A4:form=hidden");
  using talk = await Talk.login(server.pop3.port);
  expect(await talk.lines("CAPA")).toEqual(["-ERR unknown command"]);
  expect(await talk.lines("UIDL")).toEqual(honest);
});

test("A5: spaces, +OK, a gap, a long one and odd octets, together or alone", async () => {
  await using server = await serve("A5");
  using talk = await Talk.login(server.pop3.port);
  const lines = await talk.lines("UIDL");
  expect(lines[0]).toBe("1   uid-1");
  expect(lines[1]).toBe("+OK 2 uid-2");
  expect(lines[2]).toMatch(/^4 uid-3-x{194}$/);
  expect(lines[3]).toBe("5 \xe4\xf6\x81uid-4");
  expect(lines[4]).toBe("6 uid-5");
  expect((await talk.lines("LIST")).map((line) => line.split(" ")[0])).toEqual(["1", "2", "4", "5", "6"]);
  expect(await talk.ask("RETR 3")).toBe("-ERR no such message");
  expect(await talk.body("RETR 6")).toContain("Subject: message 5\r\n");
  server.select("A5:form=gap");
  expect(await uidls(server)).toEqual(["1 uid-1", "2 uid-2", "4 uid-3", "5 uid-4", "6 uid-5"]);
});
