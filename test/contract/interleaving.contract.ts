/** Whatever the order in which mail is sent, piped, listed, copied, swept and deleted: it ends up here once. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Harness, OpenHarness } from "./harness.ts";
import { startMigration } from "./ledger-words.ts";
import { Crossing } from "./old-maildrop.ts";

type Step =
  | { readonly step: "mail" | "oldMail" | "begin" | "admit" | "deliverHere" | "restart" }
  | { readonly step: "land" | "sweep"; readonly flag: boolean }
  | { readonly step: "copy" | "delete"; readonly number: number };

function take(crossing: Crossing, step: Step): Promise<void> {
  switch (step.step) {
    case "land":
    case "sweep":
      return crossing[step.step](step.flag);
    case "copy":
    case "delete":
      return crossing[step.step](step.number);
    default:
      return crossing[step.step]();
  }
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>({ step: "mail" }) },
  { weight: 2, arbitrary: fc.constant<Step>({ step: "oldMail" }) },
  { weight: 4, arbitrary: fc.constant<Step>({ step: "begin" }) },
  { weight: 3, arbitrary: fc.boolean().map((flag): Step => ({ step: "land", flag })) },
  { weight: 2, arbitrary: fc.constant<Step>({ step: "admit" }) },
  { weight: 2, arbitrary: fc.constant<Step>({ step: "deliverHere" }) },
  { weight: 2, arbitrary: fc.nat({ max: 3 }).map((number): Step => ({ step: "copy", number })) },
  { weight: 2, arbitrary: fc.boolean().map((flag): Step => ({ step: "sweep", flag })) },
  { weight: 1, arbitrary: fc.nat({ max: 20 }).map((number): Step => ({ step: "delete", number })) },
);

export function interleavingContract(open: OpenHarness): void {
  describe("mail of a person who moves", () => {
    let store: Harness;
    let persons = 0;

    beforeAll(async () => {
      store = await open();
      await startMigration(store);
    });
    afterAll(() => store[Symbol.asyncDispose]());

    async function holds(steps: readonly Step[], isQueueFirst: boolean): Promise<void> {
      const crossing = new Crossing(store, `crosser${++persons}`);
      for (const one of steps) await take(crossing, one);
      await crossing.settle(isQueueFirst);
      const subjects = await crossing.subjects();
      for (const subject of crossing.sent) {
        const times = subjects.filter((one) => one === subject).length;
        // Deleted unread, it may be delivered after all: nobody could know that it was the same message.
        const right = crossing.deleted.has(subject)
          ? [0]
          : crossing.deletedUnread.has(subject)
            ? [0, 1]
            : [1];
        expect({ subject, times, right: right.includes(times) }).toMatchObject({ subject, right: true });
      }
      expect(subjects).not.toContain("(remote)");
      // Once more changes nothing.
      await crossing.settle(isQueueFirst);
      await crossing.sweep(true);
      expect(await crossing.subjects()).toEqual(subjects);
    }

    it("is there once in the end, in whatever order it came, and stays deleted when it was", async () => {
      const property = fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.boolean(), holds);
      await fc.assert(property, { numRuns: 200 });
    });

    it("is there once although the server stopped in between", async () => {
      const steps = fc.array(step, { maxLength: 12 });
      const property = fc.asyncProperty(steps, steps, fc.boolean(), (before, after, isQueueFirst) =>
        holds([...before, { step: "restart" }, ...after], isQueueFirst),
      );
      await fc.assert(property, { numRuns: 10 });
    });
  });
}
