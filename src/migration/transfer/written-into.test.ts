/** Old servers that write into messages by themselves, as mbox servers do at UIDL and at QUIT. */
import { describe, expect, test } from "vitest";
import { House } from "../../../test/migration/house.ts";
import type { OldMailbox } from "../../../test/old-server/maildrop.ts";

const minute = 60_000;
const texts = Array.from({ length: 12 }, (_, n) => `Subject: ${n}\r\n\r\nbody ${n}\r\n`);

/** What GNU pop3d makes of a maildrop once it has been read. */
function writeInto({ messages }: OldMailbox, status: string): void {
  for (const [index, { uidl, octets }] of messages.entries()) {
    const plain = Buffer.from(octets)
      .toString("latin1")
      .replace(/^(?:X-UIDL|X-UID|Status): .*\r\n/gm, "");
    const fields = `X-UIDL: ${uidl}\r\nX-UID: ${index + 1}\r\nStatus: ${status}\r\n`;
    messages[index] = { uidl, octets: Buffer.from(fields + plain, "latin1") };
  }
}

describe("messages that the old server has written into", () => {
  test("are known again, each time, and new ones between them are new", async () => {
    await using house = await House.migrating();
    const old = house.fill("anna", texts);
    const mailbox = await house.admit("anna");
    await house.untilFollowing(mailbox);
    for (const status of ["O", "RO"]) {
      writeInto(old, status);
      old.messages.push({ uidl: `new ${status}`, octets: Buffer.from(`Subject: ${status}\r\n\r\nnew\r\n`) });
      await house.transfers.check(mailbox);
      await house.clock.advance(20 * minute);
    }
    expect(house.ledger.texts(mailbox)).toEqual([
      ...texts,
      "Subject: O\r\n\r\nnew\r\n",
      "Subject: RO\r\n\r\nnew\r\n",
    ]);
    const asked = house.old.retrieved.length;
    await house.transfers.check(mailbox);
    expect(house.old.retrieved.length).toBe(asked);
    expect(await house.ledger.transfer(mailbox)).toMatchObject({ messages: 14, messagesHere: 14 });
  });

  test("keep their entries where they are copied after it, and stay deleted where they were deleted", async () => {
    await using house = await House.migrating();
    const old = house.fill("anna", texts);
    house.old.fateOf = ({ uidl }) => (uidl === "uid-1" || uidl === "uid-2" ? "refused" : "given");
    const mailbox = await house.admit("anna");
    await house.until(async () => (await house.ledger.transfer(mailbox))?.messagesHere === 10);
    await house.until(() => house.old.open === 0);
    house.ledger.expunge(mailbox, "uid-12");
    const entries = house.ledger.inbox(mailbox).map(({ uidl }) => uidl);
    writeInto(old, "RO");
    house.old.fateOf = () => "given";
    await house.transfers.check(mailbox);
    await house.clock.advance(60 * minute);
    expect(house.ledger.inbox(mailbox).map(({ uidl }) => uidl)).toEqual(entries);
    expect(house.ledger.texts(mailbox)).toHaveLength(11);
    expect(house.ledger.texts(mailbox)[0]).toContain("body 0");
    expect(await house.ledger.transfer(mailbox)).toMatchObject({ state: "following" });
  });
});
