/** Migrations over the API: on, status, Check mailboxes, off. */
import { createRoute, z } from "@hono/zod-openapi";
import type { Outcome } from "#mailbox/problem";
import { type CheckQuery, checkOutcomes } from "#migration/checks";
import { type MigrationLimits, parseLimits } from "#migration/limits/migration-limits";
import type { SeenPolicy } from "#migration/migration";
import type { OldServerAddress } from "#migration/old-server/old-server";
import { parseOldServerAddress } from "#migration/old-server/old-server-address";
import { address, key } from "./domains.ts";
import { unwrap } from "./problem-details.ts";
import { answers, body, nothing, router } from "./routes.ts";

export const transferSchema = z.object({
  address: z.string(),
  state: z.enum(["copying", "following", "settled", "waiting", "needs-password", "paused", "returned"]),
  reason: z.string().nullable(),
  messages: z.number(),
  messagesHere: z.number(),
  octets: z.number(),
  octetsHere: z.number(),
  /** Octets a second over the last minute of copying; null when nothing is being copied. */
  rate: z.number().nullable(),
  /** Since when nothing comes although something is left; null when it moves. */
  stalledSince: z.string().nullable(),
  nextTry: z.string().nullable(),
  lastSweep: z.string().nullable(),
  /** Messages that could not be taken, with the reason. */
  skipped: z.number(),
  /** What is to be known of its old maildrop, for people. */
  notes: z.array(z.string()),
});
export type TransferView = z.output<typeof transferSchema>;

/** What there is to say of a move without the people in it. */
export const moveSchema = z.object({
  domain: z.string(),
  on: z.boolean(),
  oldServer: z.string().nullable(),
  startedAt: z.string().nullable(),
  /** What the move may take of the old server now. */
  limits: z
    .object({
      /** Octets a second of copying, of all moves from this old server together; null: no limit. */
      bandwidth: z.number().nullable(),
      /** At once, of all moves from this old server together. */
      connections: z.number(),
      /** When old mail is copied; null: always. */
      copyHours: z.string().nullable(),
      timeZone: z.string(),
      /** When old mail may be copied again; null: now. */
      opensAt: z.string().nullable(),
    })
    .nullable(),
  /** Since when the old server is in trouble, as several people met it. */
  trouble: z.object({ since: z.string(), reason: z.string() }).nullable(),
  /** Where the names of the move lead now, seen from here; null when the domain does not migrate. */
  names: z
    .object({
      /** Null: DNS has not answered yet. */
      lookedUp: z.string().nullable(),
      leads: z.array(
        z.object({
          name: z.string(),
          /** mx: a mail exchanger. old: the old server as the migration names it. usual: what programs often have. */
          kind: z.enum(["mx", "old", "usual"]),
          addresses: z.array(z.string()),
          /** Whether one of them is an address of this server's own name. */
          here: z.boolean(),
        }),
      ),
      /** What DNS did not answer. */
      unknown: z.array(z.string()),
    })
    .nullable(),
  /** What else is to be known, for people. */
  notes: z.array(z.string()),
});
export const missingSchema = z.object({
  address: z.string(),
  messages: z.number(),
  lastAccepted: z.string().nullable(),
});
const statusSchema = moveSchema.extend({
  transfers: z.array(transferSchema),
  /** Whom the old server has accepted mail for, or the administrator expects, and who have not come yet. */
  missing: z.array(missingSchema),
});
export type MoveView = z.output<typeof moveSchema>;
export type MigrationStatusView = z.output<typeof statusSchema>;

const checkSchema = z.object({
  domain: z.string(),
  /** Mailboxes that are checked. */
  total: z.number(),
  /** What each had, in address order; empty where nobody waited for it. */
  mailboxes: z.array(
    z.object({
      address: z.string(),
      /** Messages that came over by this check. */
      found: z.number(),
      /** What the old server listed. */
      listed: z.number(),
      problem: z.string().nullable(),
    }),
  ),
});
export type CheckView = z.output<typeof checkSchema>;

const checkProgressSchema = z.object({
  /** Null: none has begun since the server started. */
  began: z.string().nullable(),
  /** Null while it goes on. */
  ended: z.string().nullable(),
  total: z.number(),
  done: z.number(),
  /** Messages that it has brought over so far. */
  found: z.number(),
  problems: z.number(),
  /** Mailboxes by what came of them. */
  counts: z.record(z.enum(checkOutcomes), z.number()),
  /** Those with a problem first, then those that had something new, the others, and those that are not done. */
  mailboxes: z.array(
    z.object({
      address: z.string(),
      done: z.boolean(),
      found: z.number(),
      listed: z.number(),
      problem: z.string().nullable(),
    }),
  ),
  /** For the next page; null: this was the last. */
  next: z.string().nullable(),
});
export type CheckProgressView = z.output<typeof checkProgressSchema>;

/** What the migration room does for an administrator. */
export interface MigrationAdministration {
  on(request: {
    readonly domain: string;
    readonly oldServer: OldServerAddress;
    readonly message: string | null;
    readonly seen: SeenPolicy;
    readonly limits: Partial<MigrationLimits>;
  }): Promise<Outcome<void>>;
  /** Those left out stay as they are; they hold at once. */
  limit(domain: string, limits: Partial<MigrationLimits>): Promise<Outcome<void>>;
  off(domain: string, giveUp: readonly string[]): Promise<Outcome<void>>;
  /** Sweeps every mailbox of the domain now; resolves when all were swept, or at once without `wait`. */
  check(domain: string, wait: boolean): Promise<Outcome<CheckView>>;
  /** How far the last check is. */
  checkProgress(domain: string, query: CheckQuery): Promise<Outcome<CheckProgressView>>;
  status(domain: string): Promise<Outcome<MigrationStatusView>>;
}

const byDomain = { params: z.object({ domain: z.string().max(255) }) };

/** As people write them; what is left out stays as it is. */
const limitsSchema = z.strictObject({
  bandwidth: z.string().max(100).optional(),
  connections: z.string().max(100).optional(),
  copyHours: z.string().max(1000).optional(),
});

const on = createRoute({
  method: "put",
  path: "/migrations/{domain}",
  request: {
    ...byDomain,
    body: body(
      z.strictObject({
        from: z.string().max(1000),
        tls: z.string().max(200).default("verify"),
        loginAs: z.string().max(200).nullable().default(null),
        message: z.string().max(100_000).nullable().default(null),
        limits: limitsSchema.default({}),
        /** Which old messages are \Seen: those whose Status field says so, all that are there at the first login, none. */
        seen: z.enum(["status", "all", "none"]).default("status"),
      }),
    ),
  },
  ...answers("Start or change the migration of a domain", nothing),
});
const limit = createRoute({
  method: "put",
  path: "/migrations/{domain}/limits",
  request: { ...byDomain, body: body(limitsSchema) },
  ...answers("Change what the migration of a domain may take of its old server", nothing),
});
const status = createRoute({
  method: "get",
  path: "/migrations/{domain}",
  request: byDomain,
  ...answers("Every mailbox with its state, and who has not come yet", statusSchema),
});
const check = createRoute({
  method: "post",
  path: "/migrations/{domain}/check",
  request: { ...byDomain, body: body(z.strictObject({ wait: z.boolean().default(false) })) },
  ...answers("Check mailboxes: bring over what has landed on the old server", checkSchema),
});
const checkProgress = createRoute({
  method: "get",
  path: "/migrations/{domain}/check",
  request: {
    ...byDomain,
    query: z.strictObject({
      outcome: z.enum(checkOutcomes).optional(),
      /** As the page before told it. */
      cursor: z.string().max(1024).default(""),
      limit: z.coerce.number().int().min(1).max(1000).default(50),
    }),
  },
  ...answers("How far the last Check mailboxes is, and what it found", checkProgressSchema),
});
const off = createRoute({
  method: "post",
  path: "/migrations/{domain}/off",
  request: { ...byDomain, body: body(z.strictObject({ giveUp: z.array(z.string().max(512)).default([]) })) },
  ...answers("End the migration of a domain and destroy its old passwords", nothing),
});

/** The routes of migrations. */
export function migrationRoutes(migration: MigrationAdministration) {
  return router()
    .openapi(on, async (context) => {
      const { from, tls, loginAs, message, seen, limits: asked } = context.req.valid("json");
      const domain = key(context.req.valid("param").domain);
      const oldServer = unwrap(parseOldServerAddress(from, tls, loginAs));
      const limits = unwrap(parseLimits(asked));
      unwrap(await migration.on({ domain, oldServer, message, seen, limits }));
      return context.json({ done: true as const }, 200);
    })
    .openapi(limit, async (context) => {
      const limits = unwrap(parseLimits(context.req.valid("json")));
      unwrap(await migration.limit(key(context.req.valid("param").domain), limits));
      return context.json({ done: true as const }, 200);
    })
    .openapi(status, async (context) =>
      context.json(unwrap(await migration.status(key(context.req.valid("param").domain))), 200),
    )
    .openapi(check, async (context) => {
      const domain = key(context.req.valid("param").domain);
      return context.json(unwrap(await migration.check(domain, context.req.valid("json").wait)), 200);
    })
    .openapi(checkProgress, async (context) => {
      const { outcome, cursor, limit } = context.req.valid("query");
      const query = { outcome: outcome ?? null, cursor, most: limit };
      const domain = key(context.req.valid("param").domain);
      return context.json(unwrap(await migration.checkProgress(domain, query)), 200);
    })
    .openapi(off, async (context) => {
      const giveUp = context.req.valid("json").giveUp.map(address);
      unwrap(await migration.off(key(context.req.valid("param").domain), giveUp));
      return context.json({ done: true as const }, 200);
    });
}
