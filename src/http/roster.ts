/** The mailboxes of a domain and its move in figures: answers that do not grow with the number of people. */
import { createRoute, z } from "@hono/zod-openapi";
import type { Outcome } from "#mailbox/problem";
import { type RosterQuery, stages } from "#migration/roster";
import { key } from "./domains.ts";
import { missingSchema, moveSchema, transferSchema } from "./migrations.ts";
import { unwrap } from "./problem-details.ts";
import { answers, router } from "./routes.ts";

const summarySchema = moveSchema.extend({
  /** Mailboxes by stage, and people who are not here: each counted once. */
  people: z.object({
    over: z.number(),
    onTheWay: z.number(),
    /** Something has to happen that does not happen by itself, or nothing has moved for long. */
    waiting: z.number(),
    returned: z.number(),
    prepared: z.number(),
    local: z.number(),
    missing: z.number(),
    /** Of those missing: who got mail through the pipe within the last seven days. */
    missingWithMail: z.number(),
  }),
  messages: z.number(),
  messagesHere: z.number(),
  octets: z.number(),
  octetsHere: z.number(),
  /** Octets a second over the last minute of copying; null when nothing is being copied. */
  rate: z.number().nullable(),
  /** Seconds until everything that is listed is here, at this rate; null: not known. */
  remaining: z.number().nullable(),
  /** When a mailbox was last compared with the old server. */
  lastSweep: z.string().nullable(),
});
export type SummaryView = z.output<typeof summarySchema>;

const rosterRowSchema = z.object({
  address: z.string(),
  stage: z.enum(stages),
  admitted: z.boolean(),
  /** Its owner went back to the old server. */
  returned: z.boolean(),
  hasPassword: z.boolean(),
  quota: z.number().nullable(),
  octets: z.number(),
  messages: z.number(),
  createdAt: z.string(),
  transfer: transferSchema.nullable(),
});
const rosterSchema = z.object({
  mailboxes: z.array(rosterRowSchema),
  /** In all pages. */
  total: z.number(),
  /** For the next page; null: this was the last. */
  next: z.string().nullable(),
});
export type RosterView = z.output<typeof rosterSchema>;
export type RosterRowView = z.output<typeof rosterRowSchema>;

const missingPageSchema = z.object({
  missing: z.array(missingSchema),
  total: z.number(),
  next: z.string().nullable(),
});
export type MissingPageView = z.output<typeof missingPageSchema>;

/** What the routes ask. */
export interface RosterAdministration {
  summary(domain: string): Promise<Outcome<SummaryView>>;
  page(domain: string, query: RosterQuery): Promise<Outcome<RosterView>>;
  missing(domain: string, query: Omit<RosterQuery, "stage">): Promise<Outcome<MissingPageView>>;
}

const paging = {
  search: z.string().max(512).default(""),
  /** As the page before told it. */
  cursor: z.string().max(1024).default(""),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
};
const name = z.string().max(255);

const summary = createRoute({
  method: "get",
  path: "/migrations/{domain}/summary",
  request: { params: z.object({ domain: name }) },
  ...answers("A domain's move in figures", summarySchema),
});
const list = createRoute({
  method: "get",
  path: "/domains/{name}/roster",
  request: {
    params: z.object({ name }),
    query: z.strictObject({ ...paging, stage: z.enum(stages).optional() }),
  },
  ...answers("Mailboxes of a domain with their moves, a page at a time, in address order", rosterSchema),
});
const missing = createRoute({
  method: "get",
  path: "/migrations/{domain}/missing",
  request: { params: z.object({ domain: name }), query: z.strictObject(paging) },
  ...answers("Who has not come yet, a page at a time, in address order", missingPageSchema),
});

/** The routes of the roster. */
export function rosterRoutes(roster: RosterAdministration) {
  return router()
    .openapi(summary, async (context) =>
      context.json(unwrap(await roster.summary(key(context.req.valid("param").domain))), 200),
    )
    .openapi(list, async (context) => {
      const { search, cursor, limit, stage } = context.req.valid("query");
      const query = { search: search.trim().toLowerCase(), after: cursor, limit, stage: stage ?? null };
      return context.json(unwrap(await roster.page(key(context.req.valid("param").name), query)), 200);
    })
    .openapi(missing, async (context) => {
      const { search, cursor, limit } = context.req.valid("query");
      const query = { search: search.trim().toLowerCase(), after: cursor, limit };
      return context.json(unwrap(await roster.missing(key(context.req.valid("param").domain), query)), 200);
    });
}
