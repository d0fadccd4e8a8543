import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Sessions } from "#login/sessions";
import type { ContentId } from "#mailbox/ids";
import { Listener } from "#net/listener";
import { silentLog } from "#observe/log";
import { MemoryMail } from "../../test/pop3/memory-mail.ts";
import { People } from "../../test/pop3/people.ts";
import { type Pop3Settings, servePop3 } from "./serve.ts";

let mail: MemoryMail;
let people: People;
let sessions: Sessions;
let listener: Listener;
const sockets: Socket[] = [];

beforeEach(() => {
  mail = new MemoryMail();
  people = new People();
  sessions = new Sessions();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await listener.close(100);
});

/** A client of a fresh server: what it has heard, whole and in pieces. */
async function client(some: Partial<Pop3Settings> = {}) {
  const services = { login: people, store: mail, remote: mail, sessions, log: silentLog };
  listener = await Listener.open({
    name: "pop3",
    host: "127.0.0.1",
    port: 0,
    implicitTls: null,
    maxConnections: 5,
    maxPerAddress: 5,
    idleMilliseconds: 5000,
    tooMany: "",
    log: silentLog,
    serve: servePop3(
      { ...services, clock: () => 7, newId: () => "s1" },
      {
        hostname: "mail.big-company.com",
        instance: "4f1c",
        allowClearPasswords: true,
        certificate: null,
        idleMilliseconds: 5000,
        patienceMilliseconds: 20,
        ...some,
      },
    ),
  });
  const socket = connect(listener.port, "127.0.0.1");
  sockets.push(socket);
  const heard = { text: "", pieces: 0 };
  socket.on("data", (chunk) => {
    heard.text += chunk.toString("latin1");
    heard.pieces++;
  });
  const until = async (end: string): Promise<string> => {
    while (!heard.text.endsWith(end)) await once(socket, "data");
    return heard.text;
  };
  await until("ready.\r\n");
  return { socket, heard, until };
}

const auth = `AUTH PLAIN ${Buffer.from("\0anna\0secret").toString("base64")}\r\n`;
const message = (uidl: string, text: string, isRemote = false) => ({
  uidl,
  content: Buffer.from(text),
  isRemote,
});

describe("servePop3", () => {
  it("names host and instance in its greeting, and no timestamp that would offer APOP", async () => {
    const { heard } = await client();
    expect(heard.text).toBe("+OK mail.big-company.com Mailferry 4f1c ready.\r\n");
  });

  it("answers pipelined commands in few writes", async () => {
    mail.add(people.annas, message("a", "one\r\n"));
    const { socket, heard, until } = await client();
    const before = heard.pieces;
    socket.write(`${auth}${"RETR 1\r\n".repeat(500)}QUIT\r\n`);
    await until("Bye.\r\n");
    expect(heard.text.match(/^one$/gm)?.length).toBe(500);
    expect(heard.pieces - before).toBeLessThan(20);
  });

  it("does not let a slow command hold back the replies before it", async () => {
    mail.add(people.annas, message("a", "one\r\n"));
    mail.add(people.annas, message("b", "two\r\n", true));
    const slow = Promise.withResolvers<void>();
    const bring = mail.bring.bind(mail);
    mail.bring = async (mailbox, content) => {
      await slow.promise;
      return bring(mailbox, content);
    };
    const { socket, until } = await client();
    socket.write(`${auth}RETR 1\r\nRETR 2\r\n`);
    await until("one\r\n.\r\n");
    slow.resolve();
    await until("two\r\n.\r\n");
  });

  it("cuts the connection when a message breaks off, and never ends it with a dot", async () => {
    mail.add(people.annas, message("a", "one\r\n"));
    mail.read = async () =>
      (async function* () {
        yield Buffer.from("begin\r\n");
        throw new Error("the file cannot be read");
      })();
    const { socket, heard } = await client();
    socket.write(`${auth}RETR 1\r\nNOOP\r\n`);
    await once(socket, "close");
    expect(heard.text).not.toContain(".\r\n+OK");
    expect(heard.text.endsWith("\r\n.\r\n")).toBe(false);
  });

  it("says nothing to who is silent for too long, and hangs up without deleting (RFC 1939 §3)", async () => {
    mail.add(people.annas, message("a", "one\r\n"));
    const { socket, heard, until } = await client({ idleMilliseconds: 40 });
    socket.write(`${auth}DELE 1\r\n`);
    const text = await until("deletes it.\r\n");
    await once(socket, "close");
    expect(heard.text).toBe(text);
    expect(mail.count(people.annas)).toBe(1);
  });

  it("is among the sessions in progress from its login to its end, and can be ended", async () => {
    const { socket, until } = await client();
    expect(sessions.count).toBe(0);
    socket.write(auth);
    await until("Logged in.\r\n");
    expect(sessions.of(people.annas)).toMatchObject([
      { protocol: "pop3", peerAddress: "127.0.0.1", since: 7 },
    ]);
    sessions.endAll(people.annas);
    await once(socket, "close");
    while (listener.connections > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(sessions.count).toBe(0);
  });

  it("is among them once the listing is there, when the login was before it", async () => {
    people.isListing = true;
    const { socket, until } = await client({ patienceMilliseconds: 5000 });
    socket.write(`${auth}STAT\r\n`);
    await until("Logged in.\r\n");
    expect(sessions.count).toBe(0);
    people.listed();
    await until("+OK 0 0\r\n");
    expect(sessions.count).toBe(1);
  });

  it("passes on the password's octets and where they come from", async () => {
    const { socket, until } = await client();
    socket.write(Buffer.from("USER bob\r\nPASS  pa \xa7 \r\n", "latin1"));
    await until("Logged in.\r\n");
    const password = Buffer.from(" pa \xa7 ", "latin1");
    expect(people.attempts).toEqual([{ name: "bob", password, protocol: "pop3", peerAddress: "127.0.0.1" }]);
  });

  it("answers a defect as a temporary failure and goes on", async () => {
    mail.add(people.annas, message("a", "one\r\n"));
    mail.read = (_: ContentId) => Promise.reject(new TypeError("a defect"));
    const { socket, until } = await client();
    socket.write(`${auth}RETR 1\r\n`);
    expect(await until("later.\r\n")).toContain("-ERR [SYS/TEMP]");
    socket.write("NOOP\r\n");
    await until("Done.\r\n");
  });

  it("ends when the server does", async () => {
    const { socket, until } = await client();
    socket.write(auth);
    await until("Logged in.\r\n");
    await Promise.all([listener.close(), once(socket, "close")]);
    expect(sessions.count).toBe(0);
  });
});
