/** Room is scarce: what can wait waits, and nothing else. */
import { expect, test } from "vitest";
import { House } from "../../../test/migration/house.ts";

const reason = "the disk is nearly full";
const texts = Array.from({ length: 30 }, (_, n) => `Subject: ${n + 1}\r\n\r\n${"x".repeat(100_000)}\r\n`);

test("copying stops where it is, and goes on by itself", async () => {
  await using house = await House.migrating();
  house.fill("anna", texts);
  house.old.fateOf = () => {
    if (house.old.retrieved.length === 10) house.shortage = reason;
    return "given";
  };
  const mailbox = await house.admit("anna");
  await house.until(() => house.shortage !== null);
  // The session is kept for a moment, for somebody who reads.
  await house.until(async () => {
    await house.clock.advance(1000);
    return house.old.open === 0;
  });
  expect(await house.ledger.transfer(mailbox)).toMatchObject({ state: "waiting", reason });
  const { length } = house.old.retrieved;
  expect(length).toBeLessThan(15);
  // It is not tried again and again: every login costs the old server something.
  const logins = house.old.logins.length;
  await house.clock.advance(3_600_000);
  expect(house.old.logins.length - logins).toBeLessThan(15);
  expect(house.old.retrieved).toHaveLength(length);
  house.shortage = null;
  await house.clock.advance(3_600_000);
  expect(await house.ledger.transfer(mailbox)).toMatchObject({ state: "following", messagesHere: 30 });
  expect(house.ledger.texts(mailbox)).toEqual(texts);
});

test("people are let in all the same, and what they open is brought", async () => {
  await using house = await House.migrating();
  house.shortage = reason;
  house.fill("anna", texts);
  const mailbox = await house.admit("anna");
  const [first] = house.ledger.inbox(mailbox);
  if (!first) throw new Error("nothing is listed");
  const asked = house.transfers.bring(mailbox, first.content);
  await house.until(() => house.old.retrieved.length > 0);
  expect(await asked).toMatchObject({ ok: true });
  expect(house.old.retrieved).toEqual(["uid-1"]);
});
