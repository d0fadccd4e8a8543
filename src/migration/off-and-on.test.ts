import { describe, expect, test } from "vitest";
import { silentLog } from "#observe/log";
import { domain, House, oldAddress } from "../../test/migration/house.ts";
import { beginMigration, destroyLeftKeys } from "./beginning.ts";
import { allTransfers, checkMailboxes } from "./check.ts";
import { endMigration } from "./ending.ts";
import type { OldServer, OldServerAddress, Verdict } from "./old-server/old-server.ts";
import { isCaughtUp, migrationStatus } from "./status.ts";

const texts = ["Subject: 1\r\n\r\n", "Subject: 2\r\n\r\n", "Subject: 3\r\n\r\n"];

/** Migration off, with so many recipients waiting to be piped. */
function off(house: House, giveUp: readonly string[] = [], waiting = 0) {
  const tools = {
    ledger: house.ledger,
    keys: house.keys,
    outbound: { waitingFor: async () => waiting, waitingOf: async () => waiting },
    cutOff: async () => [],
    transfers: house.transfers,
    admissions: house.admissions,
    hashes: { finish: async () => undefined },
    clock: house.clock,
    log: silentLog,
    sweepInterval: house.limits.sweepInterval,
  };
  return endMigration(tools, domain, giveUp);
}

describe("migration off", () => {
  test("ends it when everything is here: no connection, no old password, no key is left", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts);
    const mailbox = await house.admit("anna");
    await house.untilFollowing(mailbox);
    expect(await off(house)).toEqual({ ok: true, value: undefined });
    expect(house.keys.keys.size).toBe(0);
    expect(await house.ledger.sealedPassword(mailbox)).toBeNull();
    expect(await house.ledger.transfer(mailbox)).toMatchObject({ state: "settled" });
    const logins = house.old.logins.length;
    await house.clock.advance(60 * 60_000);
    expect(house.old.logins.length).toBe(logins);
    expect(await house.login("bob")).toEqual({ answer: "not-migrating" });
    expect(await off(house)).toMatchObject({ problem: { kind: "not-found" } });
  });

  test("is refused, with names, while something is still there; a person can be given up by name", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts);
    house.fill("bob", texts);
    house.old.fateOf = ({ uidl }) => (uidl === "uid-2" ? "refused" : "given");
    const [anna, bob] = [await house.admit("anna"), await house.admit("bob")];
    await house.until(async () => (await house.ledger.transfer(bob))?.messagesHere === 2);
    await house.until(() => house.old.open === 0);
    const refused = await off(house);
    expect(refused).toMatchObject({ ok: false, problem: { kind: "in-use" } });
    const text = refused.ok ? "" : refused.problem.text;
    expect(text).toContain("anna@big-company.com has 1 messages on the old server");
    expect(text).toContain("bob@big-company.com has 1 messages on the old server");
    expect(await off(house, [`anna@${domain}`])).toMatchObject({ problem: { kind: "in-use" } });
    expect(await off(house, ["nobody@big-company.com"])).toMatchObject({ problem: { kind: "not-found" } });
    expect(house.keys.keys.size).toBe(1);
    // Refused, it goes on.
    house.old.fateOf = ({ uidl }) =>
      uidl === "uid-2" && house.old.retrieved.length > 5 ? "refused" : "given";
    await house.clock.advance(60 * 60_000);
    expect(house.old.logins.length).toBeGreaterThan(4);
    house.old.fateOf = ({ uidl }) => (uidl === "uid-2" ? "refused" : "given");
    expect(await off(house, [`anna@${domain}`, `bob@${domain}`])).toMatchObject({ ok: true });
    // What was given up has no entry that could never be read.
    expect(house.ledger.texts(anna)).not.toContain(null);
  });

  test("is refused while mail waits to be piped", async () => {
    await using house = await House.migrating();
    expect(await off(house, [], 3)).toMatchObject({ problem: { kind: "in-use" } });
    expect(await off(house)).toMatchObject({ ok: true });
  });

  test("is refused while a sweep is long ago, or a password is missing", async () => {
    await using house = await House.migrating();
    const old = house.fill("anna", texts);
    const mailbox = await house.admit("anna");
    await house.untilFollowing(mailbox);
    house.old.beforeLogin = async () => ({ verdict: "cannot-tell", trouble: "down", reason: "it is down" });
    await house.clock.advance(20 * 60_000);
    expect(await off(house)).toMatchObject({ problem: { text: expect.stringContaining("it is down") } });
    house.old.beforeLogin = async () => null;
    house.mailboxes.add(old.name, "changed");
    await house.clock.advance(20 * 60_000);
    expect(await off(house)).toMatchObject({ problem: { text: expect.stringContaining("needs-password") } });
  });

  test("is refused while somebody is just coming", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts);
    const gate = Promise.withResolvers<void>();
    house.old.beforeListing = () => gate.promise;
    const login = house.login("anna");
    await house.until(() => house.old.open === 1);
    expect(await off(house)).toMatchObject({ problem: { kind: "in-use" } });
    gate.resolve();
    expect(await login).toMatchObject({ answer: "admitted" });
  });
});

describe("check mailboxes and status", () => {
  test("a check brings what has landed, and says per mailbox what it found", async () => {
    await using house = await House.migrating();
    const anna = house.fill("anna", texts);
    const bob = house.fill("bob", texts);
    const ids = [await house.admit("anna"), await house.admit("bob")];
    for (const id of ids) await house.untilFollowing(id);
    anna.messages.push({ uidl: "new", octets: Buffer.from("Subject: new\r\n\r\n") });
    house.mailboxes.add(bob.name, "changed");
    const checks = await checkMailboxes(house, domain);
    const findings = await Promise.all(checks.map((check) => check.findings));
    expect(findings[0]).toMatchObject({ address: `anna@${domain}`, found: 1, listed: 4, problem: null });
    expect(findings[1]).toMatchObject({ address: `bob@${domain}`, found: 0 });
    expect(findings[1]?.problem).toContain("password");
  });

  test("status tells of everybody, and of those who have not come", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts);
    const mailbox = await house.admit("anna");
    await house.untilFollowing(mailbox);
    const missing = async () => [{ address: `carol@${domain}`, messages: 2, lastAccepted: 5 }];
    const names = async () => ({ lookedUp: 7, leads: [], unknown: ["no DNS"] });
    const status = await migrationStatus(
      { ...house, missing, notes: () => [], trouble: () => null, names },
      domain,
    );
    expect(status.transfers).toMatchObject([
      { address: `anna@${domain}`, state: "following", messages: 3, messagesHere: 3, skipped: 0 },
    ]);
    expect(status.transfers[0]?.rate).toBeGreaterThan(0);
    expect(status.missing).toEqual(await missing());
    expect(status.names).toEqual(await names());
    expect((await allTransfers(house.ledger, domain)).length).toBe(1);
    await house.clock.advance(2 * 60_000);
    expect(
      (await migrationStatus({ ...house, missing, notes: () => [], trouble: () => null, names }, domain))
        .transfers[0]?.rate,
    ).toBeNull();
  });

  test("caught up is who was swept since, with nothing remote", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts);
    const mailbox = await house.admit("anna");
    await house.untilFollowing(mailbox);
    const now = house.clock.now();
    expect(await isCaughtUp(house.ledger, mailbox, now)).toBe(true);
    expect(await isCaughtUp(house.ledger, mailbox, now + 1)).toBe(false);
    await house.transfers.check(mailbox);
    await house.clock.advance(6 * 60_000);
    expect(await isCaughtUp(house.ledger, mailbox, now + 1)).toBe(true);
  });
});

describe("migration on", () => {
  const request = { domain, oldServer: oldAddress, message: null };

  function on(
    house: House,
    change: { oldServer?: OldServerAddress; message?: string; server?: OldServer } = {},
  ) {
    const { ledger, keys, clock } = house;
    const { budgets } = house.tools;
    const oldServer = change.server ?? house.old;
    const isOurs = async (host: string) => host === "127.0.0.1";
    const { server: _server, ...asked } = change;
    return beginMigration({ ledger, oldServer, budgets, keys, clock, isOurs }, { ...request, ...asked });
  }

  test("begins it with a key of its own; said again it changes how, and keeps the key", async () => {
    await using house = new House();
    expect(await on(house)).toMatchObject({ ok: true });
    const first = await house.ledger.migration(domain);
    expect(await on(house, { message: "Subject: Hello\n\nWelcome!" })).toMatchObject({ ok: true });
    const second = await house.ledger.migration(domain);
    expect(second).toMatchObject({ sealingKey: first?.sealingKey, startedAt: first?.startedAt });
    expect(second?.message).toContain("Welcome!");
    expect(house.keys.keys.size).toBe(1);
  });

  test.each<[string, Parameters<typeof on>[1], RegExp]>([
    ["an IMAP old server", { oldServer: { ...oldAddress, protocol: "imap" } }, /POP3/],
    ["this very server", { oldServer: { ...oldAddress, host: "127.0.0.1" } }, /is this server/],
    ["a message that cannot be used", { message: "From: nobody at all\n\ntext" }, /line 1/],
  ])("refuses %s", async (_name, change, words) => {
    await using house = new House();
    const outcome = await on(house, change);
    expect(outcome.ok ? "" : outcome.problem.text).toMatch(words);
    expect(await house.ledger.migration(domain)).toBeNull();
    expect(house.keys.keys.size).toBe(0);
  });

  test("taken up again it follows those who had moved, once their next login brings the password", async () => {
    await using house = await House.migrating();
    const old = house.fill("anna", texts);
    const mailbox = await house.admit("anna");
    await house.untilFollowing(mailbox);
    expect(await off(house)).toMatchObject({ ok: true });
    old.messages.push({ uidl: "late", octets: Buffer.from("Subject: late\r\n\r\n") });
    expect(await on(house)).toMatchObject({ ok: true });
    const logins = house.old.logins.length;
    await house.clock.advance(60_000);
    expect(await house.ledger.transfer(mailbox)).toMatchObject({
      state: "needs-password",
      reason: expect.stringContaining("the next login brings it"),
    });
    expect(house.old.logins.length).toBe(logins);

    house.proved.note(mailbox, Buffer.from("secret"));
    await house.untilFollowing(mailbox);
    expect(house.ledger.texts(mailbox).filter((text) => text === "Subject: late\r\n\r\n")).toHaveLength(1);
    expect(house.ledger.texts(mailbox)).toHaveLength(4);
  });

  test("refuses an old server that lets anybody in, and one that cannot be reached", async () => {
    await using house = new House();
    const session = { [Symbol.asyncDispose]: async () => undefined };
    const verdicts: Verdict[] = [
      { verdict: "good", session: session as never },
      { verdict: "cannot-tell", trouble: "tls", reason: "it offers no STLS" },
    ];
    const answers: string[] = [];
    for (const verdict of verdicts) {
      const outcome = await on(house, { server: { login: async () => verdict } });
      answers.push(outcome.ok ? "" : outcome.problem.text);
    }
    expect(answers[0]).toMatch(/random password/);
    expect(answers[1]).toMatch(/no STLS/);
    expect(await house.ledger.migration(domain)).toBeNull();
  });

  test("a key that a crash left behind is destroyed at start, a key in use is not", async () => {
    await using house = new House();
    await on(house);
    await house.keys.create("migration-gone.example");
    await destroyLeftKeys(house, [domain, "gone.example"]);
    expect([...house.keys.keys.keys()]).toEqual([`migration-${domain}`]);
  });
});
