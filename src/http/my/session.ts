/** A person signs in with mail address and password, and out. The login is the one of POP3 and IMAP: a first one begins the move. */
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import type { Account, Login } from "#login/login";
import { AccessRefused, isSecure, sessionTimes } from "../access/gate.ts";
import { csrfToken, newSecret, type Random, secretHash } from "../access/secret.ts";
import { ApiProblem } from "../problem-details.ts";
import { answers, body, nothing, router } from "../routes.ts";
import { myCookie, type SignedIn, whoIsThere } from "./gate.ts";
import type { PersonSessions } from "./person.ts";

export interface MySessionParts {
  readonly sessions: PersonSessions;
  readonly login: Login;
  /** Told of each sign-in whose mailbox is there. */
  readonly begun: (account: Account, peerAddress: string) => void;
  readonly peerAddress: (context: Context) => string;
  /** Whether a password may come this way: under TLS, or on a listener that allows it. */
  readonly takesPasswords: (context: Context) => boolean;
  readonly random: Random;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const credentials = z.strictObject({
  address: z.string().min(1).max(320),
  password: z.string().min(1).max(1000),
});
const sessionSchema = z.object({
  address: z.string(),
  /** To be sent as x-csrf-token with each change. */
  csrfToken: z.string(),
  expires: z.string(),
});
export type MySessionView = z.output<typeof sessionSchema>;

const open = createRoute({
  method: "post",
  path: "/session",
  request: { body: body(credentials) },
  ...answers("Sign in; the first time it begins the move", sessionSchema),
});
const show = createRoute({ method: "get", path: "/session", ...answers("Who is signed in", sessionSchema) });
const close = createRoute({ method: "delete", path: "/session", ...answers("Sign out", nothing) });

/** The routes of a person's session: they ask for none before. */
export function mySessionRoutes(parts: MySessionParts) {
  const { sessions, now } = parts;
  return router()
    .openapi(open, async (context) => {
      const { address, password } = context.req.valid("json");
      const account = await proved(parts, context, address, password);
      return context.json(await beginSession(parts, context, account.address), 200);
    })
    .openapi(show, async (context) => {
      const me = await whoIsThere(context, sessions, now());
      if (me === null) throw new AccessRefused(401, "no-session", "Sign in first.");
      return context.json(viewOf(me), 200);
    })
    .openapi(close, async (context) => {
      const me = await whoIsThere(context, sessions, now());
      if (me !== null) await sessions.endSession(secretHash(me.secret));
      deleteCookie(context, myCookie(context), { path: "/", secure: isSecure(context) });
      return context.json({ done: true } as const, 200);
    });
}

/**
 * Asks the login. Throws AccessRefused when the password is wrong or came in clear, and ApiProblem when it cannot be
 * told: that is never called a wrong password.
 */
export async function proved(
  parts: MySessionParts,
  context: Context,
  name: string,
  password: string,
): Promise<Account> {
  if (!parts.takesPasswords(context))
    throw new AccessRefused(403, "no-tls", "Passwords are taken under TLS only: use https.");
  const answer = await parts.login.prove({
    name,
    password: Buffer.from(password),
    protocol: "web",
    peerAddress: parts.peerAddress(context),
  });
  switch (answer.answer) {
    case "welcome":
      parts.begun(answer.account, parts.peerAddress(context));
      return answer.account;
    case "refused":
      throw new AccessRefused(401, "wrong-password", "The address or the password is wrong.");
    case "try-later":
      throw new ApiProblem({ kind: "temporary", text: answer.text });
  }
}

/** Opens a session and gives its cookie. */
async function beginSession(
  { sessions, random, now }: MySessionParts,
  context: Context,
  address: string,
): Promise<MySessionView> {
  const [secret, at] = [newSecret(random), now()];
  const session = { address, created: at, lastUsed: at, expires: at + sessionTimes.idle };
  await sessions.addSession(secretHash(secret), session);
  setCookie(context, myCookie(context), secret, {
    httpOnly: true,
    sameSite: "Strict",
    secure: isSecure(context),
    path: "/",
    maxAge: sessionTimes.most / 1000,
  });
  return viewOf({ session, secret });
}

function viewOf({ session, secret }: SignedIn): MySessionView {
  const expires = new Date(session.expires).toISOString();
  return { address: session.address, csrfToken: csrfToken(secret), expires };
}
