/** The queue over the API. */
import { createRoute, z } from "@hono/zod-openapi";
import type { Outcome } from "#mailbox/problem";
import type { QueuedRecipient, QueueStore } from "#queue/queue-store";
import { found, unwrap } from "./problem-details.ts";
import { answers, nothing, page, router } from "./routes.ts";

/** What the routes of the queue need. */
export interface QueueRoutes {
  readonly queue: QueueStore;
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

const byId = { params: z.object({ id: z.string().max(100) }) };
const list = createRoute({
  method: "get",
  path: "/queue",
  request: { query: page },
  ...answers("Recipients that wait, in id order", z.array(queuedSchema)),
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
export function queueRoutes({ queue, wake, now }: QueueRoutes) {
  const settle = async (outcome: Promise<Outcome<void>>): Promise<{ done: true }> => {
    unwrap(await outcome);
    wake();
    return { done: true };
  };
  return router()
    .openapi(list, async (context) => {
      const { after, limit } = context.req.valid("query");
      return context.json((await queue.list(after, limit)).map(shown), 200);
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
