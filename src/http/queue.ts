/** The queue over the API. */
import { createRoute, z } from "@hono/zod-openapi";
import type { Outcome } from "#mailbox/problem";
import type { Figures } from "#observe/figures";
import { type ListedRecipient, type QueueListing, queueStates } from "#queue/queue-listing";
import type { QueuedRecipient, QueueStore } from "#queue/queue-store";
import { found, unwrap } from "./problem-details.ts";
import { filterFields, filterOf, queueActRoutes } from "./queue-acts.ts";
import { answers, nothing, page, router } from "./routes.ts";

/** What the routes of the queue need. */
export interface QueueRoutes {
  readonly queue: QueueStore;
  readonly listing: QueueListing;
  readonly figures: Pick<Figures, "queue">;
  /** Tells the runner that something may be due. */
  readonly wake: () => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const queuedSchema = z.object({
  id: z.string(),
  message: z.string(),
  from: z.string(),
  to: z.string(),
  via: z.string(),
  octets: z.number(),
  receivedAt: z.string(),
  attempts: z.number(),
  held: z.boolean(),
  nextTry: z.string(),
  expires: z.string(),
  lastReply: z.string().nullable(),
});
export type QueuedView = z.output<typeof queuedSchema>;
const listedSchema = queuedSchema.extend({ state: z.enum(queueStates) });
export type ListedView = z.output<typeof listedSchema>;

const figuresSchema = z.object({
  /** Of the whole queue. */
  deferred: z.number(),
  due: z.number(),
  underWay: z.number(),
  held: z.number(),
  oldest: z.string().nullable(),
  /** What the filter finds, and the last id of it. */
  found: z.object({ recipients: z.number(), messages: z.number(), last: z.string().nullable() }),
  /** The fifty with the most. */
  destinations: z.array(
    z.object({ kind: z.enum(["pipe", "relay"]), to: z.string(), recipients: z.number(), oldest: z.string() }),
  ),
});
export type QueueFiguresView = z.output<typeof figuresSchema>;

const byId = { params: z.object({ id: z.string().max(100) }) };
const list = createRoute({
  method: "get",
  path: "/queue",
  request: { query: page.extend(filterFields).strict() },
  ...answers("Recipients that wait, a page at a time, in id order: as they came", z.array(listedSchema)),
});
const figuresRoute = createRoute({
  method: "get",
  path: "/queue/figures",
  request: { query: z.strictObject(filterFields) },
  ...answers("The queue in numbers, and what a filter finds", figuresSchema),
});
const show = createRoute({
  method: "get",
  path: "/queue/{id}",
  request: byId,
  ...answers("One recipient that waits", queuedSchema),
});
const act = (verb: "retry" | "hold" | "release", summary: string) =>
  createRoute({ method: "post", path: `/queue/{id}/${verb}`, request: byId, ...answers(summary, nothing) });
const drop = createRoute({
  method: "delete",
  path: "/queue/{id}",
  request: byId,
  ...answers("Drop a recipient without a report to the sender", nothing),
});

/** The routes of the queue. */
export function queueRoutes(parts: QueueRoutes) {
  const { queue, listing, figures, wake, now } = parts;
  const settle = async (outcome: Promise<Outcome<void>>): Promise<{ done: true }> => {
    unwrap(await outcome);
    wake();
    return { done: true };
  };
  const routes = router()
    .openapi(list, async (context) => {
      const { after, limit, ...filter } = context.req.valid("query");
      const found = await listing.page(filterOf(filter), after, limit, now());
      return context.json(found.map(listed), 200);
    })
    .openapi(figuresRoute, async (context) => {
      const { oldest, ...states } = figures.queue(now());
      const destinations = await listing.destinations(50);
      return context.json(
        {
          ...states,
          oldest: oldest === null ? null : new Date(oldest).toISOString(),
          found: await listing.count(filterOf(context.req.valid("query")), now()),
          destinations: destinations.map(({ via, recipients, oldest: since }) => ({
            ...{ ...via, recipients },
            oldest: new Date(since).toISOString(),
          })),
        },
        200,
      );
    })
    .openapi(show, async (context) => {
      const { id } = context.req.valid("param");
      return context.json(shown(found(await queue.recipient(id), `recipient ${id} in the queue`)), 200);
    })
    .openapi(act("retry", "Try a recipient again now"), async (context) =>
      context.json(await settle(queue.retry(context.req.valid("param").id, now())), 200),
    )
    .openapi(act("hold", "Keep a recipient until it is released"), async (context) =>
      context.json(await settle(queue.hold(context.req.valid("param").id, true, now())), 200),
    )
    .openapi(act("release", "Let a held recipient go"), async (context) =>
      context.json(await settle(queue.hold(context.req.valid("param").id, false, now())), 200),
    )
    .openapi(drop, async (context) =>
      context.json(await settle(queue.drop(context.req.valid("param").id)), 200),
    );
  routes.route("/", queueActRoutes(parts));
  return routes;
}

function listed(recipient: ListedRecipient): ListedView {
  return { ...shown(recipient), state: recipient.state };
}

function shown(recipient: QueuedRecipient): QueuedView {
  return {
    id: recipient.id,
    message: recipient.message.id,
    from: recipient.message.reversePath,
    to: recipient.address,
    via: `${recipient.via.kind} ${recipient.via.to}`,
    octets: recipient.message.size,
    receivedAt: new Date(recipient.message.receivedAt).toISOString(),
    attempts: recipient.attempts,
    held: recipient.held,
    nextTry: new Date(recipient.nextTry).toISOString(),
    expires: new Date(recipient.expires).toISOString(),
    lastReply: recipient.lastReply,
  };
}
