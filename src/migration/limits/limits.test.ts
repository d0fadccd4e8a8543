/** Limits while mail is copied: the old server gives no more than it should, and nobody waits who need not. */
import { describe, expect, test } from "vitest";
import { value } from "../../../test/contract/harness.ts";
import { domain, House, oldAddress } from "../../../test/migration/house.ts";
import { put } from "../../../test/old-server/maildrop.ts";
import { migrationStatus } from "../status.ts";
import { changeLimits } from "./limiting.ts";
import type { MigrationLimits } from "./migration-limits.ts";

const hour = 3_600_000;
// The clock of a house begins on Tuesday, 2030-01-01, at midnight (UTC).
const nights = "22:00-06:00";

function texts(name: string, count: number, octets: number): string[] {
  return Array.from(
    { length: count },
    (_, n) => `To: ${name}\r\nSubject: ${n + 1}\r\n\r\n${"x".repeat(octets)}\r\n`,
  );
}

async function limit(house: House, limits: Partial<MigrationLimits>): Promise<void> {
  const { ledger, inForce, clock } = house;
  value(await changeLimits({ ledger, inForce, clock }, domain, limits));
}

const statusOf = async (house: House) =>
  await migrationStatus(
    {
      ...house,
      missing: async () => [],
      notes: () => [],
      trouble: () => null,
      names: async () => ({ lookedUp: 0, leads: [], unknown: [] }),
    },
    domain,
  );

describe("bandwidth", () => {
  test("copying of several mailboxes together keeps to it, and everything comes", async () => {
    await using house = await House.migrating();
    await limit(house, { bandwidth: 100_000 });
    for (const name of ["anna", "bob", "carol"]) house.fill(name, texts(name, 100, 10_000));
    let given = 0;
    house.old.fateOf = ({ octets }) => {
      given += octets.length;
      return "given";
    };
    const mailboxes = await Promise.all(["anna", "bob", "carol"].map((name) => house.admit(name)));
    await house.clock.advance(10_000);
    // Ten seconds' worth, one burst, and one message of each that was under way.
    expect(given).toBeLessThan(1_150_000);
    expect(given).toBeGreaterThan(800_000);
    await house.clock.advance(40_000);
    for (const mailbox of mailboxes) {
      expect(await house.ledger.transfer(mailbox)).toMatchObject({ state: "following", messagesHere: 100 });
    }
    expect(house.old.logins.length).toBeLessThan(10);
  });

  test("what somebody opens comes at once, though copying has much to wait for", async () => {
    await using house = await House.migrating();
    await limit(house, { bandwidth: 10_000 });
    house.fill("anna", [...texts("anna", 20, 10), ...texts("anna", 5, 500_000)]);
    const anna = await house.admit("anna");
    await house.clock.advance(10_000);
    const before = house.clock.now();
    const entry = house.ledger.inbox(anna)[20];
    const asked = entry && house.transfers.bring(anna, entry.content);
    await house.until(() => house.old.retrieved.includes("uid-21"));
    expect(await asked).toMatchObject({ ok: true });
    expect(house.clock.now()).toBe(before);
  });

  test("a large message is not stuck, and does not make us log in again and again", async () => {
    await using house = await House.migrating();
    await limit(house, { bandwidth: 10_000 });
    house.fill("anna", texts("anna", 3, 3_000_000));
    const anna = await house.admit("anna");
    await house.clock.advance(hour);
    expect(await house.ledger.transfer(anna)).toMatchObject({ state: "following", messagesHere: 3 });
    expect(house.old.logins.length).toBeLessThan(25);
  });

  test("new mail is swept while copying waits", async () => {
    await using house = await House.migrating();
    const bobs = house.fill("bob", texts("bob", 1, 10));
    const bob = await house.admit("bob");
    await house.untilFollowing(bob);
    await limit(house, { bandwidth: 10_000 });
    house.fill("anna", texts("anna", 5, 5_000_000));
    await house.admit("anna");
    await house.clock.advance(10_000);
    put(bobs, "Subject: late\r\n\r\n", "late");
    await house.clock.advance(6 * 60_000);
    expect(house.ledger.texts(bob)).toContain("Subject: late\r\n\r\n");
  });

  test("lifted, it holds no more for who copies just now", async () => {
    await using house = await House.migrating();
    await limit(house, { bandwidth: 10_000 });
    house.fill("anna", texts("anna", 300, 10_000));
    const anna = await house.admit("anna");
    await house.clock.advance(5000);
    expect((await house.ledger.transfer(anna))?.messagesHere).toBeLessThan(10);
    await limit(house, { bandwidth: null });
    await house.clock.advance(3000);
    expect(await house.ledger.transfer(anna)).toMatchObject({ state: "following", messagesHere: 300 });
  });
});

describe("copy hours", () => {
  test("by day nothing is copied but what somebody opens; at its hour it goes on by itself", async () => {
    await using house = await House.migrating();
    await limit(house, { copyHours: nights });
    await house.clock.advance(12 * hour);
    house.fill("anna", texts("anna", 30, 1000));
    const anna = await house.admit("anna");
    await house.clock.advance(60_000);
    expect(house.old.retrieved).toEqual([]);
    const entry = house.ledger.inbox(anna)[4];
    const asked = entry && house.transfers.bring(anna, entry.content);
    await house.clock.advance(1000);
    expect(await asked).toMatchObject({ ok: true });
    expect(house.old.retrieved).toEqual(["uid-5"]);
    await house.clock.advance(hour);
    expect((await statusOf(house)).transfers).toMatchObject([
      { state: "copying", reason: "waits for 22:00", messagesHere: 1, stalledSince: null },
    ]);
    await house.clock.advance(8.5 * hour);
    expect(house.old.retrieved).toHaveLength(1);
    await house.clock.advance(0.5 * hour);
    expect(await house.ledger.transfer(anna)).toMatchObject({
      state: "following",
      reason: null,
      messagesHere: 30,
    });
  });

  test("new mail comes at any hour, for those who are over and for those who wait", async () => {
    await using house = await House.migrating();
    await house.clock.advance(12 * hour);
    const bobs = house.fill("bob", texts("bob", 3, 10));
    const bob = await house.admit("bob");
    await house.untilFollowing(bob);
    await limit(house, { copyHours: nights });
    const annas = house.fill("anna", texts("anna", 3, 10));
    const anna = await house.admit("anna");
    await house.clock.advance(60_000);
    for (const old of [annas, bobs]) put(old, "Subject: late\r\n\r\n", "late");
    const checks = [anna, bob].map((one) => house.transfers.check(one));
    await house.clock.advance(20_000);
    expect(await Promise.all(checks)).toMatchObject([{ stored: 1 }, { stored: 1 }]);
    for (const old of [annas, bobs]) put(old, "Subject: later\r\n\r\n", "later");
    await house.clock.advance(6 * 60_000);
    for (const one of [anna, bob]) expect(house.ledger.texts(one)).toContain("Subject: later\r\n\r\n");
    expect(await house.ledger.transfer(anna)).toMatchObject({ state: "copying", reason: "waits for 22:00" });
  });

  test("they hold at once, and end at once, for who copies just now", async () => {
    await using house = await House.migrating();
    await house.clock.advance(12 * hour);
    house.fill("anna", texts("anna", 200, 100));
    house.old.pipeline = 1;
    house.old.fateOf = () => house.clock.wait(1000);
    const anna = await house.admit("anna");
    await house.clock.advance(10_000);
    await limit(house, { copyHours: nights });
    await house.clock.advance(30_000);
    const { length } = house.old.retrieved;
    expect(length).toBeLessThan(13);
    await house.clock.advance(hour);
    expect(house.old.retrieved).toHaveLength(length);
    await limit(house, { copyHours: null });
    await house.clock.advance(10_000);
    expect(house.old.retrieved.length).toBeGreaterThan(length);
    expect((await house.ledger.transfer(anna))?.reason).toBeNull();
  });

  test("copying ends when they end", async () => {
    await using house = await House.migrating();
    await limit(house, { copyHours: "00:00-00:10" });
    house.fill("anna", texts("anna", 5000, 100));
    house.old.pipeline = 1;
    house.old.fateOf = () => house.clock.wait(1000);
    await house.admit("anna");
    await house.clock.advance(hour);
    expect(house.old.retrieved.length).toBeGreaterThan(500);
    expect(house.old.retrieved.length).toBeLessThan(603);
  });

  test("they outlast the process", async () => {
    await using house = await House.migrating();
    await house.clock.advance(12 * hour);
    await limit(house, { copyHours: nights });
    house.fill("anna", texts("anna", 5, 10));
    const anna = await house.admit("anna");
    await house.clock.advance(30_000);
    await house.restart();
    await house.clock.advance(hour);
    expect(house.old.retrieved).toEqual([]);
    await house.clock.advance(9 * hour);
    expect((await house.ledger.transfer(anna))?.state).toBe("following");
  });
});

describe("several moves from one old server", () => {
  test("share it, and the strictest counts; another port is another old server", async () => {
    await using house = await House.migrating();
    const move = { message: null, sealingKey: "key", startedAt: 0 };
    const limits = { bandwidth: 5000, connections: 3, copyHours: "Sat-Sun" };
    const elsewhere = { ...oldAddress, port: 995 };
    value(
      await house.ledger.setMigration({ ...move, domain: "big-company.net", oldServer: oldAddress, limits }),
    );
    value(await house.ledger.setMigration({ ...move, domain: "big-company.org", oldServer: elsewhere }));
    await limit(house, { bandwidth: 10_000, connections: 2 });
    expect(house.inForce.at(oldAddress)).toEqual({ bandwidth: 5000, connections: 2 });
    expect(house.inForce.at(elsewhere)).toEqual({ bandwidth: null, connections: 10 });
    // Hours are each domain's own.
    expect(house.inForce.outOfHours("big-company.net")?.reason).toBe("waits for Sat 00:00");
    expect(house.inForce.outOfHours(domain)).toBeNull();
    expect((await statusOf(house)).limits).toMatchObject({
      bandwidth: 5000,
      connections: 2,
      copyHours: null,
    });
    value(await house.ledger.endMigration("big-company.net"));
    await house.clock.advance(2000);
    expect(house.inForce.at(oldAddress)).toEqual({ bandwidth: 10_000, connections: 2 });
  });
});

describe("G10: a storm", () => {
  test("500 first logins while others copy: all in at once, within connections and bandwidth", async () => {
    await using house = await House.migrating();
    await limit(house, { bandwidth: 200_000, connections: 4 });
    const names = Array.from({ length: 500 }, (_, n) => `person${n}`);
    for (const name of names) house.fill(name, texts(name, 4, 5000));
    let given = 0;
    house.old.fateOf = ({ octets }) => {
      given += octets.length;
      return "given";
    };
    const began = house.clock.now();
    const waited: number[] = [];
    for (const name of names) {
      const at = house.clock.now();
      const login = house.login(name).then((answer) => {
        waited.push(house.clock.now() - at);
        return answer;
      });
      await house.clock.advance(1200);
      expect((await login).answer).toBe("admitted");
    }
    // Ten minutes: 500 in 600 seconds.
    waited.sort((a, b) => a - b);
    expect(waited[Math.floor(waited.length * 0.95)]).toBeLessThanOrEqual(2000);
    expect(house.old.mostOpen).toBeLessThanOrEqual(4);
    const seconds = (house.clock.now() - began) / 1000;
    expect(given).toBeLessThan(200_000 * (seconds + 1) + 4 * 6000);
    await house.clock.advance(10 * 60_000);
    const [first] = await house.ledger.transfers(domain, "", 1);
    expect(first?.state).toBe("following");
  }, 60_000);

  test("fewer connections hold at once: copiers go at their next message", async () => {
    await using house = await House.migrating();
    house.old.pipeline = 1;
    house.old.fateOf = () => house.clock.wait(1000);
    const names = ["anna", "bob", "carol", "dave", "erin"];
    for (const name of names) house.fill(name, texts(name, 500, 10));
    for (const name of names) {
      const login = house.admit(name);
      await house.clock.advance(100);
      await login;
    }
    await house.clock.advance(5000);
    expect(house.old.open).toBe(5);
    await limit(house, { connections: 2 });
    await house.clock.advance(20_000);
    expect(house.old.open).toBeLessThanOrEqual(2);
    // One of the two is kept for whoever comes now.
    house.fill("frank", texts("frank", 1, 10));
    const login = house.admit("frank");
    await house.clock.advance(2000);
    await login;
    expect(house.old.open).toBeLessThanOrEqual(2);
  });
});
