import { afterEach, describe, expect, test } from "vitest";
import * as faults from "../../../test/old-server/faults.ts";
import { hashOf, OldMailboxes, put } from "../../../test/old-server/maildrop.ts";
import { type Pop3Options, type RunningPop3, startPop3 } from "../../../test/old-server/pop3.ts";
import type {
  FetchTrouble,
  ListedMessage,
  OldServerAddress,
  OldServerSession,
  Verdict,
} from "./old-server.ts";
import { Pop3OldServer } from "./pop3-old-server.ts";

const running: RunningPop3[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server[Symbol.asyncDispose]();
});

async function start(options: Partial<Pop3Options> = {}, messages = 3) {
  const mailboxes = options.mailboxes ?? new OldMailboxes();
  const anna = mailboxes.add("anna", "correct horse");
  for (let n = 1; n <= messages; n++) put(anna, `Subject: ${n}\r\n\r\n.dot\r\nbody ${n}\r\n`, `uid-${n}`);
  const server = await startPop3({ mailboxes, ...options });
  running.push(server);
  const address: OldServerAddress = {
    protocol: "pop3",
    host: "127.0.0.1",
    port: server.port,
    implicitTls: false,
    tls: { mode: "none" },
    loginAs: null,
  };
  const client = new Pop3OldServer({
    connectMilliseconds: 1000,
    loginMilliseconds: 400,
    listingMilliseconds: 1000,
    stallMilliseconds: 400,
    pipeline: { least: 256 * 1024, most: 4 * 1024 * 1024 },
    largestMessage: 1024 * 1024,
    isOwnGreeting: (greeting) => greeting.includes("our-own"),
  });
  const login = (password = "correct horse"): Promise<Verdict> =>
    client.login(
      address,
      { address: "anna@big-company.com", password: Buffer.from(password), loginName: null },
      AbortSignal.timeout(10_000),
    );
  return { server, anna, login };
}

async function session(login: () => Promise<Verdict>): Promise<OldServerSession> {
  const verdict = await login();
  if (verdict.verdict !== "good") throw new Error(JSON.stringify(verdict));
  return verdict.session;
}

async function fetchAll(from: OldServerSession, messages: readonly ListedMessage[], stopAfter = 1e9) {
  const got: { number: number; octets: Buffer; trouble: FetchTrouble | null }[] = [];
  const parts = new Map<number, Uint8Array[]>();
  await from.fetch({
    messages,
    begin: ({ number }) => {
      const chunks: Uint8Array[] = [];
      parts.set(number, chunks);
      return { write: async (chunk) => void chunks.push(Buffer.from(chunk)) };
    },
    end: async ({ number }, trouble) => {
      got.push({ number, octets: Buffer.concat(parts.get(number) ?? []), trouble });
    },
    mayGoOn: () => got.length < stopAfter,
  });
  return got;
}

describe("the three answers", () => {
  test("good: both common forms of the name are tried, and the session lists", async () => {
    const { server, login } = await start();
    await using old = await session(() => login());
    expect(old.stat.messages).toBe(3);
    expect(old.loginName).toBe("anna@big-company.com");
    expect([...(await old.list())]).toEqual([
      { number: 1, uidl: "uid-1", size: 28 },
      { number: 2, uidl: "uid-2", size: 28 },
      { number: 3, uidl: "uid-3", size: 28 },
    ]);
    expect(server.seen.goodLogins).toBe(1);
  });

  test("a stated delay between logins is known", async () => {
    const { login } = await start({ loginDelay: 720 });
    await using old = await session(() => login());
    expect(old.loginDelay).toBe(720_000);
  });

  test("bad is only what speaks of the password", async () => {
    const { login } = await start();
    expect(await login("wrong")).toMatchObject({ verdict: "bad" });
  });

  test.each([
    ["a lock", faults.inUse(), "locked"],
    ["a lock in words", faults.inUse(1, "-ERR mailbox is locked by another session"), "locked"],
    [
      "a login delay",
      faults.inUse(1, "-ERR [LOGIN-DELAY] minimum time between mail checks violation"),
      "login-delay",
    ],
    ["a defect", faults.inUse(1, "-ERR [SYS/TEMP] internal error"), "down"],
    ["being turned away", faults.turnedAway(), "turned-away"],
    ["a connection that ends before the greeting", () => ({ do: "drop" }) as const, "turned-away"],
    ["a slow login", faults.slowLogin(2000), "timeout"],
  ] as const)("%s is never a bad password", async (_name, fault, trouble) => {
    const { login } = await start({ fault });
    expect(await login()).toMatchObject({ verdict: "cannot-tell", trouble });
  });

  test("+OK to PASS alone proves nothing", async () => {
    const { login } = await start({ acceptsAnyPassword: true, fault: faults.failsAfterLogin() });
    expect(await login("wrong")).toMatchObject({ verdict: "bad" });
  });

  test("a server that hangs up at CAPA is asked again at once without, and spoken to so from then on", async () => {
    const { server, login } = await start({ fault: faults.capaHangsUp() });
    for (let times = 1; times <= 2; times++) {
      await using old = await session(() => login());
      expect(old.stat.messages).toBe(3);
      expect(server.seen.commands.filter((command) => command.endsWith("CAPA"))).toHaveLength(1);
    }
  });

  test("an old server that is this very server is refused", async () => {
    const { login } = await start({ greeting: "our-own ready" });
    expect(await login()).toMatchObject({
      verdict: "cannot-tell",
      reason: expect.stringContaining("this very server"),
    });
  });
});

describe("fetching", () => {
  test.each([true, false])("octets are the same, pipelining %s", async (pipelining) => {
    const { anna, login } = await start({ pipelining }, 500);
    await using old = await session(() => login());
    const got = await fetchAll(old, [...(await old.list())]);
    expect(got.map((message) => hashOf(message.octets))).toEqual(anna.messages.map((m) => hashOf(m.octets)));
    expect(got.every((message) => message.trouble === null)).toBe(true);
  });

  test("a server that replaces what is not ASCII is asked for UTF8", async () => {
    const { anna, login } = await start({ utf8: true });
    const message = put(anna, "Subject: Gr\xfc\xdfe\r\n\r\n\xe4\r\n");
    await using old = await session(() => login());
    const got = await fetchAll(old, [...(await old.list())]);
    expect(hashOf(got[3]?.octets ?? Buffer.alloc(0))).toBe(hashOf(message.octets));
  });

  test("sizes that lie change nothing", async () => {
    const { anna, login } = await start({ statedSize: (size) => Math.floor(size / 3) });
    await using old = await session(() => login());
    const got = await fetchAll(old, [...(await old.list())]);
    expect(got.map((message) => message.octets.length)).toEqual(anna.messages.map((m) => m.octets.length));
  });

  test("one message that cannot be had leaves the others alone", async () => {
    const { login } = await start({ fault: faults.refuses(2) });
    await using old = await session(() => login());
    const got = await fetchAll(old, [...(await old.list())]);
    expect(got.map((message) => message.trouble?.trouble ?? "whole")).toEqual(["whole", "gone", "whole"]);
    expect(old.isOpen).toBe(true);
  });

  test("a drop inside a message: that one and those asked for after it are not whole", async () => {
    const { login } = await start({ fault: faults.dropInside(2, 10) });
    const old = await session(() => login());
    const got = await fetchAll(old, [...(await old.list())]);
    expect(got.map((message) => message.trouble?.scope ?? "whole")).toEqual([
      "whole",
      "connection",
      "connection",
    ]);
    expect(old.isOpen).toBe(false);
  });

  test("a stall ends pipelining for this server", async () => {
    const stall = faults.stallAfter(1);
    const { server, login } = await start({ fault: stall.fault }, 5);
    const old = await session(() => login());
    const got = await fetchAll(old, [...(await old.list())]);
    expect(got[1]?.trouble).toMatchObject({ scope: "connection", trouble: "timeout" });
    server.options.fault = () => null;
    stall.release();
    server.seen.commands.length = 0;
    await using again = await session(() => login());
    const listing = [...(await again.list())];
    expect((await fetchAll(again, listing)).every((message) => message.trouble === null)).toBe(true);
  });

  test("it stops at a message boundary when asked to, and goes on later", async () => {
    const { login } = await start({}, 1000);
    await using old = await session(() => login());
    const listing = [...(await old.list())];
    const first = await fetchAll(old, listing, 10);
    expect(first.length).toBeLessThan(1000);
    const rest = await fetchAll(old, listing.slice(first.length));
    expect(first.length + rest.length).toBe(1000);
  });

  test("the old server is never changed", async () => {
    const { server, login } = await start();
    {
      await using old = await session(() => login());
      await fetchAll(old, [...(await old.list())]);
    }
    expect(
      server.seen.commands.filter((command) => !/ (CAPA|USER|PASS|STAT|LIST|UIDL|RETR|QUIT)/.test(command)),
    ).toEqual([]);
  });
});
