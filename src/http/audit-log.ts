/** The audit record over the API: filtered, and paged by order in both directions. */
import { createRoute, z } from "@hono/zod-openapi";
import type { AuditRecord, AuditTrail } from "#observe/audit";
import { answers, router } from "./routes.ts";

const recordSchema = z.object({
  order: z.number(),
  at: z.string(),
  kind: z.string(),
  actor: z.string(),
  remote: z.string().nullable(),
  domain: z.string().nullable(),
  object: z.string(),
  outcome: z.enum(["done", "refused", "failed"]),
  details: z.record(z.string(), z.unknown()),
});
const logSchema = z.object({
  /** In ascending order. */
  records: z.array(recordSchema),
  /** Ask for `after` this to hear what comes later; null when nothing is recorded yet. */
  last: z.number().nullable(),
  /** Ask for `before` this for what was earlier; null when there is nothing earlier that fits. */
  first: z.number().nullable(),
});
export type LogView = z.output<typeof logSchema>;
export type LogRecordView = z.output<typeof recordSchema>;

const order = z.coerce.number().int().min(0).optional();
const text = (longest: number) => z.string().max(longest).optional();
const list = createRoute({
  method: "get",
  path: "/log",
  request: {
    query: z.strictObject({
      after: order,
      before: order,
      domain: text(255),
      address: text(512),
      kind: text(80),
      /** ISO 8601. */
      since: z.iso.datetime({ offset: true }).optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
    }),
  },
  ...answers("Who did what: the newest records, or those after or before one", logSchema),
});

/** The route of the audit record. */
export function auditRoutes(trail: Pick<AuditTrail, "records">) {
  return router().openapi(list, async (context) => {
    const { after, before, domain, address, kind, since, limit } = context.req.valid("query");
    const found = await trail.records({
      after: after ?? null,
      before: before ?? null,
      domain: domain?.toLowerCase() ?? null,
      object: address?.toLowerCase() ?? null,
      kind: kind ?? null,
      since: since === undefined ? null : Date.parse(since),
      limit,
    });
    const ascending = after === undefined ? found.toReversed() : found;
    const isWhole = found.length < limit;
    return context.json(
      {
        records: ascending.map(view),
        last: ascending.at(-1)?.order ?? after ?? null,
        first: isWhole && after === undefined ? null : (ascending[0]?.order ?? null),
      },
      200,
    );
  });
}

function view({ at, details, ...record }: AuditRecord): LogRecordView {
  return { ...record, at: new Date(at).toISOString(), details: { ...details } };
}
