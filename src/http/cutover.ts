/** The cutover of a migration over the API: begin, see where it stands, undo. */
import { createRoute, z } from "@hono/zod-openapi";
import { formatUnknownUsers } from "#directory/unknown-users";
import type { Outcome } from "#mailbox/problem";
import { blockerKinds } from "#migration/cutover/blockers";
import { type Cutover, type CutoverStep, cutoverSteps } from "#migration/cutover/cutover";
import type { CutoverPlan } from "#migration/cutover/plan";
import { address, key } from "./domains.ts";
import { unwrap } from "./problem-details.ts";
import { answers, body, router } from "./routes.ts";

const stepSchema = z.object({
  step: z.enum(cutoverSteps),
  /** What it is about, for people. */
  text: z.string(),
  /** ended: here it was refused or undone. */
  state: z.enum(["done", "now", "left", "ended"]),
});

const cutoverSchema = z.object({
  domain: z.string(),
  state: z.enum(["running", "refused", "done", "undoing", "undone"]),
  startedAt: z.string(),
  steps: z.array(stepSchema),
  /** What the present step waits for; null when it is at work. */
  waitingFor: z.string().nullable(),
  /** What would have been lost, by name, where it was refused. */
  blockers: z.array(z.string()),
  giveUp: z.array(z.string()),
  certificate: z.string().nullable(),
  /** The remote domain that mail for unknown users was piped through before; null where there was none. */
  route: z.string().nullable(),
});
export type CutoverView = z.output<typeof cutoverSchema>;

/** Blockers that an answer names at most; how many there are is told beside them. */
const mostBlockers = 1000;
const planSchema = z.object({
  domain: z.string(),
  on: z.boolean(),
  /** The rule for unknown users as it is now; null where the domain is not local. */
  unknownUsers: z.string().nullable(),
  /** The remote domain that would be parked. */
  route: z.string().nullable(),
  moved: z.object({ mailboxes: z.number(), messages: z.number(), octets: z.number() }),
  /** Who should have come and has not, and how many of them got mail within a week. */
  notMoved: z.object({ people: z.number(), withRecentMail: z.number() }),
  /** Recipients whose mail waits to go to the old server. */
  queued: z.number(),
  /** What is in the way, the first thousand; `giveUp` names its address. */
  blockers: z.array(z.object({ address: z.string(), kind: z.enum(blockerKinds), text: z.string() })),
  blockersInAll: z.number(),
  /** The last cutover; null when there was none. */
  last: cutoverSchema.nullable(),
});
export type CutoverPlanView = z.output<typeof planSchema>;

/** What the migration room does about cutovers. */
export interface CutoverAdministration {
  begin(domain: string, giveUp: readonly string[]): Promise<Outcome<Cutover>>;
  undo(domain: string): Promise<Outcome<Cutover>>;
  /** The last one of a domain; `not-found` when there was none. */
  show(domain: string): Promise<Outcome<Cutover>>;
  /** What one would do now, and what is in the way. */
  plan(domain: string): Promise<Outcome<CutoverPlan>>;
}

const byDomain = { params: z.object({ domain: z.string().max(255) }) };

const begin = createRoute({
  method: "post",
  path: "/migrations/{domain}/cutover",
  request: { ...byDomain, body: body(z.strictObject({ giveUp: z.array(z.string().max(512)).default([]) })) },
  ...answers("Begin the guarded end of a migration; refused while anything would be lost", cutoverSchema),
});
const show = createRoute({
  method: "get",
  path: "/migrations/{domain}/cutover",
  request: byDomain,
  ...answers("Where the last cutover of a domain stands", cutoverSchema),
});
const undo = createRoute({
  method: "post",
  path: "/migrations/{domain}/cutover/undo",
  request: { ...byDomain, body: body(z.strictObject({})) },
  ...answers("Bring back what the last cutover changed", cutoverSchema),
});

const plan = createRoute({
  method: "get",
  path: "/migrations/{domain}/cutover/plan",
  request: byDomain,
  ...answers("What a cutover would do now, in numbers, and what is in the way; changes nothing", planSchema),
});

/** The routes of cutovers. */
export function cutoverRoutes(cutovers: CutoverAdministration) {
  return router()
    .openapi(begin, async (context) => {
      const giveUp = context.req.valid("json").giveUp.map(address);
      const begun = await cutovers.begin(key(context.req.valid("param").domain), giveUp);
      return context.json(cutoverView(unwrap(begun)), 200);
    })
    .openapi(show, async (context) =>
      context.json(cutoverView(unwrap(await cutovers.show(key(context.req.valid("param").domain)))), 200),
    )
    .openapi(plan, async (context) =>
      context.json(planView(unwrap(await cutovers.plan(key(context.req.valid("param").domain)))), 200),
    )
    .openapi(undo, async (context) =>
      context.json(cutoverView(unwrap(await cutovers.undo(key(context.req.valid("param").domain)))), 200),
    );
}

const stepTexts: Readonly<Record<CutoverStep, string>> = {
  defer: "unknown users are asked to come later (450): no mail leaves for the old server any more",
  drain: "what was accepted for the old server goes out",
  quiet: "the old server puts what it took last into its maildrops",
  sweep: "all old maildrops are swept until nothing new comes",
  certify: "every old maildrop is listed once more and compared with what is here",
  resweep: "a last sweep finds nothing",
  reject: "unknown users are refused",
  end: "the migration is off, its old passwords are destroyed",
  park: "nothing goes out through the remote domain any more",
};

function planView({ isMigrating, unknownUsers, blockers, last, ...plan }: CutoverPlan): CutoverPlanView {
  return {
    ...plan,
    on: isMigrating,
    unknownUsers: unknownUsers && formatUnknownUsers(unknownUsers),
    blockers: blockers.slice(0, mostBlockers).map((blocker) => ({ ...blocker })),
    blockersInAll: blockers.length,
    last: last && cutoverView(last),
  };
}

function cutoverView(cutover: Cutover): CutoverView {
  const { domain, state, waitingFor, blockers, giveUp, certificate } = cutover;
  const at = cutoverSteps.indexOf(cutover.step);
  const stateOf = (index: number): CutoverView["steps"][number]["state"] => {
    if (state === "done" || index < at) return "done";
    if (index > at) return "left";
    return state === "running" ? "now" : "ended";
  };
  return {
    domain,
    state,
    startedAt: new Date(cutover.startedAt).toISOString(),
    steps: cutoverSteps.map((step, index) => ({ step, text: stepTexts[step], state: stateOf(index) })),
    waitingFor,
    blockers: [...blockers],
    giveUp: [...giveUp],
    certificate,
    route: cutover.before.route?.name ?? null,
  };
}
