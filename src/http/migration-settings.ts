/** How a domain's migration is set, and the migration message as people will see it. */
import { createRoute, z } from "@hono/zod-openapi";
import { previewOfMessage } from "#migration/admission/migration-message";
import type { Ledger } from "#migration/ledger";
import { oldServerUrl } from "#migration/old-server/old-server-address";
import { tlsPolicyText } from "#net/tls-policy";
import { key } from "./domains.ts";
import { ApiProblem } from "./problem-details.ts";
import { answers, body, router } from "./routes.ts";

const settingsSchema = z.object({
  domain: z.string(),
  on: z.boolean(),
  /** As `PUT /migrations/{domain}` takes them; null: no migration. */
  settings: z
    .object({
      from: z.string(),
      tls: z.string(),
      loginAs: z.string().nullable(),
      message: z.string().nullable(),
      seen: z.enum(["status", "all", "none"]),
      limits: z.object({ bandwidth: z.string(), connections: z.string(), copyHours: z.string() }),
    })
    .nullable(),
  /** Seconds between two sweeps of a mailbox, at least; from the server's configuration. */
  sweepInterval: z.number(),
});
export type MigrationSettingsView = z.output<typeof settingsSchema>;

const previewSchema = z.object({
  from: z.string(),
  replyTo: z.string().nullable(),
  subject: z.string(),
  text: z.string(),
});
export type MessagePreviewView = z.output<typeof previewSchema>;

export interface MigrationSettingsRoutes {
  readonly ledger: Pick<Ledger, "migration">;
  /** Milliseconds. */
  readonly sweepInterval: number;
}

const byDomain = { params: z.object({ domain: z.string().max(255) }) };
const settings = createRoute({
  method: "get",
  path: "/migrations/{domain}/settings",
  request: byDomain,
  ...answers("How the migration of a domain is set", settingsSchema),
});
const preview = createRoute({
  method: "post",
  path: "/migrations/{domain}/message",
  request: {
    ...byDomain,
    body: body(z.strictObject({ message: z.string().max(100_000).nullable().default(null) })),
  },
  ...answers("The migration message as people will see it; nothing is changed", previewSchema),
});

/** The routes of a migration's settings. */
export function migrationSettingsRoutes({ ledger, sweepInterval }: MigrationSettingsRoutes) {
  return router()
    .openapi(settings, async (context) => {
      const domain = key(context.req.valid("param").domain);
      const migration = await ledger.migration(domain);
      const shown = migration && {
        from: oldServerUrl(migration.oldServer),
        tls: tlsPolicyText(migration.oldServer.tls),
        loginAs: migration.oldServer.loginAs,
        message: migration.message,
        seen: migration.seen ?? ("status" as const),
        limits: {
          bandwidth: bandwidthText(migration.limits?.bandwidth ?? null),
          connections: String(migration.limits?.connections ?? "usual"),
          copyHours: migration.limits?.copyHours ?? "always",
        },
      };
      return context.json(
        { domain, on: migration !== null, settings: shown, sweepInterval: sweepInterval / 1000 },
        200,
      );
    })
    .openapi(preview, async (context) => {
      const domain = key(context.req.valid("param").domain);
      const shown = previewOfMessage(context.req.valid("json").message, domain);
      if ("problem" in shown)
        throw new ApiProblem({ kind: "invalid", text: `Line ${shown.line}: ${shown.problem}.` });
      return context.json(shown, 200);
    });
}

/** As `parseLimits` reads it. @param octets a second */
function bandwidthText(octets: number | null): string {
  if (octets === null) return "none";
  for (const [unit, size] of [
    ["GB", 1024 ** 3],
    ["MB", 1024 ** 2],
    ["kB", 1024],
  ] as const) {
    if (octets % size === 0) return `${octets / size} ${unit}/s`;
  }
  return `${octets} B/s`;
}
