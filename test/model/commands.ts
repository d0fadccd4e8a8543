/** Everything that may happen in the middle of a move, as commands that fast-check puts in any order and shrinks. */
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { type Trouble, troubles } from "./old-house.ts";
import { hideThere, removeThere, renameThere, showThere } from "./old-maildrops.ts";
import { type Protocol, TryLater } from "./person.ts";
import type { World } from "./world.ts";

/** The model is what the letters and people of the world know; commands need no other. */
export type Model = Readonly<Record<never, never>>;
export type Command = fc.AsyncCommand<Model, World>;

const minutes = 60_000;

function command(text: string, run: (world: World) => Promise<void>): Command {
  return {
    check: () => true,
    run: (_model, world) => run(world),
    toString: () => text,
  };
}

const names = ["anna", "bob", "carol"];
const who = fc.nat({ max: names.length - 1 });
const which = fc.nat({ max: 7 });
const filling = fc.nat({ max: 2 });
const waits = fc.boolean();
const by = fc.constantFrom<Protocol>("pop3", "imap");
const named = (index: number): string => names[index] ?? "?";
const later = (isAwaited: boolean): string => (isAwaited ? "" : " meanwhile");

const deliverHere = fc
  .record({ to: fc.uniqueArray(who, { minLength: 1 }), filling, waits })
  .map(({ to, filling, waits }) =>
    command(`mail to ${to.map(named).join(" and ")} (${filling})${later(waits)}`, async (world) => {
      const letters = world.compose(to, filling);
      await world.happen(`letter ${letters[0]?.number}`, waits, () => world.send(letters));
    }),
  );

const deliverThere = fc.record({ to: who, filling }).map(({ to, filling }) =>
  command(`mail on the old server to ${named(to)} (${filling})`, async (world) => {
    world.arriveThere(to, filling);
  }),
);

/** The first of these is the first login. */
const look = fc
  .record({ who, by, which: fc.oneof(fc.constantFrom("all" as const, "none" as const), which), waits })
  .map(({ who, by, which, waits }) =>
    command(`${named(who)} reads ${which} by ${by}${later(waits)}`, async (world) => {
      const person = world.person(who);
      await world.act(person, `reads ${which} by ${by}`, waits, () =>
        person.look(by, which, world.surroundings()),
      );
    }),
  );

const remove = fc
  .record({ who, by, which, isUnread: fc.boolean(), waits })
  .map(({ who, by, which, isUnread, waits }) =>
    command(
      `${named(who)} deletes ${which} by ${by}${isUnread ? " unread" : ""}${later(waits)}`,
      async (world) => {
        const person = world.person(who);
        await world.act(person, `deletes ${which} by ${by}`, waits, () =>
          person.delete(by, which, isUnread, world.surroundings()),
        );
      },
    ),
  );

const move = fc
  .record({ who, which, how: fc.constantFrom("move" as const, "copy" as const), waits })
  .map(({ who, which, how, waits }) =>
    command(`${named(who)} keeps ${which} by ${how}${later(waits)}`, async (world) => {
      const person = world.person(who);
      await world.act(person, `keeps ${which} by ${how}`, waits, () =>
        person.keep(which, how, world.surroundings()),
      );
    }),
  );

const sweep = waits.map((waits) =>
  command(`a sweep${later(waits)}`, (world) => world.happen("a sweep", waits, () => world.check(waits))),
);

const pass = fc
  .oneof(fc.nat({ max: 6 }), fc.nat({ max: 70 }))
  .map((count) => command(`${count} minutes pass`, (world) => world.pass(count * minutes)));

const trouble = fc.constantFrom(...troubles).map((trouble: Trouble) =>
  command(`the old server ${trouble}`, async (world) => {
    if (trouble === "shut" || trouble === "takes mail without a word") world.loseAnswers();
    world.old.begin(trouble);
    world.story.push(`the old server: ${trouble}`);
  }),
);

const calm = fc.constant(
  command("the old server is well again", async (world) => {
    world.calm();
    world.story.push("the old server is well again");
  }),
);

const takeThere = fc
  .record({ who, which })
  .map(({ who, which }) =>
    command(`${named(who)} deletes ${which} on the old server`, async (world) =>
      removeThere(world, who, which),
    ),
  );

const rename = who.map((who) =>
  command(`the unique-ids of ${named(who)} change`, async (world) => renameThere(world, who)),
);

const hide = who.map((who) =>
  command(`the old maildrop of ${named(who)} lists empty`, async (world) => hideThere(world, who)),
);

const show = who.map((who) =>
  command(`the old maildrop of ${named(who)} is back with other unique-ids`, async (world) =>
    showThere(world, who),
  ),
);

const crash = fc.nat({ max: 40 }).map((turns) =>
  command(`a crash after ${turns} turns`, async (world) => {
    for (let n = 0; n < turns; n++) await turn();
    await world.crash();
  }),
);

const restart = fc.constant(command("a restart", (world) => world.restart()));

const cutover = fc.constant(
  command("a cutover", (world) =>
    world.happen("a cutover", true, async () => {
      const obstacle = await world.beginCutover();
      if (obstacle !== null) throw new TryLater(obstacle);
      return "begins";
    }),
  ),
);

const undo = fc.constant(
  command("the cutover is undone", (world) =>
    world.happen("undoing", true, async () => {
      await world.refresh();
      if (world.cutover !== "running" && world.cutover !== "done") return "there is none";
      await world.undoCutover();
      return "undone";
    }),
  ),
);

const giveBack = who.map((who) =>
  command(`${named(who)} goes back`, async (world) => {
    const person = world.person(who);
    await world.act(person, "goes back", true, async () => {
      const obstacle = await world.giveBack(person);
      if (obstacle !== null) throw new TryLater(obstacle);
      return "goes back";
    });
  }),
);

const permit = who.map((who) =>
  command(`${named(who)} may come again`, async (world) => {
    const person = world.person(who);
    await world.act(person, "is permitted", true, async () =>
      person.isHere === "away" ? await world.permit(person) : "is not away",
    );
  }),
);

const weighted: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [5, deliverHere],
  [3, deliverThere],
  [7, look],
  [3, remove],
  [3, move],
  [3, sweep],
  [4, pass],
  [4, trouble],
  [2, calm],
  [1, takeThere],
  [1, rename],
  [1, hide],
  [2, show],
  [2, crash],
  [1, restart],
  [2, cutover],
  [1, undo],
  [2, giveBack],
  [2, permit],
];

export const anyCommand: fc.Arbitrary<Command>[] = weighted.flatMap(([weight, arbitrary]) =>
  Array.from({ length: weight }, () => arbitrary),
);
