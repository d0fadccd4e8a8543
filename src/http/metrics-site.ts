/**
 * `/metrics`, for Prometheus. It tells how much mail there is and which domains move, so it is not for everybody:
 * a token or session of an administrator opens it, or one of the addresses that the configuration names.
 */
import { type Context, Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { StoreUnavailable } from "#mailbox/content";
import type { Log } from "#observe/log";
import { AccessRefused, type GateParts, refusalResponse, visitorOf } from "./access/gate.ts";
import { headers } from "./public-site.ts";

export interface MetricsSite extends GateParts {
  /** Everything in the text format of Prometheus. */
  readonly text: () => Promise<string>;
  /** IP addresses that need no token. */
  readonly allow: readonly string[];
  readonly peerAddress: (context: Context) => string;
  readonly log: Log;
}

/** As Prometheus asks for it (text format 0.0.4). */
const type = "text/plain; version=0.0.4; charset=utf-8";

/** The metrics as one handler of requests. */
export function metricsSite({ text, allow, peerAddress, store, now, log }: MetricsSite) {
  const allowed = new Set(allow);
  const site = new Hono();
  site.use(secureHeaders(headers));
  site.onError((error, context) => {
    if (error instanceof AccessRefused) return refusalResponse(context, error);
    if (!(error instanceof StoreUnavailable)) log.error({ err: error }, "the metrics could not be told");
    return context.text("not now\n", 503);
  });
  site.get("/metrics", async (context) => {
    if (!allowed.has(peerAddress(context).replace(/^::ffff:/, ""))) {
      const visitor = await visitorOf(context, store, now());
      if (visitor === null)
        throw new AccessRefused(
          401,
          "no-session",
          "Show the token of an administrator: it may be read-only.",
        );
      if (visitor.administrator.role !== "administrator")
        throw new AccessRefused(403, "not-permitted", "The metrics are of the whole server.");
    }
    return context.body(await text(), 200, { "content-type": type, "cache-control": "no-store" });
  });
  return site;
}
