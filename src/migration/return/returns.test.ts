import { describe, expect, onTestFinished, test } from "vitest";
import { failed } from "#mailbox/problem";
import { append, entriesOf, inboxOf, octetsOf, value } from "../../../test/contract/harness.ts";
import { inboxTexts, recipientsOf } from "../../../test/contract/queue-words.ts";
import { domain } from "../../../test/migration/house.ts";
import { anna, ReturnWorld } from "../../../test/migration/return-world.ts";
import { put } from "../../../test/old-server/maildrop.ts";

const minute = 60_000;
const oldTexts = ["Subject: old 1\r\n\r\none\r\n", "Subject: old 2\r\n\r\ntwo\r\n"];

async function moved(texts: readonly string[] = oldTexts): Promise<ReturnWorld> {
  const world = await ReturnWorld.moved(texts);
  onTestFinished(() => world[Symbol.asyncDispose]());
  return world;
}

function subjectsThere({ old }: ReturnWorld): readonly string[] {
  const subjects = old.messages.map(
    ({ octets }) => /^Subject: (.*)\r$/m.exec(Buffer.from(octets).toString())?.[1],
  );
  return subjects.map((subject) => subject ?? "");
}

describe("a way back", () => {
  test("sends what came here, finds it there, and leaves the mailbox here as it is", async () => {
    const world = await moved();
    await world.deliver("new 1");
    await world.deliver("new 2");
    const before = await inboxTexts(world.store, world.mailbox);
    const planned = value(await world.returns.plan(anna, { allFolders: false }));
    expect(planned).toMatchObject({
      route: "big-company.old",
      plan: { goes: { messages: 2 }, goneThere: 0, onOldServer: 2, sentBefore: 0, deletedHere: 0, stays: [] },
    });
    expect(await recipientsOf(world.store)).toEqual([]);
    expect(await world.begin()).toMatchObject({ way: { phase: "sending" }, sent: 0 });
    expect(world.ended).toContain(world.mailbox);
    expect(await world.end()).toMatchObject({
      way: { phase: "proved", reason: null },
      ...{ sent: 2, accepted: 2, queued: 0, same: 2, changed: 0, missing: [], missingInAll: 0 },
    });
    expect(subjectsThere(world)).toEqual(["old 1", "old 2", "new 1", "new 2"]);
    expect(await inboxTexts(world.store, world.mailbox)).toEqual(before);
    // Two were there, two came: nothing else was read, and nothing more is done.
    const read = world.house.old.retrieved.length;
    expect(read).toBe(4);
    await world.returns.goOn(anna);
    expect(world.house.old.retrieved.length).toBe(read);
  });

  test("with nothing to send goes through the mailbox once more, and is over", async () => {
    const world = await moved([]);
    await world.begin();
    expect(await world.end()).toMatchObject({ way: { phase: "proved" }, sent: 0 });
    expect(await recipientsOf(world.store)).toEqual([]);
  });

  test("killed anywhere goes on, and sends nothing twice", async () => {
    const world = await moved();
    for (const subject of ["a", "b", "c"]) await world.deliver(subject);
    await world.begin();
    await world.restart();
    await world.returns.goOn(anna);
    await world.restart();
    await world.returns.goOn(anna);
    expect(await recipientsOf(world.store)).toHaveLength(3);
    await world.pump();
    await world.restart();
    expect(await world.end()).toMatchObject({ sent: 3, same: 3 });
    expect(subjectsThere(world)).toEqual(["old 1", "old 2", "a", "b", "c"]);
    // Asked for again it looks again, and sends nothing.
    await world.begin();
    expect(await world.end()).toMatchObject({ way: { phase: "proved" }, sent: 3 });
    expect(subjectsThere(world)).toHaveLength(5);
  });

  test("names what its owner wrote, threw away or marked as deleted, and sends it when asked to", async () => {
    const world = await moved();
    const { store, mailbox } = world;
    const folders = await store.mail.folders(mailbox);
    for (const name of ["Sent", "Trash", "Archive"]) {
      const folder = folders.find((one) => one.name === name);
      if (folder) await append(store, folder, octetsOf(`in ${name}`));
    }
    await append(store, await inboxOf(store, mailbox), octetsOf("gone"), {
      flags: ["\\Deleted"],
      internalDate: 0,
    });
    await world.begin();
    const report = await world.end();
    expect(subjectsThere(world)).toEqual(["old 1", "old 2", "in Archive"]);
    expect(report.staying.map(({ folder, messageId, why }) => [folder, messageId, why])).toEqual([
      ["Sent", "<in Sent@big-company.com>", "folder"],
      ["Trash", "<in Trash@big-company.com>", "folder"],
      ["INBOX", "<gone@big-company.com>", "deleted"],
    ]);
    await world.begin(true);
    expect(await world.end()).toMatchObject({ sent: 3, same: 3, staying: [{ why: "deleted" }] });
    expect(subjectsThere(world).slice(2)).toEqual(["in Archive", "in Sent", "in Trash"]);
  });

  test("sends what the old server has lost for certain, and nothing that it may only not have shown", async () => {
    const world = await moved();
    const [first, second] = await world.store.ledger.rows(world.mailbox);
    const now = world.house.clock.now();
    await world.store.ledger.missing([first?.id ?? 0], now - 16 * minute);
    await world.store.ledger.missing([second?.id ?? 0], now - 14 * minute);
    world.old.messages.splice(0);
    const { plan } = value(await world.returns.plan(anna, { allFolders: false }));
    expect(plan).toMatchObject({ goes: { messages: 1 }, goneThere: 1, staying: [{ why: "uncertain" }] });
    await world.begin();
    await world.returns.goOn(anna);
    expect(value(await world.returns.show(anna))).toMatchObject({ sent: 1, staying: [{ why: "uncertain" }] });
    // Two minutes later it is as certain of the other one.
    const { way, sent } = await world.end();
    expect([sent, way.phase, way.reason]).toEqual([2, "proved", null]);
    expect(subjectsThere(world)).toEqual(["old 1", "old 2"]);
  });

  test("lists the old maildrop before it trusts it: what has vanished there since the last sweep is sent", async () => {
    const world = await moved([...oldTexts, "Subject: old 3\r\n\r\nthree\r\n"]);
    const [first] = world.old.messages.splice(0, 1);
    const { plan } = value(await world.returns.plan(anna, { allFolders: false }));
    expect(plan).toMatchObject({ goes: { messages: 0 }, onOldServer: 3 });
    await world.begin();
    await world.returns.goOn(anna);
    expect(subjectsThere(world)).toEqual(["old 2", "old 3"]);
    expect(value(await world.returns.show(anna)).way).toMatchObject({ listedThere: { missing: 1 } });
    await world.end();
    expect(subjectsThere(world)).toEqual(["old 2", "old 3", "old 1"]);
    expect(first).toBeDefined();
  });

  test("sends nothing that is back after it was missing, also under other unique-ids", async () => {
    const world = await moved();
    const kept = world.old.messages.splice(0);
    await world.begin();
    await world.returns.goOn(anna);
    world.old.messages.push(...kept.map(({ octets, uidl }) => ({ octets, uidl: `again-${uidl}` })));
    expect(await world.end()).toMatchObject({ sent: 0, staying: [], way: { phase: "proved", reason: null } });
    expect(subjectsThere(world)).toEqual(["old 1", "old 2"]);
  });

  test("looks again at what was uncertain when it is begun once more", async () => {
    const world = await moved();
    world.old.messages.splice(0, 1);
    await world.begin();
    await world.returns.goOn(anna);
    await world.restart();
    await world.house.clock.advance(16 * minute);
    await world.begin();
    expect(await world.end()).toMatchObject({ sent: 1, same: 1, way: { phase: "proved" } });
    expect(subjectsThere(world)).toEqual(["old 2", "old 1"]);
  });

  test("says so where the old maildrop cannot be listed, and sends what came here all the same", async () => {
    const world = await moved();
    await world.deliver("new");
    world.old.password = "another";
    await world.begin();
    await world.returns.goOn(anna);
    expect(value(await world.returns.show(anna))).toMatchObject({
      way: { listedThere: { at: null, isOver: true, problem: expect.stringContaining("password") } },
      sent: 1,
    });
    expect((await world.end()).way.phase).toBe("unproved");
    expect(subjectsThere(world)).toEqual(["old 1", "old 2", "new"]);
  });
});

describe("the proof", () => {
  test("tells what arrived with other octets, and what did without our mark", async () => {
    const world = await moved();
    for (const subject of ["plain", "signed", "stripped"]) await world.deliver(subject);
    await world.begin();
    await world.returns.goOn(anna);
    await world.pump((text) => {
      if (text.includes("Subject: signed")) return text.replace(/\r\n$/, "\r\n-- \r\nScanned.\r\n");
      return text.includes("Subject: stripped") ? text.replace(/^Received:.*\r\n\t.*\r\n/, "") : text;
    });
    expect(await world.end()).toMatchObject({ way: { phase: "proved" }, same: 2, changed: 1 });
  });

  test("names what was accepted there and is not in the maildrop, and finds it when it comes", async () => {
    const world = await moved();
    await world.deliver("lost");
    await world.deliver("found");
    await world.begin();
    await world.returns.goOn(anna);
    let lost = "";
    await world.pump((text) => {
      if (!text.includes("Subject: lost")) return text;
      lost = text;
      return null;
    });
    const report = await world.end();
    expect(report).toMatchObject({
      way: { phase: "unproved", reason: "1 messages are not in the old maildrop" },
      ...{ sent: 2, accepted: 2, same: 1, missingInAll: 1 },
      missing: [{ messageId: "<lost@big-company.com>", why: expect.stringContaining("look into its queue") }],
    });
    expect(report.way.looks).toBe(14);
    put(world.old, lost);
    await world.begin();
    expect(await world.end()).toMatchObject({ way: { phase: "proved" }, sent: 2, same: 2 });
  });

  test("three alike that were sent must be three there", async () => {
    const world = await moved();
    for (let n = 0; n < 3; n++) await world.deliver("alike");
    await world.begin();
    await world.returns.goOn(anna);
    let left = 2;
    await world.pump((text) => (left-- > 0 ? text.replace(/^Received:.*\r\n\t.*\r\n/, "") : null));
    expect(await world.end()).toMatchObject({ way: { phase: "unproved" }, same: 2, missingInAll: 1 });
  });

  test("waits while the old maildrop is locked, and says so where the old password is good no more", async () => {
    const world = await moved();
    await world.deliver("new");
    let locked = 9;
    world.house.old.beforeLogin = async () =>
      locked-- > 0 ? { verdict: "cannot-tell", trouble: "locked", reason: "it is locked" } : null;
    await world.begin();
    expect(await world.end()).toMatchObject({ way: { phase: "proved", listedThere: { problem: null } } });
    expect(locked).toBeLessThan(0);
    world.house.old.beforeLogin = async () => null;
    await world.deliver("more").catch(() => undefined);
    world.old.password = "another";
    value(await world.store.returns.permit(world.mailbox));
    expect(await world.login("another")).toBe("admitted");
    await world.following();
    await world.deliver("more");
    world.old.password = "a third";
    await world.begin();
    expect(await world.end()).toMatchObject({
      way: { phase: "unproved", reason: expect.stringContaining("does not take the password") },
    });
  });

  test("does without unique-ids, and without our marks then", async () => {
    const world = await moved([]);
    world.house.old.withoutUidl = true;
    for (const subject of ["alike", "alike", "late"]) await world.deliver(subject);
    await world.begin();
    await world.returns.goOn(anna);
    const late: string[] = [];
    await world.pump((text) => {
      const plain = text.replace(/^Received:.*\r\n\t.*\r\n/, "");
      if (!text.includes("Subject: late")) return plain;
      late.push(plain);
      return null;
    });
    for (let looks = 0; looks < 3; looks++) {
      await world.house.clock.advance(minute);
      await world.returns.goOn(anna);
    }
    expect(value(await world.returns.show(anna))).toMatchObject({ same: 2, missingInAll: 1 });
    for (const text of late) put(world.old, text);
    expect(await world.end()).toMatchObject({ way: { phase: "proved" }, same: 3 });
  });

  test("reads what others sent there once, however often it looks", async () => {
    const world = await moved();
    await world.deliver("lost");
    await world.begin();
    await world.returns.goOn(anna);
    await world.pump(() => null);
    put(world.old, "Subject: from a colleague\r\n\r\n", "colleague");
    await world.end();
    expect(world.house.old.retrieved.filter((uidl) => uidl === "colleague")).toHaveLength(1);
  });
});

describe("its owner", () => {
  test("is not let in before an administrator says so, and then comes again with nothing doubled", async () => {
    const world = await moved();
    await world.deliver("new");
    await world.begin();
    await world.end();
    put(world.old, "Subject: later\r\n\r\nthere\r\n", "later");
    const logins = world.house.old.logins.length;
    expect(await world.login()).toBe("cannot-tell");
    expect(world.house.old.logins).toHaveLength(logins);
    expect(value(await world.returns.permit(anna))).toBe(false);
    expect(await world.login()).toBe("admitted");
    await world.following();
    const texts = await inboxTexts(world.store, world.mailbox);
    const subjects = texts.map((text) => /^Subject: (.*)\r$/m.exec(text)?.[1]);
    expect(subjects).toEqual(["old 1", "old 2", "Welcome to your new mail server", "new", "later"]);
    const entries = await entriesOf(world.store, await inboxOf(world.store, world.mailbox));
    expect(entries.map(({ uid }) => uid)).toEqual([1, 2, 3, 4, 5]);
    // What came from there meanwhile is not sent there again, nor is what was sent before.
    const { plan } = value(await world.returns.plan(anna, { allFolders: false }));
    expect(plan).toMatchObject({ goes: { messages: 0 }, onOldServer: 3, sentBefore: 1 });
  });
});

test("what cannot be done is refused with what to do", async () => {
  const world = await moved();
  const refused = async (address = anna): Promise<string> => {
    const planned = await world.returns.plan(address, { allFolders: false });
    const begun = await world.returns.begin(address, { allFolders: false });
    expect(begun).toEqual(planned);
    return begun.ok ? "" : begun.problem.text;
  };
  expect(await refused(`bob@${domain}`)).toContain("has not moved here");
  const settings = { domain, passwordHash: null, quota: null };
  value(await world.store.directory.addMailbox({ ...settings, address: `bob@${domain}`, admitted: false }));
  expect(await refused(`bob@${domain}`)).toContain("has not moved here");
  value(await world.store.directory.addMailbox({ ...settings, address: `new@${domain}`, admitted: true }));
  expect(await refused(`new@${domain}`)).toContain("was made here");
  world.isCuttingOver = true;
  expect(await refused()).toContain("undo it first");
  world.isCuttingOver = false;
  world.way = failed("not-permitted", "Mail is not piped.");
  expect(await refused()).toBe("Mail is not piped.");
  for (const one of await world.store.unhashedPasswords.unhashed(domain, 9))
    await world.store.unhashedPasswords.hashed(one, "$argon2id$hash");
  value(await world.store.ledger.endMigration(domain));
  expect(await refused()).toContain("is not migrating");
  expect(await world.returns.permit(anna)).toMatchObject({ problem: { kind: "not-found" } });
  expect(await world.returns.show(anna)).toMatchObject({ problem: { kind: "not-found" } });
});
