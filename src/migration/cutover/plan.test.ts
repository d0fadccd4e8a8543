import { expect, test } from "vitest";
import { CutoverWorld, domain, nina, route } from "../../../test/migration/cutover-world.ts";
import { planCutover } from "./plan.ts";

const day = 24 * 3_600_000;

/** The plan of a world where old mailboxes had their last mail so long ago. */
async function planOf(world: CutoverWorld, lastMail: Readonly<Record<string, number | null>> = {}) {
  const now = world.clock.now();
  const homeless = async () =>
    Object.entries(lastMail).map(([address, ago]) => ({
      address,
      lastMail: ago === null ? null : now - ago,
    }));
  return await planCutover({ ...world.tools, people: { ...world.tools.people, homeless } }, domain);
}

test("counts who has not moved, and who of them got mail this week", async () => {
  const world = new CutoverWorld();
  const old = `old@${domain}`;
  world.missing = [
    { address: nina, messages: 2 },
    { address: old, messages: 0 },
  ];
  world.prepared = [`zoe@${domain}`, nina];
  world.waiting = 3;
  const plan = await planOf(world, { [nina]: day, [old]: 8 * day, [`guessed@${domain}`]: day });
  expect(plan.notMoved).toEqual({ people: 3, withRecentMail: 1 });
  expect(plan).toMatchObject({
    isMigrating: true,
    route,
    moved: { mailboxes: 1, messages: 3, octets: 300 },
    queued: 3,
    last: null,
  });
  expect(plan.blockers.map(({ address, kind }) => [address, kind])).toEqual([
    [nina, "not-come"],
    [old, "not-come"],
    [`zoe@${domain}`, "prepared"],
  ]);
  expect(world.did).toEqual([]);
});

test.each([
  [{ state: "copying", messagesHere: 1 }, "old-mail"],
  [{ state: "paused" }, "state"],
  [{ state: "returned" }, "returned"],
  [{ lacksPassword: true }, "no-password"],
] as const)("says of %o that it is %s", async (transfer, kind) => {
  const world = new CutoverWorld();
  world.transfer = transfer;
  expect((await planOf(world)).blockers).toMatchObject([{ address: `anna@${domain}`, kind }]);
});

test("names nothing in the way where the move is over", async () => {
  const world = new CutoverWorld();
  world.missing = [{ address: nina, messages: 2 }];
  const ledger = { ...world.tools.ledger, migration: async () => null };
  const people = { ...world.tools.people, homeless: async () => [] };
  const plan = await planCutover({ ...world.tools, ledger, people }, domain);
  expect(plan).toMatchObject({ isMigrating: false, blockers: [], notMoved: { people: 0 } });
});
