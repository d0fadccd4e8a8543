/**
 * The gate before the API on the web: nobody without a session or a token comes through, nobody changes anything
 * without showing that the page they use is ours, and domain administrators come to what is theirs.
 */
import type { Context, MiddlewareHandler } from "hono";
import { getCookie } from "hono/cookie";
import { problemBody } from "../problem-details.ts";
import type { AccessKey, Administrator, AdministratorStore } from "./administrator.ts";
import { isPermitted } from "./roles.ts";
import { csrfToken, isSame, secretHash } from "./secret.ts";

export interface GateParts {
  readonly store: AdministratorStore;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Who is there, as later handlers find it. */
export interface Visitor {
  readonly administrator: Administrator;
  readonly key: AccessKey;
  readonly secret: string;
}
export type GateVariables = { Variables: { visitor: Visitor } };

const minute = 60_000;
/** A session ends when nobody used it for so long, and at the latest after a week. */
export const sessionTimes = { idle: 12 * 60 * minute, most: 7 * 24 * 60 * minute };

/**
 * The cookie of a session. Under TLS its name binds it to this host and to TLS (RFC 6265 and its successor): no other
 * host of the domain can plant one.
 */
export function cookieName(isSecure: boolean): string {
  return isSecure ? "__Host-mailferry" : "mailferry";
}

/** Whether the request came over TLS. */
export function isSecure(context: Context): boolean {
  return new URL(context.req.url).protocol === "https:";
}

/** Somebody is not let through; told as a problem (RFC 9457). */
export class AccessRefused extends Error {
  readonly status: 401 | 403 | 429;
  readonly title: string;
  /** Seconds after which it may be tried again. */
  readonly retryAfter: number | undefined;
  constructor(status: 401 | 403 | 429, title: string, detail: string, retryAfter?: number) {
    super(detail);
    this.name = "AccessRefused";
    this.status = status;
    this.title = title;
    this.retryAfter = retryAfter;
  }
}

/** The answer that tells a refusal. */
export function refusalResponse(context: Context, refused: AccessRefused): Response {
  const { status, title, message, retryAfter } = refused;
  if (retryAfter !== undefined) context.header("retry-after", String(retryAfter));
  return problemBody(context, status, title, message);
}

/** Lets through who may, and says who it is. Throws AccessRefused for everybody else. */
export function gate({ store, now }: GateParts): MiddlewareHandler<GateVariables> {
  return async (context, next) => {
    const visitor = await visitorOf(context, store, now());
    if (visitor === null) throw new AccessRefused(401, "no-session", "Sign in first.");
    const changes = context.req.method !== "GET" && context.req.method !== "HEAD";
    if (changes && visitor.key.kind === "session" && !isOurPage(context, visitor.secret))
      throw new AccessRefused(403, "no-csrf-token", "Send x-csrf-token, as /api/session tells it.");
    if (changes && !visitor.key.mayWrite)
      throw new AccessRefused(403, "read-only", "This token may read, and change nothing.");
    const asked = {
      method: context.req.method,
      path: segmentsOf(context.req.url),
      body: await jsonBody(context),
    };
    if (!isPermitted(visitor.administrator, asked))
      throw new AccessRefused(403, "not-permitted", "This is not among what you administer.");
    context.set("visitor", visitor);
    await next();
  };
}

/** Who shows a good session or token; null otherwise. A session that is used lives on. */
export async function visitorOf(
  context: Context,
  store: AdministratorStore,
  now: number,
): Promise<Visitor | null> {
  const bearer = /^Bearer ([\w-]{20,100})$/.exec(context.req.header("authorization") ?? "")?.[1];
  const secret = bearer ?? getCookie(context, cookieName(isSecure(context)));
  if (secret === undefined || secret.length > 100) return null;
  const hash = secretHash(secret);
  const found = await store.keyOf(hash, now);
  if (found === null || (found.key.kind === "token") !== (bearer !== undefined)) return null;
  const { key } = found;
  if (now - key.lastUsed >= minute) {
    const expires =
      key.kind === "token" ? key.expires : Math.min(now + sessionTimes.idle, key.created + sessionTimes.most);
    await store.renewKey(hash, now, expires);
  }
  return { ...found, secret };
}

/**
 * Whether a change comes from a page of ours: a browser says where it comes from, and what comes from elsewhere cannot
 * know the token either.
 * @param secret of the session that is shown
 */
export function isOurPage(context: Context, secret: string): boolean {
  const origin = context.req.header("origin");
  if (origin !== undefined && origin !== new URL(context.req.url).origin) return false;
  return isSame(context.req.header("x-csrf-token") ?? "", csrfToken(secret));
}

/** What stands after `/api`, decoded; what cannot be decoded is nobody's. */
function segmentsOf(url: string): readonly string[] {
  const [, , ...segments] = new URL(url).pathname.split("/");
  try {
    return segments.map(decodeURIComponent);
  } catch {
    return [];
  }
}

/** A copy of the body: the handler reads it again. */
async function jsonBody(context: Context): Promise<unknown> {
  if (!context.req.header("content-type")?.startsWith("application/json")) return undefined;
  return await context.req.raw
    .clone()
    .json()
    .catch(() => undefined);
}
