/**
 * Every change that is asked of the API, in the audit record: who, from where, what for, what was before and after,
 * and how it ended. It stands before all routes, so no route has to think of it, and it records no secret: of a
 * request and of what is shown only what `recordable` lets through.
 */
import type { MiddlewareHandler } from "hono";
import type { AuditTrail } from "#observe/audit";
import type { Log } from "#observe/log";
import { type Act, actOf } from "./audit-acts.ts";
import { difference, recordable } from "./recordable.ts";
import { repeatedHeader } from "./repeats.ts";

/** Who asks. */
export interface Actor {
  readonly actor: string;
  /** An IP address; null on the control socket. */
  readonly remote: string | null;
  /** Who came through the gate, and how. */
  readonly account?: {
    readonly name: string;
    readonly kind: "session" | "token";
    /** Of the session or token. */
    readonly id: string;
  };
}

export interface AuditedParts {
  readonly trail: Pick<AuditTrail, "record">;
  /** Shows a resource of the API, as nobody in particular. */
  readonly show: (path: string) => Promise<Response>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

const actors = new WeakMap<Request, Actor>();

/** Notes who makes a request, before it comes to the API. Whoever made it cannot say so themselves. */
export function byActor(request: Request, actor: Actor): Request {
  actors.set(request, actor);
  return request;
}

/** Whoever made one request made the other: reading a body puts another request in its place. */
export function sameActor(asked: Request, now: Request): void {
  const actor = actors.get(asked);
  if (actor) actors.set(now, actor);
}

/** Who came through the gate; null on the control socket. */
export function accountOf(request: Request): Actor["account"] | null {
  return actors.get(request)?.account ?? null;
}

/** Under which the command line says which user of the system runs it; on the control socket alone it counts. */
export const userHeader = "x-mailferry-user";

function actorOf(request: Request): Actor {
  const known = actors.get(request);
  if (known) return known;
  const user = /^[\w.@$-]{1,64}$/.exec(request.headers.get(userHeader) ?? "")?.[0];
  return { actor: user === undefined ? "command line" : `command line: ${user}`, remote: null };
}

/** Records what changes. The answer waits for the record; a record that cannot be written undoes nothing. */
export function audited(parts: AuditedParts): MiddlewareHandler {
  return async (context, next) => {
    const { method } = context.req;
    if (method === "GET" || method === "HEAD") return await next();
    const actor = actorOf(context.req.raw);
    const path = segmentsOf(context.req.url);
    const early = actOf(method, path, undefined);
    const before = early?.view && path.length > 1 ? await shown(parts, early.view) : null;
    await next();
    // It was recorded when it was made.
    if (context.res.headers.has(repeatedHeader)) return;
    // The handler has read the body, and it is remembered.
    const body: unknown =
      context.res.status === 413 ? undefined : await context.req.json().catch(() => undefined);
    const act = actOf(method, path, body);
    if (!act) return;
    const refusal = await refusalIn(context.res);
    const after = refusal === null && act.view ? await shown(parts, act.view) : null;
    await record(parts, actor, act, {
      asked: recordable(body),
      ...(refusal === null ? difference(before, after) : { refusal }),
    });
  };
}

async function record(
  { trail, now, log }: AuditedParts,
  { actor, remote }: Actor,
  { kind, object, domain }: Act,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  const outcome = "refusal" in details ? "refused" : "done";
  const entry = { at: now(), kind, actor, remote, domain, object, outcome, details } as const;
  await trail
    .record(entry)
    .catch((error: unknown) => log.error({ err: error, kind, object }, "an act could not be recorded"));
}

/** What the API shows, as far as it may be recorded; null where it shows nothing. */
async function shown({ show }: AuditedParts, path: string): Promise<unknown> {
  const response = await show(path);
  return response.status === 200 ? recordable(await response.json()) : null;
}

/** Why it was refused; null when it was not. */
async function refusalIn(response: Response): Promise<string | null> {
  if (response.status < 400) return null;
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  const detail =
    typeof problem === "object" && problem !== null && "detail" in problem ? problem.detail : null;
  return typeof detail === "string" ? detail.slice(0, 1000) : `status ${response.status}`;
}

function segmentsOf(url: string): readonly string[] {
  const [, , ...segments] = new URL(url).pathname.split("/");
  try {
    return segments.map(decodeURIComponent);
  } catch {
    return segments;
  }
}
