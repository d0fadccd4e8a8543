import { expect, test } from "vitest";
import { silentLog } from "#observe/log";
import { domain, House } from "../../test/migration/house.ts";
import { type EndingTools, endMigration } from "./ending.ts";

const nina = "nina@big-company.com";

/** What ending needs, of a house whose mail is piped for `cutOff`. */
function toolsOf(house: House, cutOff: readonly string[] = []): EndingTools {
  const { ledger, keys, transfers, clock } = house;
  return {
    ledger,
    keys,
    transfers,
    clock,
    outbound: { waitingFor: async () => 0, waitingOf: async () => 0 },
    cutOff: async () => cutOff,
    admissions: { underWay: () => 0 },
    hashes: { finish: async () => undefined },
    log: silentLog,
    sweepInterval: 300_000,
  };
}

test("a move does not end while mail is piped for somebody who has not come, unless given up by name", async () => {
  await using house = await House.migrating();
  house.fill("anna", ["one"]);
  await house.untilFollowing(await house.admit("anna"));
  const tools = toolsOf(house, [nina]);

  const refused = await endMigration(tools, domain, []);
  expect(refused).toMatchObject({ ok: false, problem: { kind: "in-use" } });
  expect(JSON.stringify(refused)).toContain(nina);
  expect(house.keys.keys.size).toBe(1);
  expect(await endMigration(tools, domain, ["bob@big-company.com"])).toMatchObject({
    ok: false,
    problem: { kind: "not-found" },
  });

  expect(await endMigration(tools, domain, [nina])).toMatchObject({ ok: true });
  expect(house.keys.keys.size).toBe(0);
});

test("a move ends when everybody is here", async () => {
  await using house = await House.migrating();
  house.fill("anna", ["one"]);
  await house.untilFollowing(await house.admit("anna"));
  expect(await endMigration(toolsOf(house), domain, [])).toMatchObject({ ok: true });
  expect(await house.ledger.migration(domain)).toBeNull();
});

test("a move does not end over somebody who comes while others are given up", async () => {
  await using house = await House.migrating();
  house.fill("anna", ["one"]);
  house.fill("bob", ["two", "three"]);
  await house.untilFollowing(await house.admit("anna"));
  const tools = toolsOf(house);
  const ledger: EndingTools["ledger"] = {
    migration: (name) => house.ledger.migration(name),
    endMigration: (name) => house.ledger.endMigration(name),
    transfers: (...args) => house.ledger.transfers(...args),
    transfer: (mailbox) => house.ledger.transfer(mailbox),
    giveUp: (row, reason) => house.ledger.giveUp(row, reason),
    remoteRows: async (mailbox) => {
      await house.admit("bob");
      return await house.ledger.remoteRows(mailbox);
    },
  };

  const refused = await endMigration({ ...tools, ledger }, domain, ["anna@big-company.com"]);
  expect(refused).toMatchObject({ ok: false, problem: { kind: "in-use" } });
  expect(JSON.stringify(refused)).toContain("bob@big-company.com has 2 messages");
  expect(house.keys.keys.size).toBe(1);
});
