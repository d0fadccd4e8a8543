/** The audit record over the API: filtered, paged by order in both directions, and as a file for other programs. */
import { createRoute, z } from "@hono/zod-openapi";
import { csvRow } from "#migration/proof/report-csv";
import type { AuditQuery, AuditRecord, AuditTrail } from "#observe/audit";
import { type LogRecordView, logSchema } from "./audit-views.ts";
import { answers, inForms, router } from "./routes.ts";
import { streamed } from "./streaming.ts";

const order = z.coerce.number().int().min(0).optional();
const text = (longest: number) => z.string().max(longest).optional();
const time = z.iso.datetime({ offset: true }).optional();
const filter = {
  domain: text(255),
  address: text(512),
  kind: text(80),
  /** As the records name them, word for word. */
  actor: text(512),
  outcome: z.enum(["done", "refused", "failed"]).optional(),
  /** ISO 8601; not older than this. */
  since: time,
  /** Older than this. */
  until: time,
};
const list = createRoute({
  method: "get",
  path: "/log",
  request: {
    query: z.strictObject({
      after: order,
      before: order,
      ...filter,
      limit: z.coerce.number().int().min(1).max(1000).default(200),
    }),
  },
  ...answers("Who did what: the newest records, or those after or before one", logSchema),
});

const download = createRoute({
  method: "get",
  path: "/log/export",
  request: { query: z.strictObject({ ...filter, format: z.enum(["csv", "json"]).default("csv") }) },
  ...inForms("All records that fit, the oldest first, as a file: CSV, or one JSON object in each line", {
    "text/csv": { schema: z.string() },
    "application/x-ndjson": { schema: z.string() },
  }),
});

/** Records that are read at a time for a file. */
const piece = 500;

/** The routes of the audit record. */
export function auditRoutes(trail: Pick<AuditTrail, "records">) {
  return router()
    .openapi(list, async (context) => {
      const { after, before, limit, ...asked } = context.req.valid("query");
      const found = await trail.records({
        ...queryOf(asked),
        after: after ?? null,
        before: before ?? null,
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
    })
    .openapi(download, (context) => {
      const { format, ...asked } = context.req.valid("query");
      const records = allOf(trail, queryOf(asked));
      const isCsv = format === "csv";
      const answer = isCsv
        ? streamed(csvOf(records), "text/csv; charset=utf-8")
        : streamed(linesOf(records), "application/x-ndjson");
      answer.headers.set("content-disposition", `attachment; filename="audit.${isCsv ? "csv" : "ndjson"}"`);
      return answer;
    });
}

type Asked = {
  readonly [Name in keyof typeof filter]?: z.output<(typeof filter)[Name]>;
};

function queryOf({ domain, address, kind, actor, outcome, since, until }: Asked) {
  const timeOf = (given: string | undefined) => (given === undefined ? null : Date.parse(given));
  return {
    domain: domain?.toLowerCase() ?? null,
    object: address?.toLowerCase() ?? null,
    kind: kind ?? null,
    actor: actor ?? null,
    outcome: outcome ?? null,
    since: timeOf(since),
    until: timeOf(until),
  };
}

/** In short reads, so that a long record holds nothing up; what is added meanwhile comes along. */
async function* allOf(
  trail: Pick<AuditTrail, "records">,
  asked: Omit<AuditQuery, "after" | "before" | "limit">,
): AsyncGenerator<readonly AuditRecord[]> {
  for (let after = 0; ; ) {
    const some = await trail.records({ ...asked, after, before: null, limit: piece });
    if (some.length > 0) yield some;
    const last = some.at(-1);
    if (!last || some.length < piece) return;
    after = last.order;
  }
}

async function* csvOf(records: AsyncIterable<readonly AuditRecord[]>): AsyncGenerator<string> {
  yield csvRow(["order", "time", "act", "subject", "outcome", "actor", "from", "domain", "details"]);
  for await (const some of records) {
    yield some
      .map((record) => {
        const { order, at, kind, object, outcome, actor, remote, domain, details } = record;
        const [from, of] = [remote ?? "", domain ?? ""];
        const when = new Date(at).toISOString();
        return csvRow([String(order), when, kind, object, outcome, actor, from, of, JSON.stringify(details)]);
      })
      .join("");
  }
}

async function* linesOf(records: AsyncIterable<readonly AuditRecord[]>): AsyncGenerator<string> {
  for await (const some of records) yield some.map((record) => `${JSON.stringify(view(record))}\n`).join("");
}

function view({ at, details, ...record }: AuditRecord): LogRecordView {
  return { ...record, at: new Date(at).toISOString(), details: { ...details } };
}
