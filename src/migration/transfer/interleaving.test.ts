import fc from "fast-check";
import { expect, test } from "vitest";
import { domain } from "../../../test/migration/house.ts";
import { anyStep, holds } from "../../../test/migration/interleaving.ts";
import { memoryShelf, sqliteShelf } from "../../../test/migration/shelf.ts";

const steps = fc.array(anyStep, { maxLength: 25 });

test("mail arrives, goes, is read, deleted; connections break, disks fill, processes die: each message is here once", async () => {
  const property = fc.asyncProperty(fc.nat({ max: 8 }), steps, async (first, taken) => {
    await using shelf = memoryShelf();
    await holds(shelf, first, taken);
  });
  await fc.assert(property, { numRuns: 60 });
}, 120_000);

test("and so it is in the real store", async () => {
  let played = 0;
  const property = fc.asyncProperty(fc.nat({ max: 8 }), steps, async (first, taken) => {
    await using shelf = await sqliteShelf(domain);
    await holds(shelf, first, taken);
    played++;
  });
  await fc.assert(property, { numRuns: 4 });
  expect(played).toBe(4);
}, 120_000);
