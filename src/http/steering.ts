/** Pausing, resuming and retrying transfers over the API. */
import { createRoute, z } from "@hono/zod-openapi";
import type { Outcome } from "#mailbox/problem";
import type { Steered, Steering } from "#migration/transfer/steering";
import { address, key } from "./domains.ts";
import { unwrap } from "./problem-details.ts";
import { answers, body, router } from "./routes.ts";

const steeredSchema = z.object({ transfers: z.number() });
export type SteeredView = z.output<typeof steeredSchema>;

/** Steers transfers (migration/transfer/steering); says how many it changed. */
export type Steer = (steered: Steered, steering: Steering) => Promise<Outcome<number>>;

const steering = createRoute({
  method: "post",
  path: "/migrations/{domain}/transfers",
  request: {
    params: z.object({ domain: z.string().max(255) }),
    body: body(
      z.strictObject({
        act: z.enum(["pause", "resume", "retry"]),
        /** One person; null: everybody of the domain who is being moved. */
        address: z.string().max(512).nullable().default(null),
        /** The unique-id of one message of that person, to be retried alone. */
        message: z.string().max(1000).nullable().default(null),
        /** To resume: copy although the old server deletes or hides what is read. */
        takeWhatDeletes: z.boolean().default(false),
      }),
    ),
  },
  ...answers("Pause, resume or retry the moves of a domain or of one person", steeredSchema),
});

/** The routes of steering. */
export function steeringRoutes(steer: Steer) {
  return router().openapi(steering, async (context) => {
    const { act, message, takeWhatDeletes, ...asked } = context.req.valid("json");
    const person = asked.address === null ? null : address(asked.address);
    const domain = key(context.req.valid("param").domain);
    const what: Steering =
      act === "retry" ? { act, message } : act === "resume" ? { act, takeWhatDeletes } : { act };
    return context.json({ transfers: unwrap(await steer({ domain, address: person }, what)) }, 200);
  });
}
