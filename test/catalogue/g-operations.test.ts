/** Group G of the failure catalogue: what an administrator has to live with. */
import { describe, expect, test } from "vitest";
import type { MailboxView } from "#http/mailboxes";
import { checkMailboxes } from "#migration/check";
import { settle } from "../jobs/manual-clock.ts";
import { House, domain as houseDomain } from "../migration/house.ts";
import { put } from "../old-server/maildrop.ts";
import { letter } from "../programs/letter.ts";
import { Doors, patient } from "./doors.ts";
import { contents, domain, Move, minutes } from "./move.ts";
import { patience } from "./quick.ts";

Object.assign(patience, patient);

const seconds = 1000;
const text = (name: string, n: number): string => `To: ${name}\r\nSubject: ${n}\r\n\r\n`;

interface Report {
  readonly mailboxes: readonly { readonly messages: readonly { readonly uniqueId: string }[] }[];
}

describe("G4: a quota below the old size keeps no old mail away, and no new mail", () => {
  test("all of it comes, and mail from outside is taken", async () => {
    await using doors = await Doors.open("", { messages: 50 });
    const { move } = doors;
    await move.command.post("/mailboxes", { address: `anna@${domain}`, quota: 2000 });
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    expect(await move.hashes()).toEqual(contents(move));
    const mailbox = await move.command.get<MailboxView>(`/mailboxes/anna@${domain}`);
    expect(mailbox.quota).toBe(2000);
    expect(mailbox.octets).toBeGreaterThan(5000);
    using stranger = await doors.stranger();
    const { recipients, data } = await stranger.send(
      "friend@example.net",
      [`anna@${domain}`],
      letter("anna", "new mail"),
    );
    expect([recipients[0]?.code, data?.code]).toEqual([250, 250]);
    expect(await move.hashes()).toHaveLength(51);
  });
});

describe("G5: many bad messages stop no good ones", () => {
  test("100 bad of 1,000: 900 are here, 100 are listed by name", async () => {
    await using move = await Move.start("G5:every=10", { messages: 1000 });
    expect(await move.tryLogin()).toBe("+OK");
    await move.until(({ messagesHere }) => messagesHere === 900, 18_000);
    const bad = move.anna.messages.filter((_, index) => (index + 1) % 10 === 0).map(({ uidl }) => uidl);
    const left = move.ledger().filter(({ state }) => state !== "copied");
    expect(left.map(({ uidl }) => uidl)).toEqual(bad);
    await expect
      .poll(() => move.ledger().filter(({ reason }) => /cannot open message/.test(reason ?? "")).length)
      .toBe(100);
    const report = await move.command.get<Report>(`/migrations/${domain}/report?format=json`);
    for (const uidl of bad) expect(JSON.stringify(report)).toContain(`"${uidl}"`);
  });
});

describe("G6: a failure that may pass is tried again, and is never taken for good", () => {
  test("three temporary ones", async () => {
    await using move = await Move.start("G6:times=3");
    expect(await move.tryLogin()).toBe("+OK");
    for (let sweep = 0; sweep < 4; sweep++) {
      move.pass(60 * minutes);
      await move.check();
    }
    await move.copied();
    expect(await move.hashes()).toEqual(contents(move));
  });
});

describe("G9: a huge mailbox keeps nobody waiting", () => {
  test("a first login's INBOX is begun within 60 seconds while eight people copy for hours", async () => {
    await using house = await House.migrating({ connections: 10 });
    house.old.pipeline = 1;
    house.old.fateOf = ({ uidl }) => (uidl.startsWith("new") ? "given" : house.clock.wait(1 * seconds));
    for (let n = 1; n <= 8; n++) {
      house.fill(
        `big${n}`,
        Array.from({ length: 2000 }, (_, m) => text(`big${n}`, m)),
      );
      await house.admit(`big${n}`);
    }
    await house.clock.advance(5 * minutes);
    const small = house.mailboxes.add(`small@${houseDomain}`, "secret");
    for (let n = 1; n <= 20; n++) put(small, text("small", n), `new-${n}`);
    const mailbox = await house.admit("small");
    await house.clock.advance(60 * seconds);
    expect(house.ledger.texts(mailbox).filter((one) => one !== null).length).toBeGreaterThan(0);
    expect(house.old.mostOpen).toBeLessThanOrEqual(10);
  });
});

describe("G10: a storm of first logins stays within the old server's limits", () => {
  test("500 in ten minutes: each within 2 seconds, and never more connections than configured", async () => {
    await using house = await House.migrating({ connections: 8 });
    const people = Array.from({ length: 500 }, (_, n) => `person${n}`);
    for (const name of people)
      house.fill(
        name,
        [1, 2, 3].map((n) => text(name, n)),
      );
    // The old server needs a tenth of a second for a login, as for each message.
    house.old.beforeLogin = async () => {
      await house.clock.wait(100);
      return null;
    };
    house.old.fateOf = () => house.clock.wait(100);
    const took: number[] = [];
    const logins: Promise<void>[] = [];
    for (const name of people) {
      const began = house.clock.now();
      logins.push(
        house.login(name).then(({ answer }) => {
          expect(answer).toBe("admitted");
          took.push(house.clock.now() - began);
        }),
      );
      await house.clock.advance((10 * minutes) / people.length);
    }
    await house.clock.advance(20 * minutes);
    await Promise.all(logins);
    took.sort((a, b) => a - b);
    expect(took).toHaveLength(500);
    expect(took[Math.floor(0.95 * took.length)]).toBeLessThanOrEqual(2 * seconds);
    expect(house.old.mostOpen).toBeLessThanOrEqual(8);
  });
});

describe("G18: the old server dies in the middle", () => {
  test("mail for who has not come waits for days, logins are put off, who has come notices nothing", async () => {
    await using doors = await Doors.open("");
    const { move } = doors;
    move.old.mailboxes.add("carol", "secret");
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    // It is known there that Carol exists, and she has mail.
    using stranger = await doors.stranger();
    const send = async (to: string, subject: string): Promise<number | undefined> =>
      (await stranger.send("friend@example.net", [`${to}@${domain}`], letter(to, subject))).data?.code;
    expect(await send("carol", "while it lived")).toBe(250);
    await expect.poll(async () => (await doors.queue()).length, { timeout: 10_000 }).toBe(0);
    move.old.select("G18:retrieved=0");
    await move.old.smtp[Symbol.asyncDispose]();
    expect(await send("carol", "after its death")).toBe(250);
    await expect
      .poll(async () => (await doors.queue())[0]?.attempts ?? 0, { timeout: 10_000 })
      .toBeGreaterThan(0);
    for (let day = 0; day < 4; day++) {
      move.pass(24 * 60 * minutes);
      await settle();
      expect(await doors.queue()).toMatchObject([{ to: `carol@${domain}` }]);
    }
    expect(await move.tryLogin("carol")).toMatch(/^-ERR \[SYS\/TEMP\]/);
    expect(await send("anna", "to who is here")).toBe(250);
    expect(await move.hashes()).toHaveLength(6);
    // The administrator takes her in without it.
    await move.command.post("/mailboxes", {
      address: `carol@${domain}`,
      password: "given by hand",
      isNew: true,
    });
    expect(await move.tryLogin("carol", "given by hand")).toBe("+OK");
  });
});

describe("G19: sweeps of one mailbox never overlap, and a slow one stretches the interval", () => {
  test("ten checks at once, and the timer, during a slow listing", async () => {
    await using house = await House.migrating();
    const old = house.fill(
      "anna",
      [1, 2, 3].map((n) => text("anna", n)),
    );
    const mailbox = await house.admit("anna");
    await house.untilFollowing(mailbox);
    await house.clock.advance(10 * seconds);
    // One session at a time would hide it: this server allows many.
    house.old.exclusive = false;
    house.old.mostOpen = 0;
    house.old.beforeListing = () => house.clock.wait(12 * minutes);
    put(old, text("anna", 4), "late");
    const before = house.old.logins.length;
    const checks = Array.from({ length: 10 }, () => checkMailboxes(house, houseDomain));
    await house.clock.advance(30 * minutes);
    await Promise.all((await Promise.all(checks)).flat().map(({ findings }) => findings));
    expect(house.old.mostOpen).toBe(1);
    // Ten checks are one sweep, and the timer adds its own.
    expect(house.old.logins.length - before).toBeLessThan(6);
    expect(house.ledger.texts(mailbox).filter((one) => one === text("anna", 4))).toHaveLength(1);
  });

  test("the interval begins when a sweep has ended", async () => {
    await using house = await House.migrating();
    const old = house.fill("anna", [text("anna", 1)]);
    await house.untilFollowing(await house.admit("anna"));
    const begun: number[] = [];
    const ended: number[] = [];
    house.old.beforeListing = async () => {
      begun.push(house.clock.now());
      await house.clock.wait(12 * minutes);
      ended.push(house.clock.now());
      put(old, text("anna", begun.length + 1));
    };
    put(old, text("anna", 2), "late");
    await house.clock.advance(90 * minutes);
    house.old.beforeListing = async () => undefined;
    await house.clock.advance(15 * minutes);
    expect(begun.length).toBeGreaterThan(3);
    const pauses = begun.slice(1).map((at, index) => at - (ended[index] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThan(4 * minutes);
  });
});

describe("G21: another account or server behind the same name stops that mailbox", () => {
  test("an account that is empty from now on takes nothing away", async () => {
    await using move = await Move.start("G21:after=1:form=empty", { afterBob: true });
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    const before = await move.hashes();
    for (let sweep = 0; sweep < 3; sweep++) {
      move.pass(30 * minutes);
      await move.check();
    }
    expect(await move.hashes()).toEqual(before);
  });

  test("another account's messages are not taken; nothing that is here goes; resuming accepts them", async () => {
    await using move = await Move.start("G21:after=1", { afterBob: true });
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    const known = contents(move);
    const before = await move.uidls();
    move.pass(30 * minutes);
    expect((await move.check()).problem).toMatch(/none of the 5 messages.*5 others.*migration resume anna@/);
    const { state, reason } = await move.transfer();
    expect([state, reason]).toEqual(["paused", expect.stringContaining("answers to its name")]);
    expect(move.log).toMatch(/"level":40.*another account seems to answer/);
    expect(await move.hashes()).toEqual(known);
    expect(await move.uidls()).toEqual(before);
    // Its own again: nothing was lost by it.
    move.old.select("");
    await move.resume();
    await move.copied();
    expect(await move.check()).toMatchObject({ found: 0, problem: null });
    move.old.select("G21:after=0");
    expect((await move.check()).problem).toMatch(/answers to its name/);
    await move.resume();
    await move.copied();
    expect(await move.hashes()).toHaveLength(10);
    expect(await move.check()).toMatchObject({ found: 0, problem: null });
  });

  test("where the server says otherwise of itself, two messages are enough", async () => {
    await using move = await Move.start("G21:after=1:count=1", {
      afterBob: true,
      messages: 2,
      pop3: { greeting: "ready <12.3@a>" },
    });
    expect(await move.tryLogin()).toBe("+OK");
    await move.copied();
    move.old.pop3.options.greeting = "quite another one <17.4@b>";
    expect((await move.check()).problem).toMatch(/greets as "quite another one.*not as "ready/);
    expect(await move.hashes()).toEqual(contents(move));
  });
});
