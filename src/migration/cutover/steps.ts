/** What each step of a cutover does. Every step may be done again: a crash repeats the one it hit. */

import { allTransfers } from "../check.ts";
import { blockersOf } from "./blockers.ts";
import type { Cutover, CutoverStep } from "./cutover.ts";
import type { CutoverTools } from "./tools.ts";

/** What became of one try of a step. */
export type StepResult =
  | { readonly kind: "done"; readonly next?: CutoverStep; readonly certificate?: string }
  /** It is to be tried again. @param until epoch milliseconds; the next look where it is not said */
  | { readonly kind: "wait"; readonly reason: string; readonly until?: number }
  /** Going on would lose something. */
  | { readonly kind: "refused"; readonly blockers: readonly string[] };

const finished: StepResult = { kind: "done" };

type Step = (tools: CutoverTools, cutover: Cutover, signal: AbortSignal) => Promise<StepResult>;

/** Tries a step once. */
export async function perform(
  tools: CutoverTools,
  cutover: Cutover,
  signal: AbortSignal,
): Promise<StepResult> {
  return await steps[cutover.step](tools, cutover, signal);
}

const steps: Readonly<Record<CutoverStep, Step>> = {
  async defer({ domains }, { domain, before }) {
    if (before.unknownUsers.rule !== "pipe") return finished;
    const set = await domains.setUnknownUsers(domain, { rule: "defer" }, []);
    return set.ok ? finished : { kind: "refused", blockers: [set.problem.text] };
  },

  async drain({ outbound }, { domain }) {
    const waiting = await outbound.waitingOf(domain);
    if (waiting === 0) return finished;
    const reason = `mail for ${waiting} recipients waits in the queue to go to the old server`;
    return { kind: "wait", reason };
  },

  async quiet({ clock, limits }, { stepSince }) {
    const until = stepSince + limits.quiet;
    if (clock.now() >= until) return finished;
    return { kind: "wait", reason: "the old server puts what it took last into its maildrops", until };
  },

  async sweep(tools, cutover) {
    const { found, trouble } = await sweepAll(tools, cutover);
    if (trouble) return trouble;
    return found === 0 ? finished : { kind: "wait", reason: `${found} new messages came; it sweeps again` };
  },

  async certify(tools, { domain, giveUp }, signal) {
    const left = (await blockersOf(tools, domain)).filter(({ address }) => !giveUp.includes(address));
    if (left.length > 0) return { kind: "refused", blockers: left.map(({ text }) => text) };
    const proved = await tools.proof.certify(domain, giveUp, signal);
    if (!proved.ok) return { kind: "wait", reason: proved.problem.text };
    const { certificate, blockers } = proved.value;
    return blockers.length > 0 ? { kind: "refused", blockers } : { kind: "done", certificate };
  },

  async resweep(tools, cutover) {
    const { found, trouble } = await sweepAll(tools, cutover);
    if (trouble) return trouble;
    return found === 0 ? finished : { kind: "done", next: "certify" };
  },

  async reject({ domains }, { domain, giveUp, before }) {
    if (before.unknownUsers.rule !== "pipe" && before.unknownUsers.rule !== "defer") return finished;
    const set = await domains.setUnknownUsers(domain, { rule: "reject" }, giveUp);
    return set.ok ? finished : { kind: "refused", blockers: [set.problem.text] };
  },

  async end({ end, ledger }, { domain, giveUp }) {
    if (!(await ledger.migration(domain))) return finished;
    const moved = new Set((await allTransfers(ledger, domain)).map(({ address }) => address));
    const ended = await end(
      domain,
      giveUp.filter((address) => moved.has(address)),
    );
    return ended.ok ? finished : { kind: "wait", reason: ended.problem.text };
  },

  async park({ domains }, { before }) {
    if (before.route === null || (await domains.pipedThrough(before.route.name)).length > 0) return finished;
    const set = await domains.setDeliver(before.route.name, "hold");
    // Somebody removed it already: so much the better.
    return set.ok || set.problem.kind === "not-found" ? finished : { kind: "wait", reason: set.problem.text };
  },
};

/** Sweeps all, and says what was found or why not everything could be. */
async function sweepAll(
  { check }: CutoverTools,
  { domain, giveUp }: Cutover,
): Promise<{ readonly found: number; readonly trouble: StepResult | null }> {
  const findings = await check(domain);
  const found = findings.reduce((sum, one) => sum + one.found, 0);
  const troubled = findings.filter(({ address, problem }) => problem !== null && !giveUp.includes(address));
  if (troubled.length === 0) return { found, trouble: null };
  const problems = troubled.map(({ address, problem }) => `${address}: ${problem}`);
  const isPassing = troubled.every((one) => one.isPassing);
  return {
    found,
    trouble: isPassing
      ? { kind: "wait", reason: problems.join("; ") }
      : { kind: "refused", blockers: problems },
  };
}
