/**
 * The gate before a person's own API: its own cookie, its own sessions. A session of an administrator opens nothing
 * here, and a person's nothing there.
 */
import type { Context, MiddlewareHandler } from "hono";
import { getCookie } from "hono/cookie";
import { AccessRefused, isOurPage, isSecure, sessionTimes } from "../access/gate.ts";
import { secretHash } from "../access/secret.ts";
import type { PersonSession, PersonSessions } from "./person.ts";

/** Who is there, as later handlers find it. */
export interface SignedIn {
  readonly session: PersonSession;
  readonly secret: string;
}
export type MyVariables = { Variables: { me: SignedIn } };

const minute = 60_000;

/** The cookie's name; under TLS it is bound to this host and to TLS. */
export function myCookie(context: Context): string {
  return isSecure(context) ? "__Host-mailferry-my" : "mailferry-my";
}

/** Lets through who is signed in; a change must come from our own page. Throws AccessRefused. */
export function myGate(sessions: PersonSessions, now: () => number): MiddlewareHandler<MyVariables> {
  return async (context, next) => {
    const me = await whoIsThere(context, sessions, now());
    if (me === null) throw new AccessRefused(401, "no-session", "Sign in first.");
    const changes = context.req.method !== "GET" && context.req.method !== "HEAD";
    if (changes && !isOurPage(context, me.secret))
      throw new AccessRefused(403, "no-csrf-token", "Send x-csrf-token, as /api/my/session tells it.");
    context.set("me", me);
    await next();
  };
}

/** Who shows a good session; null otherwise. A session that is used lives on. */
export async function whoIsThere(
  context: Context,
  sessions: PersonSessions,
  now: number,
): Promise<SignedIn | null> {
  const secret = getCookie(context, myCookie(context));
  if (secret === undefined || secret.length > 100) return null;
  const hash = secretHash(secret);
  const session = await sessions.sessionOf(hash, now);
  if (session === null) return null;
  if (now - session.lastUsed >= minute)
    await sessions.renewSession(
      hash,
      now,
      Math.min(now + sessionTimes.idle, session.created + sessionTimes.most),
    );
  return { session, secret };
}
