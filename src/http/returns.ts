/** One person's way back to the old server, over the API: what it would do, begin, where it stands, undo. */
import { createRoute, z } from "@hono/zod-openapi";
import type { Outcome } from "#mailbox/problem";
import type { MailboxReturn } from "#migration/return/mailbox-return";
import type { ReturnReport } from "#migration/return/return-report";
import type { PlannedReturn, ReturnOptions } from "#migration/return/returns";
import { address } from "./domains.ts";
import { unwrap } from "./problem-details.ts";
import { answers, body, router } from "./routes.ts";

const amount = { messages: z.number(), octets: z.number() };
const staysSchema = z.array(z.object({ folder: z.string(), ...amount }));
const stayingSchema = z.array(
  z.object({
    folder: z.string(),
    messageId: z.string().nullable(),
    octets: z.number(),
    /** folder, deleted, or uncertain: gone from the old server for too short a time to be sure. */
    why: z.string(),
  }),
);

const planSchema = z.object({
  address: z.string(),
  /** The remote domain that its mail takes. */
  route: z.string(),
  /** They came here since the move, or are gone from the old server. */
  goes: z.object(amount),
  goneThere: z.number(),
  onOldServer: z.number(),
  sentBefore: z.number(),
  deletedHere: z.number(),
  stays: staysSchema,
  staying: stayingSchema,
});
export type ReturnPlanView = z.output<typeof planSchema>;

const reportSchema = z.object({
  address: z.string(),
  route: z.string(),
  phase: z.enum(["sending", "proving", "proved", "unproved"]),
  reason: z.string().nullable(),
  startedAt: z.string(),
  lookedAt: z.string().nullable(),
  /** The next login here brings the person over again. */
  mayCome: z.boolean(),
  sent: z.number(),
  octets: z.number(),
  queued: z.number(),
  held: z.number(),
  accepted: z.number(),
  /** Seen in the old maildrop: octet for octet below the trace fields, and with other octets. */
  same: z.number(),
  changed: z.number(),
  missing: z.array(
    z.object({ messageId: z.string().nullable(), octets: z.number(), queueId: z.string(), why: z.string() }),
  ),
  missingInAll: z.number(),
  /** Those that are there with other octets. */
  altered: z.array(z.object({ messageId: z.string().nullable(), octets: z.number() })),
  deletedHere: z.number(),
  stays: staysSchema,
  staying: stayingSchema,
});
export type ReturnView = z.output<typeof reportSchema>;

/** What the migration room does about people who go back. Addresses are keys. */
export interface ReturnAdministration {
  plan(address: string, options: ReturnOptions): Promise<Outcome<PlannedReturn>>;
  begin(address: string, options: ReturnOptions): Promise<Outcome<ReturnReport>>;
  show(address: string): Promise<Outcome<ReturnReport>>;
  /** Resolves with whether the mailbox is here again at once. */
  permit(address: string): Promise<Outcome<boolean>>;
}

const byAddress = { params: z.object({ address: z.string().max(512) }) };
const options = body(z.strictObject({ allFolders: z.boolean().default(false) }));

const plan = createRoute({
  method: "post",
  path: "/returns/{address}/plan",
  request: { ...byAddress, body: options },
  ...answers("What sending one person back would do; changes nothing", planSchema),
});
const begin = createRoute({
  method: "post",
  path: "/returns/{address}",
  request: { ...byAddress, body: options },
  ...answers("Send one person back to the old server, with what came here since the move", reportSchema),
});
const show = createRoute({
  method: "get",
  path: "/returns/{address}",
  request: byAddress,
  ...answers("Where somebody's way back stands", reportSchema),
});
const undo = createRoute({
  method: "post",
  path: "/returns/{address}/undo",
  request: { ...byAddress, body: body(z.strictObject({})) },
  ...answers("Let somebody come over again", z.object({ isHere: z.boolean() })),
});

/** The routes of returns. */
export function returnRoutes(returns: ReturnAdministration) {
  return router()
    .openapi(plan, async (context) => {
      const whom = address(context.req.valid("param").address);
      const planned = unwrap(await returns.plan(whom, context.req.valid("json")));
      return context.json(planView(whom, planned), 200);
    })
    .openapi(begin, async (context) => {
      const whom = address(context.req.valid("param").address);
      return context.json(reportView(unwrap(await returns.begin(whom, context.req.valid("json")))), 200);
    })
    .openapi(show, async (context) => {
      const whom = address(context.req.valid("param").address);
      return context.json(reportView(unwrap(await returns.show(whom))), 200);
    })
    .openapi(undo, async (context) => {
      const whom = address(context.req.valid("param").address);
      return context.json({ isHere: unwrap(await returns.permit(whom)) }, 200);
    });
}

function planView(
  whom: string,
  { route, plan: { stays, staying, ...figures } }: PlannedReturn,
): ReturnPlanView {
  return { address: whom, route, ...figures, stays: [...stays], staying: [...staying] };
}

function reportView({ way, missing, altered, stays, staying, ...figures }: ReturnReport): ReturnView {
  return {
    ...wayView(way),
    ...figures,
    missing: missing.map(({ recipient, ...one }) => ({ ...one, queueId: recipient })),
    altered: [...altered],
    stays: [...stays],
    staying: [...staying],
  };
}

function wayView(way: MailboxReturn) {
  const { address: whom, route, phase, reason, startedAt, lookedAt, mayCome } = way;
  return {
    ...{ address: whom, route, phase, reason, mayCome },
    startedAt: new Date(startedAt).toISOString(),
    lookedAt: lookedAt === null ? null : new Date(lookedAt).toISOString(),
  };
}
