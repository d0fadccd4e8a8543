/**
 * Whatever happens, in whatever order, while a company moves: nothing is lost, nothing is doubled, and nothing that a
 * mail program was told changes. README.md tells how to run more of it, and how to play one run again.
 */
import "./quick.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cutOver, expectAll, expectPiped, heal } from "./closing.ts";
import { anyCommand, type Command } from "./commands.ts";
import { World } from "./world.ts";

const endings = ["as it is", "a cutover", "a cutover that is undone"] as const;
type Ending = (typeof endings)[number];

const { MAILFERRY_RUNS, MAILFERRY_SEED, MAILFERRY_PATH, MAILFERRY_REPLAY, MAILFERRY_SHRINK } = process.env;
const settings = {
  numRuns: Number(MAILFERRY_RUNS ?? (MAILFERRY_PATH ? 1 : 20)),
  ...(MAILFERRY_SEED ? { seed: Number(MAILFERRY_SEED) } : {}),
  ...(MAILFERRY_PATH ? { path: MAILFERRY_PATH } : {}),
  endOnFailure: MAILFERRY_SHRINK !== "yes",
};

/** One run: people with so many old letters each, what happens to them, and how it ends. */
async function play(
  first: readonly number[],
  isListGiven: boolean,
  commands: Iterable<Command>,
  ending: Ending,
): Promise<void> {
  await using world = await World.start(first, isListGiven);
  try {
    await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
    await heal(world);
    await expectAll(world);
    if (ending !== "as it is") {
      await cutOver(world);
      await expectAll(world);
    }
    if (ending === "a cutover that is undone") {
      await world.undoCutover();
      await expectPiped(world);
      await heal(world);
      await expectAll(world);
    }
    // That mail is told to come again, as when somebody goes back just then, is no defect.
    expect(world.house.errors.filter((line) => !line.includes("StoreUnavailable"))).toEqual([]);
  } catch (error) {
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new Error([...world.story, ...world.house.errors, said].join("\n"), { cause: error });
  }
}

test("any interleaving loses and doubles nothing, and changes nothing that was told", async () => {
  const property = fc.asyncProperty(
    fc.array(fc.nat({ max: 4 }), { minLength: 3, maxLength: 3 }),
    fc.nat({ max: 3 }).map((number) => number < 3),
    fc.commands(anyCommand, {
      maxCommands: 40,
      size: "max",
      ...(MAILFERRY_REPLAY ? { replayPath: MAILFERRY_REPLAY } : {}),
    }),
    fc.constantFrom(...endings),
    play,
  );
  await fc.assert(property, settings);
}, 86_400_000);
