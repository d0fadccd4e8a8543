/** How the server is doing, for who looks at it: what mail did of late, what waits, what needs somebody. */
import { createRoute, z } from "@hono/zod-openapi";
import type { Figures } from "#observe/figures";
import { type FlowCounts, flowKinds, type MailFlow } from "#observe/mail-flow";
import { answers, router } from "./routes.ts";
import type { ServerView } from "./server-info.ts";
import type { SettingsView } from "./settings.ts";

const countsSchema = z.object({
  /** Messages. */
  received: z.number(),
  /** Recipients: put into a mailbox here, piped to an old server, relayed elsewhere, refused at RCPT. */
  delivered: z.number(),
  piped: z.number(),
  relayed: z.number(),
  refused: z.number(),
});
const overviewSchema = z.object({
  flow: z.object({
    /** Since when it is counted: this start of the server. */
    since: z.string(),
    lastHour: countsSchema,
    lastDay: countsSchema,
    /** Hour by hour, the oldest first, the last one going on. */
    hours: z.array(countsSchema.extend({ from: z.string() })),
  }),
  queue: z.object({ waiting: z.number(), held: z.number(), oldest: z.string().nullable() }),
  /** Octets free where the data is. */
  freeOctets: z.number(),
  /** When the TLS certificate ends; null where there is none. */
  certificateEnds: z.string().nullable(),
  /** Servers behind a pipe that refused this server, not a recipient. */
  refusals: z.array(z.object({ route: z.string(), reply: z.string(), at: z.string() })),
});
export type OverviewView = z.output<typeof overviewSchema>;
export type FlowView = OverviewView["flow"];

export interface OverviewParts {
  readonly flow: MailFlow;
  readonly figures: Pick<Figures, "queue">;
  readonly server: () => ServerView;
  readonly settings: () => SettingsView;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const show = createRoute({
  method: "get",
  path: "/overview",
  ...answers("How the server is doing: mail flow, queue, disk, certificate", overviewSchema),
});

/** The route of the overview. */
export function overviewRoutes({ flow, figures, server, settings, now }: OverviewParts) {
  return router().openapi(show, (context) => {
    const { oldest, held, ...waiting } = figures.queue(now());
    const hours = flow.series(24, 60);
    const { freeOctets, refusals } = server();
    return context.json(
      {
        flow: {
          since: new Date(flow.since).toISOString(),
          lastHour: sumOf(flow.series(60, 1)),
          lastDay: sumOf(hours),
          hours: hours.map(({ from, ...counts }) => ({ from: new Date(from).toISOString(), ...counts })),
        },
        queue: {
          waiting: waiting.deferred + waiting.due + waiting.underWay + held,
          held,
          oldest: oldest === null ? null : new Date(oldest).toISOString(),
        },
        freeOctets,
        certificateEnds: settings().certificate?.ends ?? null,
        refusals,
      },
      200,
    );
  });
}

function sumOf(spans: readonly FlowCounts[]): FlowCounts {
  const sum = { received: 0, delivered: 0, piped: 0, relayed: 0, refused: 0 };
  for (const span of spans) for (const kind of flowKinds) sum[kind] += span[kind];
  return sum;
}
