import { describe, expect, test } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import { House } from "../../../test/migration/house.ts";

/** Texts of different messages, "1", "2" … with a header and so many octets of filling. */
function texts(count: number, octets = 0): string[] {
  return Array.from(
    { length: count },
    (_, index) => `Subject: ${index + 1}\r\n\r\n${"x".repeat(octets)}\r\n`,
  );
}

function contentOf(house: House, mailbox: MailboxId, uidl: string) {
  const entry = house.ledger.inbox(mailbox).find((one) => one.uidl === uidl);
  if (!entry) throw new Error(`no ${uidl}`);
  return entry.content;
}

describe("copying", () => {
  test("newest first, big ones last and the smallest of them first", async () => {
    await using house = await House.migrating({ bigMessage: 1000 });
    const [one = "", two = "", three = "", four = "", five = ""] = texts(5);
    const big = (text: string, octets: number): string => text + "y".repeat(octets);
    house.fill("anna", [one, big(two, 5000), three, big(four, 2000), five]);
    await house.untilFollowing(await house.admit("anna"));
    expect(house.old.retrieved).toEqual(["uid-5", "uid-3", "uid-1", "uid-4", "uid-2"]);
  });

  test("large messages go through the stage and are whole", async () => {
    await using house = await House.migrating({ smallMessage: 100 });
    const all = texts(3, 50_000);
    house.fill("anna", all);
    const mailbox = await house.admit("anna");
    await house.untilFollowing(mailbox);
    expect(house.ledger.texts(mailbox)).toEqual(all);
  });

  test("many to a commit, and never more on the way than the limit says", async () => {
    await using house = await House.migrating({ inFlight: 20_000, commitMessages: 10 });
    const all = texts(500, 900);
    house.fill("anna", all);
    const mailbox = await house.admit("anna");
    await house.untilFollowing(mailbox);
    expect(house.ledger.texts(mailbox)).toEqual(all);
    expect(Math.max(...house.ledger.batches)).toBeLessThanOrEqual(10);
    expect(house.ledger.batches.length).toBeLessThan(500);
  });

  test("one bad message does not stop the rest; it is tried again, ever less often", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts(20));
    let refused = 0;
    house.old.fateOf = ({ uidl }) => {
      if (uidl !== "uid-7") return "given";
      refused++;
      return "refused";
    };
    const mailbox = await house.admit("anna");
    await house.until(async () => (await house.ledger.transfer(mailbox))?.messagesHere === 19);
    await house.until(() => house.old.open === 0);
    const transfer = await house.ledger.transfer(mailbox);
    expect(transfer).toMatchObject({ state: "copying", messages: 20 });
    expect(transfer?.reason).toContain("1 messages could not be fetched");
    expect(transfer?.reason).toContain("not today");
    await house.clock.advance(4 * 3_600_000);
    expect(refused).toBeGreaterThan(3);
    expect(refused).toBeLessThan(10);
    house.old.fateOf = () => "given";
    await house.clock.advance(6 * 3_600_000);
    expect(await house.ledger.transfer(mailbox)).toMatchObject({ state: "following", messagesHere: 20 });
  });

  test("nothing instead of a message is never stored as one", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts(3));
    house.old.fateOf = ({ uidl }) => (uidl === "uid-2" ? "empty" : "given");
    const mailbox = await house.admit("anna");
    await house.until(async () => (await house.ledger.transfer(mailbox))?.messagesHere === 2);
    await house.until(() => house.old.open === 0);
    expect(house.ledger.texts(mailbox)[1]).toBeNull();
  });

  test("a message that really is empty is kept", async () => {
    await using house = await House.migrating();
    house.fill("anna", ["", "Subject: 2\r\n\r\n"]);
    const mailbox = await house.admit("anna");
    await house.untilFollowing(mailbox);
    expect(house.ledger.texts(mailbox)).toEqual(["", "Subject: 2\r\n\r\n"]);
  });

  test("the bookkeeping of an old server's mail store is no mail", async () => {
    await using house = await House.migrating();
    const internal =
      "From: Mail System Internal Data <MAILER-DAEMON@old>\r\n" +
      "Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\r\n\r\nThis text is part of the folder.\r\n";
    house.fill("anna", [internal, ...texts(2)]);
    const mailbox = await house.admit("anna");
    await house.untilFollowing(mailbox);
    expect(house.ledger.texts(mailbox)).toEqual(texts(2));
    await house.clock.advance(3_600_000);
    expect(house.ledger.texts(mailbox)).toEqual(texts(2));
  });
});

describe("a connection that breaks", () => {
  test.each(["cut", "drop"] as const)(
    "(%s) leaves no partial message, and nothing is taken twice",
    async (fate) => {
      await using house = await House.migrating();
      const all = texts(30, 3000);
      house.fill("anna", all);
      let breaks = 0;
      house.old.fateOf = ({ uidl }) => (uidl === "uid-11" && ++breaks === 1 ? fate : "given");
      const mailbox = await house.admit("anna");
      await house.until(async () => (await house.ledger.transfer(mailbox))?.state === "waiting");
      expect(house.ledger.texts(mailbox)[10]).toBeNull();
      await house.clock.advance(15_000);
      await house.untilFollowing(mailbox);
      expect(house.ledger.texts(mailbox)).toEqual(all);
      expect(new Set(house.old.retrieved).size).toBe(30);
    },
  );

  test("always at the same message: it comes last, the others are here", async () => {
    await using house = await House.migrating();
    const all = texts(30);
    house.fill("anna", all);
    house.old.fateOf = ({ uidl }) => (uidl === "uid-11" ? "cut" : "given");
    const mailbox = await house.admit("anna");
    await house.clock.advance(60_000);
    expect(await house.ledger.transfer(mailbox)).toMatchObject({ messagesHere: 29, state: "waiting" });
    expect(house.ledger.texts(mailbox).filter((text) => text === null).length).toBe(1);
  });

  test("at every single message once: progress is made all the same", async () => {
    await using house = await House.migrating();
    const all = texts(12);
    house.fill("anna", all);
    const broke = new Set<string>();
    house.old.fateOf = ({ uidl }) => {
      if (broke.has(uidl)) return "given";
      broke.add(uidl);
      return "drop";
    };
    const mailbox = await house.admit("anna");
    await house.clock.advance(3 * 3_600_000);
    expect(house.ledger.texts(mailbox)).toEqual(all);
  });
});

describe("our own trouble", () => {
  test("a full disk: the transfer waits, loses nothing, and goes on by itself", async () => {
    await using house = await House.migrating();
    const all = texts(50);
    house.fill("anna", all);
    const mailbox = await house.admit("anna");
    house.ledger.failing = 3;
    await house.clock.advance(60_000);
    expect(house.ledger.failing).toBe(0);
    await house.untilFollowing(mailbox);
    expect(house.ledger.texts(mailbox)).toEqual(all);
  });

  test("killed at any moment it goes on where it was, and nothing is here twice", async () => {
    for (let kill = 1; kill <= 40; kill += 3) {
      await using house = await House.migrating({ commitMessages: 4 });
      const all = texts(20, 200);
      house.fill("anna", all);
      let given = 0;
      const reached = Promise.withResolvers<void>();
      house.old.fateOf = () => {
        if (++given === kill) reached.resolve();
        return "given";
      };
      const mailbox = await house.admit("anna");
      await Promise.race([reached.promise, house.untilFollowing(mailbox)]);
      await house.restart();
      await house.clock.advance(10_000);
      await house.untilFollowing(mailbox);
      expect(house.ledger.texts(mailbox)).toEqual(all);
      expect(house.old.open).toBe(0);
    }
  });
});

describe("what nobody wants any more", () => {
  test("is not fetched, and does not come back", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts(10));
    const gate = Promise.withResolvers<void>();
    house.old.fateOf = ({ uidl }) => (uidl === "uid-10" ? gate.promise : "given");
    house.old.pipeline = 1;
    const mailbox = await house.admit("anna");
    house.ledger.expunge(mailbox, "uid-3");
    gate.resolve();
    await house.untilFollowing(mailbox);
    for (let sweep = 0; sweep < 10; sweep++) await house.clock.advance(6 * 60_000);
    expect(house.ledger.inbox(mailbox).map(({ uidl }) => uidl)).not.toContain("uid-3");
    expect(house.ledger.inbox(mailbox).length).toBe(10);
  });

  test("a deleted message cannot be read through", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts(5));
    const gate = Promise.withResolvers<void>();
    house.old.fateOf = () => gate.promise;
    const mailbox = await house.admit("anna");
    const content = contentOf(house, mailbox, "uid-1");
    house.ledger.expunge(mailbox, "uid-1");
    gate.resolve();
    await house.untilFollowing(mailbox);
    expect(await house.transfers.bring(mailbox, content)).toMatchObject({ problem: { kind: "expunged" } });
  });
});
