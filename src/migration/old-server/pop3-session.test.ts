import { expect, test } from "vitest";
import { hashOf } from "../../../test/old-server/maildrop.ts";
import { serve } from "../../../test/old-server/scenarios/talk.ts";
import { type ListedMessage, type OldServerSession, OldServerTrouble } from "./old-server.ts";
import { Pop3OldServer } from "./pop3-old-server.ts";

/** Logs in, and in again, on an old server that plays a scenario. */
async function open(scenario: string, messages = 5) {
  const old = await serve(scenario, messages);
  const client = new Pop3OldServer({
    connectMilliseconds: 1000,
    loginMilliseconds: 1000,
    listingMilliseconds: 1000,
    stallMilliseconds: 300,
    pipeline: { least: 256 * 1024, most: 4 * 1024 * 1024 },
    largestMessage: 1024 * 1024,
    isOwnGreeting: () => false,
  });
  const login = async (): Promise<OldServerSession> => {
    const verdict = await client.login(
      {
        protocol: "pop3",
        host: "127.0.0.1",
        port: old.pop3.port,
        implicitTls: false,
        tls: { mode: "none" },
        loginAs: null,
      },
      { address: "anna@big-company.com", password: Buffer.from("secret"), loginName: null },
      AbortSignal.timeout(10_000),
    );
    if (verdict.verdict !== "good") throw new Error(JSON.stringify(verdict));
    return verdict.session;
  };
  const hashes = (old.mailboxes.find("anna")?.messages ?? []).map(({ octets }) => hashOf(octets));
  return { old, login, hashes };
}

/** What came whole, by number, and the trouble of what did not. */
async function fetchAll(session: OldServerSession, messages: readonly ListedMessage[]) {
  const parts = new Map<number, Uint8Array[]>();
  const whole = new Map<number, string>();
  const troubles = new Map<number, string>();
  await session.fetch({
    messages,
    begin: ({ number }) => {
      const chunks: Uint8Array[] = [];
      parts.set(number, chunks);
      return { write: async (chunk) => void chunks.push(Buffer.from(chunk)) };
    },
    end: async ({ number }, trouble) => {
      if (trouble) troubles.set(number, `${trouble.scope} ${trouble.trouble}`);
      else whole.set(number, hashOf(Buffer.concat(parts.get(number) ?? [])));
    },
    mayGoOn: () => true,
  });
  return { whole, troubles };
}

test("a message without an end is not taken together with the next one, and pipelining ends", async () => {
  const { old, login, hashes } = await open("A15:form=no-newline:at=2");
  await using _old = old;
  const first = await login();
  const { whole, troubles } = await fetchAll(first, [...(await first.list())]);
  expect([...whole]).toEqual([[1, hashes[0]]]);
  expect(troubles.get(2)).toBe("connection protocol");
  expect(first.isOpen).toBe(false);

  await using again = await login();
  const rest = [...(await again.list())].filter(({ number }) => number !== 2);
  expect([...(await fetchAll(again, rest)).whole.keys()]).toEqual([1, 3, 4, 5]);
});

test.each([true, false])(
  "a message cut at a dot that was not doubled is not taken for whole, more asked for: %s",
  async (isMoreAsked) => {
    const { old, login } = await open("A15:form=unstuffed:at=1", 2);
    await using _old = old;
    const cut = Buffer.from("Subject: cut\r\n\r\none\r\n.\r\ntwo\r\n");
    old.mailboxes.find("anna")?.messages.splice(0, 1, { uidl: "cut", octets: cut });
    const session = await login();
    const listing = [...(await session.list())];
    const { whole, troubles } = await fetchAll(session, isMoreAsked ? listing : listing.slice(0, 1));
    expect(whole.has(1)).toBe(false);
    expect(troubles.get(1)).toBe("connection protocol");
  },
);

test("fewer octets than stated are no trouble where the dialogue goes on", async () => {
  const { old, login, hashes } = await open("A14:form=triple");
  await using _old = old;
  await using session = await login();
  const listing = [...(await session.list())];
  expect([...(await fetchAll(session, listing)).whole.values()]).toEqual(hashes);
  expect([...(await fetchAll(session, listing.slice(2, 3))).whole.values()]).toEqual(hashes.slice(2, 3));
});

test("an end with LF alone is one where silence and then a status line follow", async () => {
  const { old, login, hashes } = await open("A15:form=dot-lf");
  await using _old = old;
  const first = await login();
  expect((await fetchAll(first, [...(await first.list())])).whole.size).toBe(0);
  await using again = await login();
  const { whole } = await fetchAll(again, [...(await again.list())]);
  expect([...whole.values()]).toEqual(hashes);
  expect(again.isOpen).toBe(true);
});

test("UIDL that was sent ahead and lost costs one stall, and is asked for alone from then on", async () => {
  const { old, login } = await open("A9");
  await using _old = old;
  const first = await login();
  await expect(first.list()).rejects.toThrow(OldServerTrouble);
  await using again = await login();
  const listing = [...(await again.list())];
  expect(listing).toHaveLength(5);
  expect((await fetchAll(again, listing)).whole.size).toBe(5);
});
