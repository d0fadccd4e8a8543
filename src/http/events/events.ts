/** Live events over the API. */
import { createRoute, z } from "@hono/zod-openapi";
import { AccessRefused } from "../access/gate.ts";
import { inForms, router } from "../routes.ts";
import type { Streamed } from "../streaming.ts";
import { eventStream } from "./event-stream.ts";
import type { LiveEvents } from "./live-events.ts";
import { onlookerOf } from "./onlooker.ts";

/** Streams at once: of one session or token, and in all. A browser opens six connections to one server at most. */
const most = { perKey: 4, inAll: 200 };

const events = createRoute({
  method: "get",
  path: "/events",
  request: { headers: z.object({ "last-event-id": z.string().max(100).optional() }) },
  ...inForms(
    "What changes, as server-sent events: `changed` with topics to ask again for, `reset` to ask for everything",
    { "text/event-stream": { schema: z.string() } },
  ),
});

/** The route of live events. */
export function eventRoutes(hub: LiveEvents) {
  const open = new Map<string, number>();
  let inAll = 0;
  return router().openapi(events, (context) => {
    const onlooker = onlookerOf(context.req.raw);
    const mine = open.get(onlooker.key) ?? 0;
    if (mine >= most.perKey || inAll >= most.inAll)
      throw new AccessRefused(429, "too-many-streams", "Too many windows look on at once: close some.", 30);
    open.set(onlooker.key, mine + 1);
    inAll++;
    const over = (): void => {
      inAll--;
      const left = (open.get(onlooker.key) ?? 1) - 1;
      if (left > 0) open.set(onlooker.key, left);
      else open.delete(onlooker.key);
    };
    const stream = eventStream(hub, onlooker, context.req.valid("header")["last-event-id"] ?? "", over);
    const headers = { "content-type": "text/event-stream", "cache-control": "no-store" };
    return new Response(stream, { headers }) as Streamed;
  });
}
