import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Sessions } from "#login/sessions";
import { StoreUnavailable } from "#mailbox/content";
import type { Listener } from "#net/listener";
import { ImapHouse } from "../../test/imap/house.ts";
import { openImap } from "../../test/imap/open.ts";
import { Talk } from "../../test/imap/talk.ts";

let house: ImapHouse;
const opened: Listener[] = [];

beforeEach(async () => {
  house = await ImapHouse.open();
});
afterEach(async () => {
  for (const listener of opened.splice(0)) await listener.close(100);
  await house[Symbol.asyncDispose]();
});

async function open(...given: Parameters<typeof openImap> extends [unknown, ...infer Rest] ? Rest : never) {
  const listener = await openImap(house, ...given);
  opened.push(listener);
  return listener;
}

async function loggedIn(listener: Listener, command?: string): Promise<Talk> {
  const talk = await Talk.with(listener.port);
  await talk.command("LOGIN anna secret");
  if (command) await talk.command(command);
  return talk;
}

function message(size: number): Buffer {
  const line = "0123456789012345678901234567890123456789012345678901234567890123456789012345\r\n";
  return Buffer.from(`Subject: large\r\n\r\n${line.repeat(Math.ceil(size / line.length))}`);
}

async function* breaking(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("Subject: broken");
  throw new StoreUnavailable("the disk is gone");
}

describe("a connection", () => {
  it("ends with BYE when nothing is said for too long, before the login and after it", async () => {
    const listener = await open({ settings: { loginMilliseconds: 50, idleMilliseconds: 150 } });
    using stranger = await Talk.with(listener.port);
    expect(await stranger.end()).toBe("* BYE Nothing was said for too long.\r\n");
    using user = await loggedIn(listener);
    expect(await user.end()).toBe("* BYE Nothing was said for too long.\r\n");
    using idler = await loggedIn(listener, "SELECT INBOX");
    idler.say("i IDLE\r\n");
    expect(await idler.end()).toContain("* BYE Nothing was said for too long.\r\n");
  });

  it("ends with BYE when the server does, in IDLE too", async () => {
    const listener = await open();
    using one = await loggedIn(listener);
    using other = await loggedIn(listener, "SELECT INBOX");
    other.say("i IDLE\r\n");
    await other.until("+ ");
    await listener.close(1000);
    expect(await one.end()).toBe("* BYE [UNAVAILABLE] The server ends this session. Connect again.\r\n");
    expect(await other.end()).toContain("* BYE [UNAVAILABLE]");
  });

  it("is among the sessions of its mailbox, and ends with them", async () => {
    const sessions = new Sessions();
    const listener = await open({ services: { sessions } });
    using talk = await loggedIn(listener);
    expect(sessions.of(house.annas)).toMatchObject([{ protocol: "imap", peerAddress: "127.0.0.1" }]);
    expect(sessions.endAll(house.annas)).toBe(1);
    expect(await talk.end()).toContain("* BYE");
    while (sessions.count > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  it("hears now and then that a long command goes on", async () => {
    const listener = await open({ settings: { keepAliveMilliseconds: 5 } });
    for (let index = 0; index < 20; index++) await house.deliver(message(200_000));
    using talk = await loggedIn(listener, "SELECT INBOX");
    const answer = await talk.command("SEARCH BODY nothing");
    expect(answer).toMatch(/^(\* OK Still at it\.\r\n)+\* SEARCH\r\nt OK/);
  });
});

describe("large messages", () => {
  it("are appended and fetched octet for octet, without being held in memory", async () => {
    const listener = await open({ settings: { maxMessage: 50_000_000 } });
    const octets = message(5_000_000);
    using talk = await loggedIn(listener, "SELECT INBOX");
    talk.say(`a APPEND INBOX {${octets.length}}\r\n`);
    await talk.until("+ ");
    talk.socket.write(octets);
    talk.say("\r\n");
    expect(await talk.until("a ")).toMatch(/\* 1 EXISTS\r\na OK \[APPENDUID \d+ \d+\]/);
    const fetched = await talk.command("FETCH 1 BODY.PEEK[]");
    const start = fetched.indexOf("\r\n") + 2;
    expect(fetched.slice(0, start)).toBe(`* 1 FETCH (BODY[] {${octets.length}}\r\n`);
    expect(Buffer.from(fetched.slice(start, start + octets.length), "latin1").equals(octets)).toBe(true);
    expect(fetched.slice(start + octets.length)).toBe(")\r\nt OK That is all.\r\n");
    const part = await talk.command("FETCH 1 BODY.PEEK[TEXT]<2000000.30>");
    expect(part).toContain(octets.subarray(18 + 2_000_000, 18 + 2_000_030).toString());
  });

  it("that are cut off leave nothing behind", async () => {
    const listener = await open({ settings: { maxMessage: 5_000_000 } });
    using talk = await loggedIn(listener);
    talk.say("a APPEND INBOX {1000000}\r\n");
    await talk.until("+ ");
    talk.socket.write(message(500_000));
    const spool = join(house.harness.dataDirectory, "spool");
    while ((await readdir(spool)).length === 0) await new Promise((resolve) => setImmediate(resolve));
    talk.socket.destroy();
    while ((await readdir(spool)).length > 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await house.harness.mail.inbox(house.annas))?.messages).toBe(0);
  });

  it("whose octets break off end the connection: what follows would be taken for the message", async () => {
    await house.deliver(message(200_000));
    const store = new Proxy(house.harness.mail, {
      get(mail, name) {
        if (name === "read") return async () => breaking();
        const method: unknown = Reflect.get(mail, name);
        return typeof method === "function" ? method.bind(mail) : method;
      },
    });
    const listener = await open({ services: { store } });
    using talk = await loggedIn(listener, "SELECT INBOX");
    talk.say("a FETCH 1 BODY.PEEK[]\r\nb NOOP\r\n");
    expect(await talk.end()).toMatch(/^\* 1 FETCH \(BODY\[\] \{\d+\}\r\nSubject: broken$/);
  });
});

describe("a client that does not read", () => {
  it("is not written to without end, and gets everything in the end", async () => {
    const listener = await open();
    for (let index = 0; index < 10; index++) await house.deliver(message(1_000_000));
    using slow = await loggedIn(listener, "SELECT INBOX");
    slow.socket.pause();
    slow.say("a FETCH 1:* BODY.PEEK[]\r\n");
    using other = await loggedIn(listener);
    for (let index = 0; index < 20; index++) await other.command("NOOP");
    slow.socket.resume();
    const all = await slow.until("a ");
    expect(all.length).toBeGreaterThan(10_000_000);
    expect(all).toMatch(/a OK That is all\.\r\n$/);
  });
});

describe("a long command", () => {
  it("lets other sessions go on", async () => {
    const listener = await open();
    for (let index = 0; index < 30; index++) await house.deliver(message(250_000));
    using busy = await loggedIn(listener, "SELECT INBOX");
    using other = await loggedIn(listener);
    const searching = busy.command("SEARCH OR TEXT nothing BODY nowhere").then(() => "search");
    let small = 0;
    let first = "";
    while (first === "") {
      first = await Promise.race([searching, other.command("NOOP").then(() => "")]);
      small++;
    }
    expect(first).toBe("search");
    expect(small).toBeGreaterThan(5);
  });
});
