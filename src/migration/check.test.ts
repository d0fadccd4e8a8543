import { expect, it } from "vitest";
import type { MailboxId } from "#mailbox/ids";
import { checkMailboxes } from "./check.ts";
import type { Transfer } from "./migration.ts";

it("says of a mailbox whose move is over that nothing is looked for", async () => {
  const settled: Transfer = {
    mailbox: 1 as MailboxId,
    address: "anna@big-company.com",
    domain: "big-company.com",
    state: "settled",
    reason: null,
    nextTry: 0,
    failures: 0,
    loginName: "anna",
    messages: 3,
    messagesHere: 3,
    octets: 300,
    octetsHere: 300,
    startedAt: 0,
    lastSweep: 0,
    isToldApart: false,
    lastStat: "3/300",
  };
  const tools = {
    ledger: { transfers: async () => [settled], transfer: async () => settled },
    transfers: {
      check: async (): Promise<never> => {
        throw new Error("a mailbox whose move is over was visited");
      },
    },
  };
  const [check] = await checkMailboxes(tools, "big-company.com");
  expect(await check?.findings).toMatchObject({
    found: 0,
    listed: 0,
    problem: expect.stringContaining("ended"),
  });
});
