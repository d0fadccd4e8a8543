/** Interleavings that once went wrong, as short as they could be made. */
import "./quick.ts";
import { expect, test } from "vitest";
import { expectAll, heal } from "./closing.ts";
import { hideThere, renameThere, showThere } from "./old-maildrops.ts";
import { World } from "./world.ts";

test("the connection breaks while changed unique-ids are told apart: nothing is taken twice", async () => {
  await using world = await World.start([6], true);
  const anna = world.person(0);
  await world.act(anna, "reads", true, () => anna.look("pop3", "all", world.surroundings()));
  renameThere(world, 0);
  let left = 1;
  world.old.pop3.options.fault = ({ verb, argument }) =>
    verb === "RETR" && argument === "5" && left-- > 0 ? { do: "drop-inside", octets: 10 } : null;
  expect(await world.check(true)).toMatch(/connection closed/);
  expect(await world.check(true)).toBe("0 found");
  await heal(world);
  await expectAll(world);
});

test("an old maildrop lists empty for long, and comes back with other unique-ids: nothing is taken twice", async () => {
  await using world = await World.start([6], true);
  const anna = world.person(0);
  await world.act(anna, "reads", true, () => anna.look("pop3", "all", world.surroundings()));
  await world.check(true);
  hideThere(world, 0);
  expect(await world.check(true)).toBe("0 found");
  await world.pass(20 * 60_000);
  await world.check(true);
  showThere(world, 0);
  await heal(world);
  await expectAll(world);
});
