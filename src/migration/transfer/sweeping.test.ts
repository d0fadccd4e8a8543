import { describe, expect, test } from "vitest";
import { makeMark } from "#mail/loop-mark";
import { domain, House, markKey } from "../../../test/migration/house.ts";
import { put } from "../../../test/old-server/maildrop.ts";

const minute = 60_000;

function texts(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `Subject: ${index + 1}\r\n\r\nbody ${index + 1}\r\n`);
}

/** A person with so many messages who is over already. */
async function followed(count = 3) {
  const house = await House.migrating();
  const old = house.fill("anna", texts(count));
  const mailbox = await house.admit("anna");
  await house.untilFollowing(mailbox);
  return { house, old, mailbox };
}

describe("sweeps", () => {
  test("bring what has landed on the old server, in its order, with its unique-ids", async () => {
    const { house, old, mailbox } = await followed();
    await using _house = house;
    put(old, "Subject: new 1\r\n\r\n", "new-1");
    put(old, "Subject: new 2\r\n\r\n", "new-2");
    await house.clock.advance(6 * minute);
    expect(house.ledger.inbox(mailbox).map(({ uidl }) => uidl)).toEqual([
      ...["uid-1", "uid-2", "uid-3", "welcome", "new-1", "new-2"],
    ]);
    expect(await house.ledger.transfer(mailbox)).toMatchObject({ state: "following", messages: 5 });
  });

  test("ask STAT only while nothing changes, and list now and then anyway", async () => {
    const { house } = await followed();
    await using _house = house;
    let listings = 0;
    house.old.beforeListing = async () => void listings++;
    const logins = house.old.logins.length;
    await house.clock.advance(50 * minute);
    expect(listings).toBe(0);
    expect(house.old.logins.length - logins).toBeGreaterThan(8);
    await house.clock.advance(20 * minute);
    expect(listings).toBe(1);
  });

  test("never bring back what was deleted here, and take nothing away that was deleted there", async () => {
    const { house, old, mailbox } = await followed();
    await using _house = house;
    house.ledger.expunge(mailbox, "uid-2");
    old.messages.shift();
    for (let sweep = 0; sweep < 10; sweep++) {
      put(old, `Subject: sweep ${sweep}\r\n\r\n`, `sweep-${sweep}`);
      await house.clock.advance(6 * minute);
    }
    const uidls = house.ledger.inbox(mailbox).map(({ uidl }) => uidl);
    expect(uidls.slice(0, 3)).toEqual(["uid-1", "uid-3", "welcome"]);
    expect(uidls.length).toBe(13);
    expect(house.old.retrieved.length).toBe(13);
  });

  test("leave out the bookkeeping of an old server's mail store, and remember it", async () => {
    const { house, old, mailbox } = await followed(1);
    await using _house = house;
    const internal =
      "From: Mail System Internal Data <MAILER-DAEMON@old>\r\n" +
      "Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\r\n\r\nThis text is part of the folder.\r\n";
    put(old, internal, "internal");
    for (let sweep = 0; sweep < 3; sweep++) await house.clock.advance(90 * minute);
    expect(house.ledger.inbox(mailbox)).toHaveLength(2);
    expect(house.old.retrieved).toHaveLength(2);
    expect((await house.ledger.rows(mailbox)).at(-1)).toMatchObject({
      uidl: "internal",
      state: "skipped",
      reason: "internal data of the old server",
    });
  });

  test("do not store again what the queue delivered here, by its mark", async () => {
    const { house, old, mailbox } = await followed(0);
    await using _house = house;
    const marked = `Received: by mx.${domain} id ${makeMark(markKey, "q1")};\r\n\tdate\r\nSubject: piped\r\n\r\n`;
    expect(house.ledger.deliver(mailbox, marked, "q1")).toBe(true);
    put(old, marked, "piped");
    await house.clock.advance(6 * minute);
    expect(house.ledger.inbox(mailbox).length).toBe(2);
    // The other way round: the sweep was first, and the queue's retry adds nothing.
    put(old, marked.replace(makeMark(markKey, "q1"), makeMark(markKey, "q2")), "piped-2");
    await house.clock.advance(6 * minute);
    expect(house.ledger.inbox(mailbox).length).toBe(3);
    expect(house.ledger.deliver(mailbox, marked, "q2")).toBe(false);
    // A forged mark is none.
    put(old, marked.replace(makeMark(markKey, "q1"), `q1.${"0".repeat(32)}`), "forged");
    await house.clock.advance(6 * minute);
    expect(house.ledger.inbox(mailbox).length).toBe(4);
  });

  test("mail listed at the first login that the queue delivered as well is here once", async () => {
    await using house = await House.migrating();
    const marked = `Received: by mx.${domain} id ${makeMark(markKey, "q1")};\r\n\tdate\r\nSubject: piped\r\n\r\n`;
    house.fill("anna", [...texts(2), marked]);
    const gate = Promise.withResolvers<void>();
    house.old.fateOf = () => gate.promise;
    const mailbox = await house.admit("anna");
    expect(house.ledger.deliver(mailbox, marked, "q1")).toBe(true);
    gate.resolve();
    await house.untilFollowing(mailbox);
    expect(house.ledger.texts(mailbox).filter((text) => text === marked).length).toBe(1);
  });

  test("come soon after mail was piped to the old server", async () => {
    const { house, old, mailbox } = await followed();
    await using _house = house;
    put(old, "Subject: piped\r\n\r\n", "piped");
    await house.transfers.piped(mailbox);
    await house.clock.advance(10_000);
    expect(house.ledger.texts(mailbox).length).toBe(4);
  });

  test("leave the old server alone as long as it wants", async () => {
    const { house } = await followed();
    await using _house = house;
    house.old.loginDelay = 20 * minute;
    await house.clock.advance(6 * minute);
    const logins = house.old.logins.length;
    await house.clock.advance(18 * minute);
    expect(house.old.logins.length).toBe(logins);
    await house.clock.advance(3 * minute);
    expect(house.old.logins.length).toBe(logins + 1);
  });

  test("wait ever longer while the maildrop is locked", async () => {
    const { house, mailbox } = await followed();
    await using _house = house;
    let asked = 0;
    house.old.beforeLogin = async () => {
      asked++;
      return { verdict: "cannot-tell", trouble: "locked", reason: "the maildrop is locked" };
    };
    await house.clock.advance(6 * minute);
    expect(await house.ledger.transfer(mailbox)).toMatchObject({
      state: "waiting",
      reason: "the maildrop is locked",
    });
    await house.clock.advance(120 * minute);
    expect(asked).toBeLessThan(30);
    house.old.beforeLogin = async () => null;
    await house.clock.advance(16 * minute);
    expect(await house.ledger.transfer(mailbox)).toMatchObject({ state: "following", reason: null });
  });
});

describe("what is gone before it was copied", () => {
  /** Nothing can be fetched for now. */
  async function stuck() {
    const house = await House.migrating();
    const old = house.fill("anna", texts(5));
    house.old.fateOf = ({ uidl }) => (uidl === "uid-2" ? "refused" : "given");
    const mailbox = await house.admit("anna");
    await house.until(async () => (await house.ledger.transfer(mailbox))?.messagesHere === 4);
    await house.until(() => house.old.open === 0);
    return { house, old, mailbox };
  }

  test("is given up after listings fifteen minutes apart, and reported", async () => {
    const { house, old, mailbox } = await stuck();
    await using _house = house;
    old.messages.splice(1, 1);
    await house.clock.advance(14 * minute);
    expect(house.ledger.inbox(mailbox).map(({ uidl }) => uidl)).toContain("uid-2");
    expect((await house.ledger.transfer(mailbox))?.reason).toContain("gone from the old server's listing");
    await house.clock.advance(15 * minute);
    expect(house.ledger.inbox(mailbox).map(({ uidl }) => uidl)).not.toContain("uid-2");
    expect(await house.ledger.transfer(mailbox)).toMatchObject({ state: "following", messages: 4 });
    expect(await house.transfers.skipped(mailbox)).toBe(1);
  });

  test("is not, when the maildrop was only away for a while", async () => {
    const { house, old, mailbox } = await stuck();
    await using _house = house;
    const all = old.messages.splice(0);
    await house.clock.advance(12 * minute);
    old.messages.push(...all);
    house.old.fateOf = () => "given";
    await house.clock.advance(60 * minute);
    expect(house.ledger.texts(mailbox)).toEqual(texts(5));
    expect(await house.ledger.transfer(mailbox)).toMatchObject({ state: "following", messagesHere: 5 });
  });
});

describe("changed passwords", () => {
  async function changed() {
    const { house, old, mailbox } = await followed();
    house.mailboxes.add(old.name, "new secret").messages.push(...old.messages);
    await house.clock.advance(6 * minute);
    return { house, mailbox };
  }

  test("the transfer says so, and backs off", async () => {
    const { house, mailbox } = await changed();
    await using _house = house;
    expect(await house.ledger.transfer(mailbox)).toMatchObject({ state: "needs-password" });
    await house.clock.advance(3 * 60 * minute);
    expect(house.old.badLogins).toBeLessThan(8);
  });

  test("the next good login here is tried there once, and the move goes on", async () => {
    const { house, mailbox } = await changed();
    await using _house = house;
    const bad = house.old.badLogins;
    for (let again = 0; again < 5; again++) {
      house.admissions.provedHere(mailbox, Buffer.from("something else"));
      await house.until(() => house.old.badLogins === bad + 1);
    }
    house.admissions.provedHere(mailbox, Buffer.from("new secret"));
    await house.untilFollowing(mailbox);
    await house.clock.advance(6 * minute);
    expect(await house.ledger.transfer(mailbox)).toMatchObject({ state: "following" });
    expect(house.old.badLogins).toBe(bad + 1);
  });
});

describe("strange servers", () => {
  test("unique-ids that change overnight add nothing", async () => {
    const { house, old, mailbox } = await followed(10);
    await using _house = house;
    const kept = old.messages.splice(0);
    for (const [index, { octets }] of kept.entries()) put(old, octets, `night-${index}`);
    put(old, "Subject: new\r\n\r\n", "new");
    for (let sweep = 0; sweep < 5; sweep++) await house.clock.advance(6 * minute);
    expect(house.ledger.texts(mailbox)).toEqual([...texts(10), "Subject: new\r\n\r\n"]);
    expect(house.old.retrieved.length).toBe(10 + 11);
  });

  test("without any unique-ids everything is moved, and sweeps add only what is new", async () => {
    await using house = await House.migrating();
    house.old.withoutUidl = true;
    const old = house.fill("anna", ["Subject: same\r\n\r\n", "Subject: same\r\n\r\n", ...texts(3)]);
    const mailbox = await house.admit("anna");
    await house.untilFollowing(mailbox);
    old.messages.shift();
    put(old, "Subject: new one\r\n\r\n");
    for (let sweep = 0; sweep < 5; sweep++) await house.clock.advance(6 * minute);
    expect(house.ledger.texts(mailbox).length).toBe(6);
    expect(house.ledger.texts(mailbox)).toContain("Subject: new one\r\n\r\n");
  });

  test("two names for one maildrop are stopped, and told of", async () => {
    await using house = await House.migrating();
    const anna = house.fill("anna", texts(12));
    const alias = house.mailboxes.add(`a.smith@${domain}`, "secret");
    alias.messages.push(...anna.messages);
    const first = await house.admit("anna");
    await house.untilFollowing(first);
    const second = await house.admit("a.smith");
    await house.until(async () => (await house.ledger.transfer(second))?.state === "paused");
    await house.until(async () => (await house.ledger.transfer(first))?.state === "paused");
    expect((await house.ledger.transfer(first))?.reason).toContain(`a.smith@${domain}`);
    expect((await house.ledger.transfer(second))?.reason).toContain(`anna@${domain}`);
  });

  test("mailboxes that only look alike are not", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts(12));
    house.fill(
      "bob",
      texts(12).map((text) => text.replace("body", "ydob")),
    );
    const anna = await house.admit("anna");
    await house.untilFollowing(anna);
    await house.untilFollowing(await house.admit("bob"));
    expect(await house.ledger.transfer(anna)).toMatchObject({ state: "following" });
  });
});
