import { describe, expect, test } from "vitest";
import { domain, House } from "../../../test/migration/house.ts";
import { type Steering, steer } from "./steering.ts";

const minute = 60_000;
const anna = `anna@${domain}`;
const texts = (count: number) => Array.from({ length: count }, (_, index) => `Subject: ${index}\r\n\r\n`);

function steered(house: House, steering: Steering, address: string | null = anna) {
  return steer(house, { domain, address }, steering);
}
const again = (message: string | null = null): Steering => ({ act: "retry", message });

describe("pause and resume", () => {
  test("stop a copy at a message boundary and let it go on; nothing comes twice", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts(400));
    const gate = Promise.withResolvers<void>();
    house.old.pipeline = 100;
    house.old.fateOf = ({ uidl }) => (uidl === "uid-300" ? gate.promise : "given");
    const mailbox = await house.admit("anna");
    await house.until(() => house.old.retrieved.includes("uid-301"));
    expect(await steered(house, { act: "pause" })).toEqual({ ok: true, value: 1 });
    expect(await steered(house, { act: "pause" })).toEqual({ ok: true, value: 0 });
    gate.resolve();
    await house.clock.advance(minute);
    expect(house.old.open).toBe(0);
    const before = house.old.retrieved.length;
    expect(before).toBeLessThan(400);
    await house.clock.advance(60 * minute);
    expect(house.old.retrieved.length).toBe(before);
    expect(await house.ledger.transfer(mailbox)).toMatchObject({
      state: "paused",
      reason: "by the administrator",
    });

    expect(await steered(house, { act: "resume" })).toEqual({ ok: true, value: 1 });
    await house.untilFollowing(mailbox);
    expect(house.ledger.texts(mailbox)).toHaveLength(400);
    expect(new Set(house.old.retrieved).size).toBe(house.old.retrieved.length);
    expect(await steered(house, { act: "resume" })).toEqual({ ok: true, value: 0 });
  });

  test("of a domain mean everybody in it, and outlast a restart", async () => {
    await using house = await House.migrating();
    for (const name of ["anna", "bob"]) {
      house.fill(name, texts(2));
      await house.untilFollowing(await house.admit(name));
    }
    expect(await steered(house, { act: "pause" }, null)).toEqual({ ok: true, value: 2 });
    await house.restart();
    const logins = house.old.logins.length;
    await house.clock.advance(60 * minute);
    expect(house.old.logins.length).toBe(logins);
    expect(await steered(house, { act: "resume" }, null)).toEqual({ ok: true, value: 2 });
    await house.clock.advance(minute);
    expect(house.old.logins.length).toBe(logins + 2);
  });

  test("a mailbox that shares its maildrop stays resumed, also after a restart", async () => {
    await using house = await House.migrating();
    const old = house.fill("anna", texts(10));
    house.mailboxes.add(`sales@${domain}`, "secret").messages.push(...old.messages);
    const [one, other] = [await house.admit("anna"), await house.admit("sales")];
    for (const mailbox of [one, other]) {
      await house.until(async () => (await house.ledger.transfer(mailbox))?.state === "paused");
    }
    await house.until(() => house.old.open === 0);
    await steered(house, { act: "resume" }, null);
    await house.untilFollowing(one);
    await house.untilFollowing(other);
    await house.restart();
    await house.clock.advance(3 * 60 * minute);
    expect(await house.ledger.transfer(one)).toMatchObject({ state: "following" });
    expect(await house.ledger.transfer(other)).toMatchObject({ state: "following" });
  });
});

describe("retry", () => {
  test("asks at once for what failed, or for one message of it", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts(4));
    house.old.fateOf = ({ uidl }) => (uidl === "uid-2" || uidl === "uid-3" ? "refused" : "given");
    const mailbox = await house.admit("anna");
    await house.until(async () => (await house.ledger.transfer(mailbox))?.messagesHere === 2);
    await house.until(() => house.old.open === 0);
    house.old.fateOf = () => "given";
    expect(await steered(house, again("uid-3"))).toEqual({ ok: true, value: 1 });
    await house.until(async () => (await house.ledger.transfer(mailbox))?.messagesHere === 3);
    await house.until(() => house.old.open === 0);
    expect(house.ledger.texts(mailbox)[1]).toBeNull();
    expect(await steered(house, again())).toEqual({ ok: true, value: 1 });
    await house.untilFollowing(mailbox);
    expect(house.ledger.texts(mailbox)).not.toContain(null);
  });

  test("does not wait until an old server that was down is due again", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts(2));
    const mailbox = await house.admit("anna");
    await house.untilFollowing(mailbox);
    house.old.beforeLogin = async () => ({ verdict: "cannot-tell", trouble: "down", reason: "it is down" });
    await house.clock.advance(60 * minute);
    expect(await house.ledger.transfer(mailbox)).toMatchObject({ state: "waiting", reason: "it is down" });
    house.old.beforeLogin = async () => null;
    await steered(house, again(), null);
    await house.untilFollowing(mailbox);
  });

  test("refuses what it cannot do", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts(1));
    await house.untilFollowing(await house.admit("anna"));
    expect(await steered(house, again("uid-9"))).toMatchObject({ problem: { kind: "not-found" } });
    expect(await steered(house, again(), `nobody@${domain}`)).toMatchObject({
      problem: { kind: "not-found" },
    });
    await steered(house, { act: "pause" });
    expect(await steered(house, again())).toMatchObject({ problem: { kind: "in-use" } });
    const elsewhere = await steer(house, { domain: "example.org", address: null }, again());
    expect(elsewhere).toMatchObject({ problem: { kind: "not-found" } });
  });
});
