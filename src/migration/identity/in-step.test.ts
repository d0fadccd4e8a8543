import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PlanModel } from "../../../test/migration/plan-model.ts";
import type { StepComparison } from "./in-step.ts";
import type { Comparison, KnownRow } from "./plan.ts";

const all = (): boolean => true;

/** What both say, as far as both know it. */
function said({ paired, fresh, doubtful, unseen, misplaced, isUnstable }: Comparison) {
  const pairs = [...paired].map(({ row, listed }) => ({ row: known(row), listed }));
  return { pairs, fresh, doubtful, unseen, misplaced, isUnstable };
}

/** Of what is here, or nobody wants, it does not matter how often it was tried. */
function known({ id, uidl, size, occurrence, state, content, missingSince, isWanted, ...tries }: KnownRow) {
  const { failures, nextTry } = state === "remote" && isWanted ? tries : { failures: 0, nextTry: 0 };
  return { id, uidl, size, occurrence, state, content, missingSince, isWanted, failures, nextTry };
}

function model(...uidls: readonly string[]): PlanModel {
  const made = new PlanModel();
  for (const uidl of uidls) made.maildrop.push({ uidl, content: `content of ${uidl}` });
  made.admit();
  return made;
}

async function inStep(made: PlanModel): Promise<StepComparison> {
  const comparison = await made.compareInStep();
  if (!comparison) throw new Error("they do not go in step");
  return comparison;
}

const event = fc.oneof(
  fc.record({ kind: fc.constant("arrives" as const), uidl: fc.option(fc.nat({ max: 60 })) }),
  fc.record({ kind: fc.constant("goes" as const), which: fc.nat({ max: 20 }) }),
  fc.record({ kind: fc.constant("sweep" as const), copies: fc.nat({ max: 3 }) }),
);

describe("in step", () => {
  test("says what the comparison of everything says, or nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 12 }), fc.array(event, { maxLength: 25 }), async (first, events) => {
        let made = 100;
        const old = model(...Array.from({ length: first }, () => `u${made++}`));
        for (const one of events) {
          if (one.kind === "arrives") {
            // Now and then with a unique-id that is there, or was.
            const uidl = one.uidl === null ? `u${made++}` : `u${100 + one.uidl}`;
            old.maildrop.push({ uidl, content: `content ${made} of ${uidl}` });
          }
          if (one.kind === "goes" && old.maildrop.length > 0)
            old.maildrop.splice(one.which % old.maildrop.length, 1);
          const whole = old.compare();
          const piecewise = await old.compareInStep();
          if (piecewise) {
            expect(said(piecewise)).toEqual(said(whole));
            const ever = old.ledger.map(({ uidl }) => uidl);
            for (const uidl of ever) expect(piecewise.uidlsEver.has(uidl)).toBe(true);
            expect(new Set(piecewise.uidlsEver)).toEqual(new Set(ever));
            for (const { uidl } of piecewise.fresh) expect(piecewise.uidlsEver.has(uidl)).toBe(false);
          }
          if (one.kind === "sweep") old.sweep(({ id }) => id % 4 <= one.copies);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("finds what came and what went", async () => {
    const old = model("a", "b", "c", "d");
    old.sweep(({ id }) => id < 3);
    old.maildrop.push({ uidl: "e", content: "E" });
    const grown = await inStep(old);
    expect(grown.fresh.map(({ uidl }) => uidl)).toEqual(["e"]);
    expect([...grown.paired].map(({ row }) => row.state)).toEqual(["copied", "copied", "remote", "remote"]);
    old.sweep(all);
    old.maildrop.splice(1, 2);
    const shrunk = await inStep(old);
    expect(shrunk.unseen.map(({ uidl }) => uidl)).toEqual(["b", "c"]);
    expect([...shrunk.paired].map(({ row, listed }) => [row.uidl, listed.message.number])).toEqual([
      ["a", 1],
      ["d", 2],
      ["e", 3],
    ]);
  });

  test("says nothing where unique-ids are missing or repeated, sizes or places others, or nothing is known", async () => {
    const repeated = model("a", "b", "a");
    expect(await repeated.compareInStep()).toBeNull();
    const missing = new PlanModel();
    missing.maildrop.push({ uidl: null, content: "A" });
    missing.admit();
    expect(await missing.compareInStep()).toBeNull();
    const grown = model("a", "b");
    grown.maildrop.splice(0, 1, { uidl: "a", content: "written into, so of another size" });
    expect(await grown.compareInStep()).toBeNull();
    const moved = model("a", "b", "c");
    moved.maildrop.reverse();
    expect(await moved.compareInStep()).toBeNull();
    const others = model("a", "b");
    others.maildrop.splice(0, 2, { uidl: "c", content: "C" });
    expect(await others.compareInStep()).toBeNull();
  });
});
