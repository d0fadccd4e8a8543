/** Acts on everything in the queue that a filter finds: so many, told before and after. */
import { createRoute, z } from "@hono/zod-openapi";
import type { Outcome } from "#mailbox/problem";
import { type QueueListing, queueStates } from "#queue/queue-listing";
import type { QueueStore } from "#queue/queue-store";
import { ApiProblem } from "./problem-details.ts";
import { answers, body, router } from "./routes.ts";

/** What a filter may say; what it leaves out does not matter. */
export const filterFields = {
  /** Of the recipient. */
  domain: z.string().max(255).optional(),
  /** The remote domain, or the recipient's own, through which it leaves. */
  via: z.string().max(255).optional(),
  state: z.enum(queueStates).optional(),
};
const filterSchema = z.strictObject(filterFields);
type Asked = z.output<typeof filterSchema>;

/** A filter of the API in the queue's words. */
export function filterOf({ domain, via, state }: Asked, upTo: string | null = null) {
  return {
    domain: domain?.toLowerCase() || null,
    via: via?.toLowerCase() || null,
    state: state ?? null,
    upTo,
  };
}

const acts = ["retry", "hold", "release", "drop"] as const;
const doneSchema = z.object({ done: z.literal(true), recipients: z.number() });
export type QueueActView = z.output<typeof doneSchema>;

const act = createRoute({
  method: "post",
  path: "/queue",
  request: {
    body: body(
      z.strictObject({
        act: z.enum(acts),
        filter: filterSchema,
        /** As /queue/figures told it: nothing that came later is touched. */
        upTo: z.string().min(1).max(100),
        /** How many it may be at most: they were told to whoever decided. */
        expected: z.number().int().min(0),
      }),
    ),
  },
  ...answers("Retry, hold, release or drop all recipients that a filter finds", doneSchema),
});

export interface QueueActParts {
  readonly queue: Pick<QueueStore, "retry" | "hold" | "drop">;
  readonly listing: QueueListing;
  readonly wake: () => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Recipients that are acted on together; they share few commits. */
const batch = 200;

/** The route of acts on many. */
export function queueActRoutes({ queue, listing, wake, now }: QueueActParts) {
  const one = (verb: (typeof acts)[number], id: string): Promise<Outcome<void>> => {
    if (verb === "retry") return queue.retry(id, now());
    if (verb === "drop") return queue.drop(id);
    return queue.hold(id, verb === "hold", now());
  };
  return router().openapi(act, async (context) => {
    const { act: verb, filter, upTo, expected } = context.req.valid("json");
    const wanted = filterOf(filter, upTo);
    const asked = now();
    const { recipients } = await listing.count(wanted, asked);
    if (recipients > expected)
      throw new ApiProblem({
        kind: "in-use",
        text: `It would be ${recipients} recipients by now, not ${expected}: look at the queue again.`,
      });
    let changed = 0;
    // The same moment throughout: what is retried becomes due, and must not fall out of the filter meanwhile.
    for (let after = ""; ; ) {
      const some = await listing.page(wanted, after, batch, asked);
      const outcomes = await Promise.all(some.map(({ id }) => one(verb, id)));
      changed += outcomes.filter(({ ok }) => ok).length;
      const last = some.at(-1);
      if (!last || some.length < batch) break;
      after = last.id;
    }
    if (changed > 0) wake();
    return context.json({ done: true as const, recipients: changed }, 200);
  });
}
