/**
 * A change that is sent again because its answer was lost: with the same Idempotency-Key it is made once, and
 * answered as the first time. Most changes need none of this (to set, to remove and to add again by name come to the
 * same); it is for those that make something new each time, such as tokens and certificates.
 */
import { createHash } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { onlookerOf } from "./events/onlooker.ts";
import { problemBody } from "./problem-details.ts";

interface Kept {
  readonly request: string;
  readonly until: number;
  /** Null: it was no short answer in one piece, and the request may be made again. */
  readonly answer: Promise<Response | null>;
}

/** Answers that are kept, for how long (milliseconds), and the octets of each at most. */
const limits = { most: 500, milliseconds: 10 * 60_000, octets: 64 * 1024 };

/** Marks an answer that was given before. */
export const repeatedHeader = "idempotency-repeated";

/** @param now epoch milliseconds */
export function repeats(now: () => number): MiddlewareHandler {
  const known = new Map<string, Kept>();
  return async (context, next) => {
    const given = context.req.header("idempotency-key");
    const { method } = context.req;
    if (given === undefined || method === "GET" || method === "HEAD") {
      await next();
      return undefined;
    }
    if (!/^[\x21-\x7e]{1,200}$/.test(given))
      return problemBody(context, 400, "invalid", "Idempotency-Key: 1 to 200 visible ASCII characters.");
    const body = createHash("sha256").update(Buffer.from(await context.req.arrayBuffer()));
    const request = `${method} ${context.req.path} ${body.digest("base64url")}`;
    // Nobody gets somebody else's answer.
    const key = `${onlookerOf(context.req.raw).key} ${given}`;
    for (const [one, { until }] of known) if (until <= now()) known.delete(one);
    const before = known.get(key);
    if (before && before.request !== request)
      return problemBody(context, 409, "in-use", "This Idempotency-Key was used for another request.");
    // Nothing may come between looking and noting, so it waits only where there is something to wait for.
    const again = before && (await before.answer);
    if (again) {
      const repeated = again.clone();
      repeated.headers.set(repeatedHeader, "true");
      return repeated;
    }
    const made = Promise.withResolvers<Response | null>();
    known.set(key, { request, until: now() + limits.milliseconds, answer: made.promise });
    if (known.size > limits.most) known.delete(known.keys().next().value ?? "");
    try {
      await next();
      const answer = await shortAnswer(context.res);
      if (answer === null || answer.status >= 500) known.delete(key);
      made.resolve(answer);
    } catch (error) {
      known.delete(key);
      made.resolve(null);
      throw error;
    }
    return undefined;
  };
}

async function shortAnswer(response: Response): Promise<Response | null> {
  if (!/^application\/(problem\+)?json/.test(response.headers.get("content-type") ?? "")) return null;
  const octets = await response.clone().arrayBuffer();
  if (octets.byteLength > limits.octets) return null;
  return new Response(octets, { status: response.status, headers: new Headers(response.headers) });
}
