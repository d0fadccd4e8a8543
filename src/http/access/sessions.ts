/** Signing in to the web, and out. */
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { addressGroup, FailureCounter } from "#net/limits";
import type { AuditTrail } from "#observe/audit";
import { unwrap } from "../problem-details.ts";
import { answers, body, nothing, router } from "../routes.ts";
import type { AdministratorStore } from "./administrator.ts";
import { administratorName, newPassword } from "./administrators.ts";
import { AccessRefused, cookieName, isSecure, sessionTimes, type Visitor, visitorOf } from "./gate.ts";
import type { SecondFactors } from "./second-factor.ts";
import { csrfToken, newSecret, type Random, secretHash } from "./secret.ts";
import type { SetUpLink } from "./set-up.ts";

export interface SessionParts {
  readonly store: AdministratorStore;
  readonly setUp: SetUpLink;
  readonly secondFactors: Pick<SecondFactors, "state" | "prove">;
  readonly hashPassword: (password: Uint8Array) => Promise<string>;
  /** Null: too many wait. */
  readonly verify: (hash: string | null, password: Uint8Array) => Promise<boolean | null>;
  /** Keeps who signed in, and from where. */
  readonly audit: Pick<AuditTrail, "recordSoon">;
  /** Where the request comes from. */
  readonly peerAddress: (context: Context) => string;
  /** Whether a password may come this way: under TLS, or on a listener that allows it. */
  readonly takesPasswords: (context: Context) => boolean;
  readonly random: Random;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const credentials = z.strictObject({
  name: z.string().min(1).max(200),
  password: z.string().min(1).max(1000),
  /** Of a program on another device, or a recovery code, where it is asked for. */
  code: z.string().min(1).max(40).optional(),
});
const first = z.strictObject({
  token: z.string().min(1).max(100),
  name: administratorName,
  password: newPassword,
});
const sessionSchema = z.object({
  name: z.string(),
  role: z.enum(["administrator", "domain-administrator"]),
  domains: z.array(z.string()),
  /** To be sent as x-csrf-token with each change. */
  csrfToken: z.string(),
  expires: z.string(),
});
export type SessionView = z.output<typeof sessionSchema>;

const open = createRoute({
  method: "post",
  path: "/session",
  request: { body: body(credentials) },
  ...answers("Sign in", sessionSchema),
});
const setUp = createRoute({
  method: "post",
  path: "/set-up",
  request: { body: body(first) },
  ...answers("Make the first administrator, with the link that the server printed", sessionSchema),
});
const show = createRoute({ method: "get", path: "/session", ...answers("Who is signed in", sessionSchema) });
const close = createRoute({ method: "delete", path: "/session", ...answers("Sign out", nothing) });

/** They open and end what everything else asks for, and ask for nothing themselves but to show it. */
export const sessionOperations = [
  { ...open, security: [] },
  { ...setUp, security: [] },
  show,
  { ...close, security: [] },
];

const quarterHour = 15 * 60_000;

/** The routes of sessions: the only ones of the API that ask for no session before. */
export function sessionRoutes(parts: SessionParts) {
  const { store, now, random } = parts;
  const failures = (most: number) =>
    new FailureCounter({ failures: most, windowMilliseconds: quarterHour, capacity: 10_000 }, now);
  // The last is wide: a guesser elsewhere must not lock an administrator out.
  const [byPair, byPeer, byName] = [failures(10), failures(100), failures(1000)];
  const mustBeSecure = (context: Context): void => {
    if (parts.takesPasswords(context)) return;
    throw new AccessRefused(403, "no-tls", "Passwords are taken under TLS only: use https.");
  };
  /** Opens a session and gives its cookie. `kind` is what the audit record calls it. */
  const begin = async (context: Context, name: string, kind: string): Promise<SessionView> => {
    const secret = newSecret(random);
    const [at, hash] = [now(), secretHash(secret)];
    const key = {
      id: Buffer.from(random(9)).toString("base64url"),
      kind: "session",
      label: parts.peerAddress(context),
      mayWrite: true,
      created: at,
      lastUsed: at,
      expires: at + sessionTimes.idle,
    } as const;
    const added = await store.addKey(hash, name, key);
    const found = added.ok ? await store.keyOf(hash, at) : null;
    if (found === null) throw new AccessRefused(401, "wrong-password", "The name or the password is wrong.");
    setCookie(context, cookieName(isSecure(context)), secret, {
      httpOnly: true,
      sameSite: "Strict",
      secure: isSecure(context),
      path: "/",
      maxAge: sessionTimes.most / 1000,
    });
    parts.audit.recordSoon({
      at,
      kind,
      actor: `administrator: ${name}`,
      remote: key.label || null,
      domain: null,
      object: name,
      outcome: "done",
      details: {},
    });
    return viewOf({ ...found, secret });
  };

  return router()
    .openapi(open, async (context) => {
      mustBeSecure(context);
      const { name, password, code } = context.req.valid("json");
      const peer = parts.peerAddress(context);
      const limited = [
        [byPair, `${addressGroup(peer)} ${name}`],
        [byPeer, addressGroup(peer)],
        [byName, name],
      ] as const;
      if (limited.some(([counter, key]) => counter.isBlocked(key))) throw tooMany();
      // Counted before the check, so that many at once do not slip through together.
      for (const [counter, key] of limited) counter.fail(key);
      const good = await parts.verify(await store.passwordHash(name), Buffer.from(password));
      if (good === null) throw new AccessRefused(429, "busy", "The server is busy: try again soon.");
      if (!good) throw new AccessRefused(401, "wrong-password", "The name or the password is wrong.");
      if ((await parts.secondFactors.state(name)).isOn) {
        if (code === undefined)
          throw new AccessRefused(401, "code-needed", "Type the code of the moment, or a recovery code.");
        const proved = await parts.secondFactors.prove(name, code);
        if (proved === "too-many") throw tooMany();
        if (proved === "wrong")
          throw new AccessRefused(401, "wrong-code", "The code is wrong, or was used: take the next one.");
      }
      byPair.forget(limited[0][1]);
      return context.json(await begin(context, name, "administrator-signed-in"), 200);
    })
    .openapi(setUp, async (context) => {
      mustBeSecure(context);
      const { token, name, password } = context.req.valid("json");
      if (byPeer.isBlocked(addressGroup(parts.peerAddress(context)))) throw tooMany();
      if (!parts.setUp.use(token)) {
        byPeer.fail(addressGroup(parts.peerAddress(context)));
        throw new AccessRefused(
          403,
          "used-link",
          "This link was used, or is of an earlier start of the server.",
        );
      }
      const hash = await parts.hashPassword(Buffer.from(password));
      const added = await store.addAdministrator({ name, role: "administrator", domains: [] }, hash, now());
      if (!added.ok) parts.setUp.restore(token);
      unwrap(added);
      return context.json(await begin(context, name, "first-administrator-added"), 200);
    })
    .openapi(show, async (context) => {
      const visitor = await visitorOf(context, store, now());
      if (visitor === null) throw new AccessRefused(401, "no-session", "Sign in first.");
      return context.json(viewOf(visitor), 200);
    })
    .openapi(close, async (context) => {
      const visitor = await visitorOf(context, store, now());
      // Whoever makes somebody else sign out gains nothing, so this asks for no token.
      if (visitor?.key.kind === "session") await store.removeKey(visitor.administrator.name, visitor.key.id);
      deleteCookie(context, cookieName(isSecure(context)), { path: "/", secure: isSecure(context) });
      return context.json({ done: true } as const, 200);
    });
}

function tooMany(): AccessRefused {
  return new AccessRefused(429, "too-many", "Too many attempts: wait a quarter of an hour.");
}

function viewOf({ administrator, key, secret }: Visitor): SessionView {
  const expires = new Date(key.expires).toISOString();
  return { ...administrator, domains: [...administrator.domains], csrfToken: csrfToken(secret), expires };
}
