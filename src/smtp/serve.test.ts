import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import type { Listener } from "#net/listener";
import { House } from "../../test/smtp/house.ts";
import { type OpenOptions, openSmtp } from "../../test/smtp/open.ts";
import { Talk } from "../../test/smtp/talk.ts";

const login = Buffer.from("\0anna@big-company.com\0secret").toString("base64");

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
});

async function serve(house: House, options: OpenOptions = {}): Promise<Listener> {
  const listener = await openSmtp(house, options);
  open.push(listener);
  return listener;
}

describe("pipelining", () => {
  test("the replies to many commands come in few segments", async () => {
    const { port } = await serve(new House());
    const socket = connect({ port, host: "127.0.0.1" });
    await once(socket, "data");
    const commands = [
      "EHLO client.example.net",
      "MAIL FROM:<>",
      ...Array.from({ length: 300 }, () => "RCPT TO:<anna@big-company.com>"),
      "QUIT",
    ];
    socket.write(commands.map((command) => `${command}\r\n`).join(""));
    const segments: Buffer[] = [];
    for await (const segment of socket) segments.push(segment as Buffer);
    const replies = Buffer.concat(segments).toString().split("\r\n");
    expect(replies.filter((line) => line === "250 2.1.5 Ok")).toHaveLength(300);
    expect(segments.length).toBeLessThan(10);
    socket.destroy();
  });

  test("a command that is not whole yet keeps no reply waiting", async () => {
    using talk = await Talk.open((await serve(new House())).port);
    await talk.send("NOOP\r\nNO");
    expect(await talk.reply()).toBe("250 2.0.0 Ok");
    await talk.send("OP\r\nBDAT 10\r\n12345");
    expect(await talk.reply()).toBe("250 2.0.0 Ok");
    expect(await talk.say("67890")).toBe("503 5.5.1 Say EHLO first");
  });
});

describe("slow answers", () => {
  test("do not hold back the replies before them", async () => {
    const house = new House();
    const answering = Promise.withResolvers<void>();
    house.answering = answering.promise;
    using talk = await Talk.open((await serve(house)).port);
    await talk.say("EHLO x");
    await talk.send("MAIL FROM:<>\r\nRCPT TO:<slow@big-company.com>\r\nNOOP\r\n");
    expect(await talk.reply()).toBe("250 2.1.0 Ok");
    answering.resolve();
    expect(await talk.reply()).toBe("550 5.1.1 No such mailbox here");
    expect(await talk.reply()).toBe("250 2.0.0 Ok");
  });
});

describe("the sessions in progress", () => {
  const anna = 1 as MailboxId;

  test("have one from its login to its end", async () => {
    const house = new House();
    const { port } = await serve(house, { kind: "submission", clearPasswords: true });
    {
      using talk = await Talk.open(port);
      await talk.say("EHLO x");
      expect(house.sessions.count).toBe(0);
      expect(await talk.say(`AUTH PLAIN ${login}`)).toBe("235 2.7.0 Welcome");
      await talk.say("NOOP");
      expect(house.sessions.of(anna)).toMatchObject([{ protocol: "submission", peerAddress: "127.0.0.1" }]);
      await talk.say("QUIT");
      expect(await talk.reply()).toBe("closed");
    }
    expect(house.sessions.count).toBe(0);
  });

  test("can be ended", async () => {
    const house = new House();
    const { port } = await serve(house, { kind: "submission", clearPasswords: true });
    using talk = await Talk.open(port);
    await talk.say("EHLO x");
    await talk.say(`AUTH PLAIN ${login}`);
    await talk.say("NOOP");
    expect(house.sessions.endAll(anna)).toBe(1);
    expect(await talk.reply()).toMatch(/^421 4\.3\.2 /);
    expect(await talk.reply()).toBe("closed");
  });
});

describe("limits", () => {
  test("a thousand recipients, and no more", async () => {
    const house = new House();
    using talk = await Talk.open((await serve(house)).port);
    await talk.envelope();
    const rcpt = "RCPT TO:<anna@big-company.com>\r\n";
    await talk.send(rcpt.repeat(1001));
    for (let count = 0; count < 1000; count++) expect(await talk.reply()).toBe("250 2.1.5 Ok");
    expect(await talk.reply()).toBe("452 4.5.3 At most 1000 recipients at once");
    await talk.say("DATA");
    expect(await talk.say("A: b\r\n\r\n.")).toMatch(/^250 /);
    expect(house.taken).toHaveLength(1);
  });

  test("ten thousand places that the recipients lead to", async () => {
    using talk = await Talk.open((await serve(new House())).port);
    await talk.envelope(...Array.from({ length: 10 }, () => "crowd@big-company.com"));
    expect(await talk.say("RCPT TO:<anna@big-company.com>")).toMatch(/^452 4\.5\.3 /);
  });

  test.each([
    ["NONSENSE", 20, "500 5.5.1", "Too many errors"],
    ["NOOP", 200, "250 2.0.0", "Too many commands without any mail"],
  ])("%s, %i times", async (command, times, answer, reason) => {
    using talk = await Talk.open((await serve(new House())).port);
    for (let count = 0; count < times; count++) expect(await talk.say(command)).toContain(answer);
    expect(await talk.say(command)).toBe(`421 4.7.0 ${reason}`);
    expect(await talk.reply()).toBe("closed");
  });

  test("asking for a hundred people who are not here", async () => {
    using talk = await Talk.open((await serve(new House())).port);
    await talk.envelope(...Array.from({ length: 100 }, (_, index) => `guess${index}@big-company.com`));
    expect(await talk.say("RCPT TO:<anna@big-company.com>")).toBe("421 4.7.0 Too many unknown recipients");
  });

  test("a client that delivers mail may err now and then", async () => {
    using talk = await Talk.open((await serve(new House())).port);
    await talk.say("EHLO client.example.net");
    for (let message = 0; message < 5; message++) {
      for (let error = 0; error < 10; error++) await talk.say("NONSENSE");
      await talk.envelope("anna@big-company.com");
      await talk.say("DATA");
      expect(await talk.say("A: b\r\n\r\n.")).toMatch(/^250 2\.0\.0 /);
    }
  });

  test("a refused message that does not end ends the connection, and is not stored", async () => {
    const house = new House();
    const { port } = await serve(house);
    const socket = connect({ port, host: "127.0.0.1" });
    let heard = "";
    socket.on("data", (octets) => {
      heard += octets;
    });
    socket.on("error", () => undefined);
    const closed = once(socket, "close");
    socket.write("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<anna@big-company.com>\r\nDATA\r\n");
    const line = Buffer.alloc(64 * 1024, "y");
    while (!heard.includes("552") && socket.writable) {
      if (!socket.write(line)) await Promise.race([once(socket, "drain"), closed]);
    }
    await closed;
    expect(heard).toContain("\r\n552 5.3.4 ");
    expect(house.stage.written).toBeLessThan(house.settings.maxMessage + 1000);
    expect(house.stage.open).toBe(0);
  });

  test("a chunk that is beyond all measure is not waited for", async () => {
    using talk = await Talk.open((await serve(new House())).port);
    await talk.envelope("anna@big-company.com");
    expect(await talk.say("BDAT 1000000000")).toMatch(/^552 5\.3\.4 /);
    expect(await talk.reply()).toBe("closed");
  });
});

describe("the end of a connection", () => {
  test("a client that says nothing hears why it is cut off", async () => {
    const { port } = await serve(new House(), { timeouts: { command: 50, data: 5000 } });
    using talk = await Talk.open(port);
    await talk.send("NOO");
    expect(await talk.reply()).toBe("421 4.4.2 That took too long");
    expect(await talk.reply()).toBe("closed");
  });

  test("so does one that stops in the middle of a message", async () => {
    const house = new House();
    const { port } = await serve(house, { timeouts: { command: 5000, data: 50 } });
    using talk = await Talk.open(port);
    await talk.envelope("anna@big-company.com");
    await talk.say("DATA");
    await talk.send("Subject: Half\r\n\r\n");
    expect(await talk.reply()).toBe("421 4.4.2 That took too long");
    expect(await talk.reply()).toBe("closed");
    expect(house.stage.open).toBe(0);
  });

  test("a message that comes by drips is given up", async () => {
    const house = new House();
    using talk = await Talk.open((await serve(house)).port);
    await talk.envelope("anna@big-company.com");
    await talk.say("DATA");
    await talk.send("Subject: Slow\r\n");
    house.clock += 11 * 60 * 1000;
    await talk.send("X: y\r\n");
    expect(await talk.reply()).toBe("421 4.4.2 That took too long");
  });

  test("shutting down is told to who waits, and lets a message be answered that is being stored", async () => {
    const house = new House();
    const listener = await serve(house);
    using idle = await Talk.open(listener.port);
    using busy = await Talk.open(listener.port);
    await busy.envelope("anna@big-company.com");
    await busy.say("DATA");
    const stored = Promise.withResolvers<void>();
    house.storing = stored.promise;
    await busy.send("A: b\r\n\r\n.\r\n");
    await house.hasBegunToStore;
    const closing = listener.close();
    expect(await idle.reply()).toBe("421 4.3.2 This connection ends here, try again later");
    stored.resolve();
    expect(await busy.reply()).toMatch(/^250 2\.0\.0 /);
    expect(await busy.reply()).toMatch(/^421 4\.3\.2 /);
    await closing;
    expect(house.taken).toHaveLength(1);
  });

  test("one connection too many is told so", async () => {
    const listener = await serve(new House());
    const talks = await Promise.all(Array.from({ length: 20 }, () => Talk.open(listener.port)));
    const socket = connect({ port: listener.port, host: "127.0.0.1" });
    expect(String((await once(socket, "data"))[0])).toMatch(/^421 4\.7\.0 /);
    socket.destroy();
    for (const talk of talks) talk[Symbol.dispose]();
  });
});
