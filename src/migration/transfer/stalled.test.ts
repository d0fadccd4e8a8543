import { describe, expect, test } from "vitest";
import { House } from "../../../test/migration/house.ts";

const minute = 60_000;
const texts = ["Subject: 1\r\n\r\n", "Subject: 2\r\n\r\n"];

describe("a copy that brings nothing for ten minutes", () => {
  test("G8: is stalled since then, and no longer once something comes", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts);
    house.old.fateOf = ({ uidl }) => (uidl === "uid-1" ? "refused" : "given");
    const mailbox = await house.admit("anna");
    await house.until(async () => (await house.ledger.transfer(mailbox))?.messagesHere === 1);
    const since = house.clock.now();
    const stalled = async () => {
      const transfer = await house.ledger.transfer(mailbox);
      return transfer && house.transfers.stalledSince(transfer);
    };
    await house.clock.advance(9 * minute);
    expect(await stalled()).toBeNull();
    await house.clock.advance(minute);
    expect(await stalled()).toBe(since);
    house.old.fateOf = () => "given";
    await house.clock.advance(60 * minute);
    expect(await house.ledger.transfer(mailbox)).toMatchObject({ state: "following" });
    expect(await stalled()).toBeNull();
  });

  test("is told in the log once, and not for who is paused or has everything", async () => {
    await using house = await House.migrating();
    house.fill("anna", texts);
    house.fill("bob", texts);
    house.old.fateOf = ({ uidl }) => (uidl === "uid-1" ? "refused" : "given");
    await house.admit("anna");
    const bob = await house.admit("bob");
    await house.until(async () => (await house.ledger.transfer(bob))?.messagesHere === 1);
    await house.transfers.pause(bob, "by the administrator");
    await house.clock.advance(45 * minute);
    const told = house.warnings.filter(({ msg }) => msg === "a transfer is stalled");
    expect(told).toMatchObject([{ address: "anna@big-company.com" }]);
  });
});
