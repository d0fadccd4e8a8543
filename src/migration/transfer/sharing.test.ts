import { describe, expect, test } from "vitest";
import { House } from "../../../test/migration/house.ts";
import { put } from "../../../test/old-server/maildrop.ts";

/** Messages of one person; nobody else has the same. */
function texts(name: string, count: number, octets = 0): string[] {
  return Array.from(
    { length: count },
    (_, index) => `To: ${name}\r\nSubject: ${index + 1}\r\n\r\n${"x".repeat(octets)}\r\n`,
  );
}

describe("many mailboxes share one old server", () => {
  test("never more connections than it has to bear, and everybody gets through", async () => {
    await using house = await House.migrating({ connections: 4 });
    const names = Array.from({ length: 30 }, (_, index) => `person${index}`);
    for (const name of names) house.fill(name, texts(name, 20));
    const answers = await Promise.all(names.map((name) => house.login(name)));
    expect(answers.map(({ answer }) => answer)).toEqual(names.map(() => "admitted"));
    await house.clock.advance(120_000);
    for (const answer of answers) {
      if (answer.answer === "admitted") await house.untilFollowing(answer.mailbox);
    }
    expect(house.old.mostOpen).toBeLessThanOrEqual(4);
  });

  test("a first login and a reader get in while copiers hold all their places", async () => {
    await using house = await House.migrating({ connections: 4 });
    for (const name of ["anna", "bob", "carol", "dave", "erin"]) house.fill(name, texts(name, 300));
    const gate = Promise.withResolvers<void>();
    house.old.fateOf = () => gate.promise;
    house.old.pipeline = 1;
    for (const name of ["anna", "bob"]) await house.admit(name);
    const carol = await house.admit("carol");
    await house.clock.advance(20_000);
    // Two copy; Carol's session has gone after a while, and another person gets in.
    expect(house.old.open).toBe(2);
    await house.admit("dave");
    house.old.fateOf = () => "given";
    const [entry] = house.ledger.inbox(carol);
    const answer = entry && (await house.transfers.bring(carol, entry.content));
    expect(answer).toMatchObject({ ok: true });
    gate.resolve();
  });

  test("little mail is copied in the session that logged in, however many come at once", async () => {
    await using house = await House.migrating({ connections: 16 });
    const names = Array.from({ length: 40 }, (_, index) => `person${index}`);
    for (const name of names) house.fill(name, texts(name, 20));
    house.old.pipeline = 1;
    // Each message takes its time.
    house.old.fateOf = () => house.clock.wait(20);
    const answers = Promise.all(names.map((name) => house.login(name)));
    await house.clock.advance(60_000);
    for (const answer of await answers) expect(answer).toMatchObject({ answer: "admitted" });
    for (const name of names)
      expect(house.old.logins.filter((login) => login.startsWith(`${name}@`))).toHaveLength(1);
  });

  test("little mail on a server that gives none leaves room for whoever comes, and for whoever reads", async () => {
    await using house = await House.migrating({ connections: 16 });
    const names = Array.from({ length: 30 }, (_, index) => `person${index}`);
    for (const name of names) house.fill(name, texts(name, 20));
    const gate = Promise.withResolvers<void>();
    house.old.fateOf = () => gate.promise;
    house.old.pipeline = 1;
    const answers = Promise.all(names.map((name) => house.login(name)));
    await house.clock.advance(40_000);
    for (const answer of await answers) expect(answer).toMatchObject({ answer: "admitted" });
    expect(house.old.open).toBe(14);
    house.old.fateOf = () => "given";
    const last = (await answers).at(-1);
    if (last?.answer !== "admitted") throw new Error("not admitted");
    const [entry] = house.ledger.inbox(last.mailbox);
    expect(entry && (await house.transfers.bring(last.mailbox, entry.content))).toMatchObject({ ok: true });
    gate.resolve();
  });

  test("a long copy gives way to the others after its slice, and goes on when it is its turn", async () => {
    await using house = await House.migrating({ connections: 2, slice: 10_000 });
    house.fill("anna", texts("anna", 100, 100));
    house.fill("bob", texts("bob", 100, 100));
    house.old.pipeline = 1;
    // Each message takes a second.
    house.old.fateOf = () => house.clock.wait(1000);
    const anna = await house.admit("anna");
    const bob = await house.admit("bob");
    await house.clock.advance(100_000);
    const here = async () =>
      await Promise.all(
        [anna, bob].map(async (one) => (await house.ledger.transfer(one))?.messagesHere ?? 0),
      );
    const [first = 0, second = 0] = await here();
    expect(Math.min(first, second)).toBeGreaterThan(20);
    await house.clock.advance(300_000);
    expect(await here()).toEqual([100, 100]);
  });

  test("new mail of those who are over comes although others copy for hours", async () => {
    await using house = await House.migrating({ connections: 2, slice: 10_000 });
    const old = house.fill("anna", texts("anna", 3));
    const anna = await house.admit("anna");
    await house.untilFollowing(anna);
    house.fill("bob", texts("bob", 5000));
    house.old.pipeline = 1;
    house.old.fateOf = ({ uidl }) => (uidl === "late" ? "given" : house.clock.wait(1000));
    await house.admit("bob");
    put(old, "Subject: late\r\n\r\n", "late");
    await house.clock.advance(6 * 60_000);
    expect(house.ledger.texts(anna)).toContain("Subject: late\r\n\r\n");
  });

  test("an old maildrop is not kept locked for hours", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts("anna", 3000));
    house.old.pipeline = 1;
    house.old.fateOf = () => house.clock.wait(1000);
    const anna = await house.admit("anna");
    await house.clock.advance(11 * 60_000);
    expect(house.old.logins.length).toBeGreaterThan(1);
    expect((await house.ledger.transfer(anna))?.messagesHere).toBeGreaterThan(600);
  });

  test("what was written down is enough: a new process goes on with everybody", async () => {
    await using house = await House.migrating();
    const names = ["anna", "bob", "carol"];
    for (const name of names) house.fill(name, texts(name, 50));
    house.old.pipeline = 1;
    house.old.fateOf = () => house.clock.wait(1000);
    const mailboxes = await Promise.all(names.map((name) => house.admit(name)));
    await house.clock.advance(10_000);
    await house.restart();
    house.old.fateOf = () => "given";
    await house.clock.advance(60_000);
    for (const [index, mailbox] of mailboxes.entries()) {
      expect(house.ledger.texts(mailbox)).toEqual(texts(names[index] ?? "", 50));
    }
  });
});
