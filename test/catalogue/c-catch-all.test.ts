/** C4 of the failure catalogue: an old server that takes every address is no reason to take all that is guessed. */
import { expect, test } from "vitest";
import { letter } from "../programs/letter.ts";
import { Doors, patient } from "./doors.ts";
import { domain, minutes } from "./move.ts";
import { patience } from "./quick.ts";

Object.assign(patience, patient);

test("C4: where everybody is accepted, one peer may name only so many unknown recipients an hour", async () => {
  await using doors = await Doors.open("C4", {
    environment: { MAILFERRY_MIGRATION_UNKNOWN_RECIPIENTS_PER_HOUR: "5" },
  });
  expect(await doors.move.tryLogin()).toBe("+OK");
  using stranger = await doors.stranger();
  const codes = async (names: readonly string[]): Promise<readonly (number | undefined)[]> => {
    const to = names.map((name) => `${name}@${domain}`);
    const { recipients } = await stranger.send("friend@example.net", to, letter("anybody", "hello"));
    return recipients.map(({ code }) => code);
  };
  expect(await codes(["one", "two", "three", "four", "five", "six"])).toEqual([250, 250, 250, 250, 250, 451]);
  // Those it named before, and people who are here, are no guesses.
  expect(await codes(["seven", "one", "anna"])).toEqual([451, 250, 250]);
  doors.move.pass(61 * minutes);
  expect(await codes(["six"])).toEqual([250]);
});
