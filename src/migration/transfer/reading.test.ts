import { describe, expect, test } from "vitest";
import type { ContentId, MailboxId } from "#mailbox/ids";
import { settle } from "../../../test/jobs/manual-clock.ts";
import { House } from "../../../test/migration/house.ts";

function texts(count: number, octets = 0): string[] {
  return Array.from(
    { length: count },
    (_, index) => `Subject: ${index + 1}\r\n\r\n${"x".repeat(octets)}\r\n`,
  );
}

function contentOf(house: House, mailbox: MailboxId, uidl: string): ContentId {
  const entry = house.ledger.inbox(mailbox).find((one) => one.uidl === uidl);
  if (!entry) throw new Error(`no ${uidl}`);
  return entry.content;
}

/** Holds every message back from the k-th on, until released. */
function stallAfter(house: House, k: number): () => void {
  const gate = Promise.withResolvers<void>();
  let asked = 0;
  house.old.fateOf = () => (++asked > k ? gate.promise : "given");
  return gate.resolve;
}

describe("reading what is not copied yet", () => {
  test("goes ahead of a thousand that wait, over the same connection", async () => {
    await using house = await House.migrating();
    house.old.pipeline = 10_000;
    house.fill("anna", texts(1001, 900));
    const release = stallAfter(house, 5);
    const mailbox = await house.admit("anna");
    await house.until(() => house.old.retrieved.length === 5);
    expect(house.ledger.inbox(mailbox).length).toBe(1002);
    const oldest = contentOf(house, mailbox, "uid-1");
    const brought = house.transfers.bring(mailbox, oldest);
    const again = house.transfers.bring(mailbox, oldest);
    await settle();
    release();
    const bb = await brought;
    if (!bb.ok) console.log(bb);
    expect(bb).toEqual({ ok: true, value: undefined });
    expect(await again).toEqual({ ok: true, value: undefined });
    expect(house.ledger.contents.has(oldest)).toBe(true);
    // What was asked for before it: a pipeline's worth, not a thousand.
    expect(house.old.retrieved.indexOf("uid-1")).toBeLessThan(25);
    await house.untilFollowing(mailbox);
    expect(house.old.logins.length).toBe(1);
  });

  test("a thousand who wait for different messages are all served, in their order", async () => {
    await using house = await House.migrating();
    const all = texts(1000);
    house.fill("anna", all);
    house.old.pipeline = 100;
    const release = stallAfter(house, 3);
    const mailbox = await house.admit("anna");
    const wanted = all.map((_, index) => contentOf(house, mailbox, `uid-${index + 1}`));
    const answers = wanted.map((content) => house.transfers.bring(mailbox, content));
    await settle();
    release();
    expect((await Promise.all(answers)).every(({ ok }) => ok)).toBe(true);
    expect(house.old.mostOpen).toBe(1);
    const order = house.old.retrieved.map((uidl) => Number(uidl.slice(4)));
    const later = order.filter((number) => number < 700);
    expect(later).toEqual([...later].sort((a, b) => a - b));
  });

  test("when the old server stalls for good, the readers are told, and a new connection goes on", async () => {
    await using house = await House.migrating();
    const all = texts(20);
    house.fill("anna", all);
    house.old.pipeline = 1;
    stallAfter(house, 3);
    const mailbox = await house.admit("anna");
    await house.until(() => house.old.retrieved.length === 3);
    const answer = house.transfers.bring(mailbox, contentOf(house, mailbox, "uid-1"));
    await house.clock.advance(29_000);
    house.old.fateOf = () => "given";
    await house.clock.advance(3000);
    expect(await answer).toMatchObject({ problem: { kind: "temporary" } });
    await house.clock.advance(20_000);
    await house.untilFollowing(mailbox);
    expect(house.ledger.texts(mailbox)).toEqual(all);
    expect(house.old.mostOpen).toBe(1);
  });

  test("what has just come is answered at once, whatever the copier is waiting for", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts(20));
    house.old.pipeline = 1;
    stallAfter(house, 3);
    const mailbox = await house.admit("anna");
    await house.until(async () => (await house.ledger.transfer(mailbox))?.messagesHere === 3);
    const answer = await house.transfers.bring(mailbox, contentOf(house, mailbox, "uid-20"));
    expect(answer).toMatchObject({ ok: true });
    const gone = contentOf(house, mailbox, "uid-2");
    house.ledger.expunge(mailbox, "uid-2");
    const deleted = house.transfers.bring(mailbox, gone);
    await house.clock.advance(46_000);
    expect(await deleted).toMatchObject({ ok: false });
  });

  test("nobody waits for ever", async () => {
    await using house = await House.migrating({ stall: 1e9 });
    house.fill("anna", texts(20));
    stallAfter(house, 3);
    const mailbox = await house.admit("anna");
    await house.until(() => house.old.retrieved.length === 3);
    const answer = house.transfers.bring(mailbox, contentOf(house, mailbox, "uid-1"));
    await house.clock.advance(45_000);
    expect(await answer).toMatchObject({ problem: { kind: "temporary" } });
  });

  test("of a message that the old server refuses that one alone is temporary", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts(20));
    house.old.pipeline = 1;
    const gate = Promise.withResolvers<void>();
    house.old.fateOf = ({ uidl }) =>
      uidl === "uid-4" ? "refused" : uidl === "uid-20" ? gate.promise : "given";
    const mailbox = await house.admit("anna");
    const [bad, good] = ["uid-4", "uid-5"].map((uidl) =>
      house.transfers.bring(mailbox, contentOf(house, mailbox, uidl)),
    );
    await settle();
    gate.resolve();
    expect(await bad).toMatchObject({ problem: { kind: "temporary" } });
    expect(await good).toMatchObject({ ok: true });
    // Once it is put off, who asks again makes us try again at once.
    await house.until(() => house.old.open === 0);
    house.old.fateOf = () => "given";
    const again = await house.transfers.bring(mailbox, contentOf(house, mailbox, "uid-4"));
    expect(again).toMatchObject({ ok: true });
  });

  test("without a connection one is opened for it, and kept for the next", async () => {
    await using house = await House.migrating({ connections: 2 });
    house.fill("anna", texts(10));
    house.fill("bob", texts(10));
    house.old.pipeline = 1;
    stallAfter(house, 0);
    const bob = await house.admit("bob");
    // The one copier's place is taken: Anna's session lingers and goes.
    const anna = await house.admit("anna");
    await house.clock.advance(11_000);
    expect(house.old.open).toBe(1);
    house.old.fateOf = () => "given";
    const first = await house.transfers.bring(anna, contentOf(house, anna, "uid-1"));
    const second = await house.transfers.bring(anna, contentOf(house, anna, "uid-2"));
    expect([first.ok, second.ok]).toEqual([true, true]);
    expect(house.old.logins.filter((name) => name.startsWith("anna")).length).toBe(2);
    expect(house.ledger.texts(anna).filter((text) => text !== null).length).toBe(2);
    expect(bob).not.toBe(anna);
  });

  test("an old server in trouble is not asked by every reader", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts(10));
    house.old.fateOf = () => "drop";
    const mailbox = await house.admit("anna");
    let asked = 0;
    house.old.beforeLogin = async () => {
      asked++;
      return { verdict: "cannot-tell", trouble: "down", reason: "it is down" };
    };
    await house.until(() => house.old.open === 0);
    await settle();
    for (let reader = 0; reader < 50; reader++) {
      const answer = await house.transfers.bring(mailbox, contentOf(house, mailbox, "uid-1"));
      expect(answer).toMatchObject({ problem: { kind: "temporary" } });
    }
    expect(asked).toBeLessThan(3);
  });

  test("a paused transfer copies nothing, and what somebody opens is read all the same", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts(10));
    house.old.fateOf = () => "drop";
    const mailbox = await house.admit("anna");
    await house.until(async () => (await house.ledger.transfer(mailbox))?.state === "waiting");
    await house.ledger.setTransfer(mailbox, { state: "paused", reason: null, nextTry: 0, failures: 0 });
    house.old.fateOf = () => "given";
    await house.clock.advance(60_000);
    expect(house.ledger.texts(mailbox).every((text) => text === null)).toBe(true);
    const answer = await house.transfers.bring(mailbox, contentOf(house, mailbox, "uid-1"));
    expect(answer).toMatchObject({ ok: true });
    await house.clock.advance(60_000);
    expect(await house.ledger.transfer(mailbox)).toMatchObject({ state: "paused", messagesHere: 1 });
  });
});
