import { createHash } from "node:crypto";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { expect, test } from "vitest";
import { serve, Talk } from "./talk.ts";

test("A8: CAPA ends the connection, or is never answered", async () => {
  await using server = await serve("A8");
  using talk = await Talk.open(server.pop3.port);
  await expect(talk.ask("CAPA")).rejects.toThrow("the server hung up");
  server.select("A8:form=hang");
  using other = await Talk.open(server.pop3.port);
  other.say("CAPA\r\n");
  expect(await other.isSilent()).toBe(true);
});

test("A9: what is sent ahead is lost, what is not is answered", async () => {
  await using server = await serve("A9");
  using talk = await Talk.login(server.pop3.port);
  expect(await talk.lines("CAPA")).toContain("PIPELINING");
  talk.say("NOOP\r\nSTAT\r\n");
  expect(await talk.line()).toBe("+OK");
  expect(await talk.ask("NOOP")).toBe("+OK");
  expect(await talk.ask("STAT")).toMatch(/^\+OK 5 /);
});

test("A10: locked so often, in each server's words, for right passwords only; one session at a time", async () => {
  await using server = await serve("A10:times=1");
  const words = {
    code: "[IN-USE]",
    busy: "lock busy",
    locked: "already locked",
    intermail: "wait a few minutes",
    plain: "Re-Authentication Failure",
  };
  for (const [form, text] of Object.entries(words)) {
    server.select(`A10:times=1:form=${form}`);
    using talk = await Talk.open(server.pop3.port);
    expect(await talk.pass("anna", "wrong")).toContain("[AUTH]");
    expect(await talk.pass()).toContain(text);
    expect(await talk.pass()).toBe("+OK logged in");
    await expect(Talk.login(server.pop3.port)).rejects.toThrow("[IN-USE]");
    using bob = await Talk.login(server.pop3.port, "bob").catch(() => Talk.login(server.pop3.port, "bob"));
    expect(await bob.ask("STAT")).toMatch(/^\+OK/);
    await talk.quit();
  }
});

test("A12: a login too soon is refused, in a code or in words", async () => {
  let now = 1_000_000;
  await using server = await serve("A12:seconds=720", 1, { now: () => now });
  using talk = await Talk.login(server.pop3.port);
  expect(await talk.lines("CAPA")).toContain("LOGIN-DELAY 720");
  await expect(Talk.login(server.pop3.port)).rejects.toThrow("-ERR [LOGIN-DELAY]");
  now += 719_999;
  await expect(Talk.login(server.pop3.port)).rejects.toThrow("-ERR [LOGIN-DELAY]");
  using bob = await Talk.login(server.pop3.port, "bob");
  now += 1;
  using again = await Talk.login(server.pop3.port);
  server.select("A12:form=text");
  using third = await Talk.login(server.pop3.port, "bob");
  expect(await third.lines("CAPA")).not.toContain("LOGIN-DELAY 720");
  await expect(Talk.login(server.pop3.port, "bob")).rejects.toThrow("Exceeded the login limit");
  for (const one of [bob, again]) expect(await one.ask("NOOP")).toBe("+OK");
});

test("A13: APOP alone works, or is announced and does not", async () => {
  await using server = await serve("A13");
  const digest = (stamp: string): string => createHash("md5").update(`${stamp}secret`).digest("hex");
  for (const [form, apop, pass] of [
    ["only", "+OK logged in", "-ERR unknown command, use APOP"],
    ["broken", "-ERR [AUTH] wrong name or password", "+OK logged in"],
    ["odd", "-ERR [AUTH] wrong name or password", "+OK logged in"],
  ] as const) {
    server.select(`A13:form=${form}`);
    using talk = new Talk(server.pop3.port);
    const greeting = await talk.line();
    expect(greeting.startsWith(form === "odd" ? "+OK <<" : "+OK old")).toBe(true);
    const stamp = /<[^<> ]+@[^<> ]+>/.exec(greeting)?.[0] ?? "";
    expect(await talk.ask(`APOP anna ${digest(stamp)}`)).toBe(apop);
    using other = await Talk.open(server.pop3.port);
    expect(await other.pass()).toBe(pass);
    expect((await other.lines("CAPA")).includes("USER")).toBe(form !== "only");
  }
});

test("A22: QUIT hangs, fails or drops", async () => {
  await using server = await serve("A22");
  using talk = await Talk.login(server.pop3.port);
  talk.say("QUIT\r\n");
  expect(await talk.isSilent()).toBe(true);
  server.select("A22:form=error");
  using other = await Talk.login(server.pop3.port);
  await other.ask("DELE 1");
  expect(await other.ask("QUIT")).toMatch(/^-ERR some deleted/);
  expect(await other.rest()).toBe("");
  expect(server.mailboxes.find("anna")?.messages).toHaveLength(5);
  server.select("A22:form=drop");
  using third = await Talk.login(server.pop3.port);
  await expect(third.ask("QUIT")).rejects.toThrow("the server hung up");
});

test("A26: login and listing take their time", async () => {
  await using server = await serve("A26:login=1:list=1");
  using talk = await Talk.open(server.pop3.port);
  expect(await talk.ask("USER anna")).toBe("+OK");
  talk.say("PASS secret\r\n");
  expect(await talk.isSilent()).toBe(true);
  using quick = await Talk.open(server.pop3.port);
  server.select("A26:login=0:list=1");
  using other = await Talk.login(server.pop3.port);
  expect(await other.ask("STAT")).toMatch(/^\+OK/);
  other.say("UIDL\r\n");
  expect(await other.isSilent()).toBe(true);
  expect(await quick.ask("NOOP")).toBe("-ERR log in first");
});

test("A27: one form of name", async () => {
  await using server = await serve("A27");
  const names = ["anna", "Anna", "anna@big-company.com", "big-company.com\\anna", "anna@elsewhere.com"];
  const taken = async (spec: string): Promise<readonly string[]> => {
    server.select(spec);
    const good: string[] = [];
    for (const name of names) {
      using talk = await Talk.open(server.pop3.port);
      if ((await talk.pass(name)).startsWith("+OK")) good.push(name);
    }
    return good;
  };
  expect(await taken("A27")).toEqual(["anna", "Anna"]);
  expect(await taken("A27:case=exact")).toEqual(["anna"]);
  expect(await taken("A27:form=address")).toEqual(["anna@big-company.com"]);
  expect(await taken("A27:form=domain")).toEqual(["big-company.com\\anna"]);
});

test("A28: STLS with what is wrong, and TLS at once", async () => {
  await using server = await serve("A28");
  const capabilities = async (spec: string): Promise<readonly string[]> => {
    server.select(spec);
    using talk = await Talk.open(server.pop3.port);
    return await talk.lines("CAPA");
  };
  for (const form of ["tls10", "expired", "self-signed", "broken"])
    expect(await capabilities(`A28:form=${form}`)).toContain("STLS");
  expect(await capabilities("A28:form=missing")).not.toContain("STLS");
  server.select("A28:form=broken");
  using broken = await Talk.open(server.pop3.port);
  expect(await broken.ask("STLS")).toBe("+OK begin TLS");
  expect(await broken.line()).toBe("-ERR cannot begin TLS now");

  /** What a client of today and one that takes anything see at an implicit port. */
  const shake = (minVersion: "TLSv1" | "TLSv1.2"): Promise<string> =>
    new Promise((resolve) => {
      const socket = connectTls(
        {
          socket: connect(server.pop3.port, "127.0.0.1"),
          rejectUnauthorized: false,
          minVersion,
          ...(minVersion === "TLSv1" ? { ciphers: "DEFAULT@SECLEVEL=0" } : {}),
        },
        () => {
          const { valid_to: end } = socket.getPeerCertificate();
          resolve(`${socket.getProtocol()} ${new Date(end).getFullYear() > 2026 ? "valid" : "expired"}`);
          socket.destroy();
        },
      );
      socket.on("error", (error) => resolve(error.message));
    });
  server.select("A28:form=tls10:port=implicit");
  expect(await shake("TLSv1.2")).toMatch(/protocol version/);
  expect(await shake("TLSv1")).toBe("TLSv1 valid");
  server.select("A28:form=expired:port=implicit");
  expect(await shake("TLSv1.2")).toBe("TLSv1.3 expired");
  server.select("A28:form=self-signed:port=implicit");
  expect(await shake("TLSv1.2")).toBe("TLSv1.3 valid");
});

test("A29: greetings and status lines are odd, and nothing else is", async () => {
  await using server = await serve("A29");
  const hear = async (form: string, end: string): Promise<string> => {
    server.select(`A29:form=${form}`);
    using talk = new Talk(server.pop3.port);
    let heard = (await talk.until(end)).toString("latin1");
    for (const command of ["USER anna", "PASS secret", "STAT"]) {
      talk.say(`${command}\r\n`);
      heard += (await talk.until("\n")).toString("latin1");
    }
    return heard;
  };
  const rest = /\r\n\+OK\r\n\+OK logged in\r\n\+OK 5 \d+\r\n$/;
  expect(await hear("multi-line", "day\r\n")).toMatch(
    /^\+OK old server ready\r\nWelcome to the old server\r\nhave a nice day\r\n/,
  );
  expect(await hear("bare-lf", "\n")).toMatch(/^\+OK old server ready\n\+OK\n\+OK logged in\n\+OK 5 \d+\n$/);
  expect(await hear("plus", "\n")).toMatch(/^\+ old server ready\r\n\+\r\n\+ logged in\r\n\+ 5 \d+\r\n$/);
  expect(await hear("lower", "\n")).toMatch(/^\+ok old server ready\r\n\+ok\r\n\+ok logged in\r\n\+ok 5 /);
  expect(await hear("no-text", "\n")).toMatch(/^\+OK\r\n\+OK\r\n\+OK\r\n\+OK 5 \d+\r\n$/);
  expect(await hear("octets", "\n")).toMatch(/^\+OK \xe4\xf6\xfc\0\x07 x{2000}\r\n\+OK/);
  expect(await hear("octets", "\n")).toMatch(rest);
  expect(await hear("http", "\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n\r\n\+OK\r\n/);
});
