/** One's own account over the API: the password, and the second step of signing in. */
import { createRoute, z } from "@hono/zod-openapi";
import { FailureCounter } from "#net/limits";
import { accountOf } from "../audited.ts";
import { ApiProblem, found, unwrap } from "../problem-details.ts";
import { answers, body, nothing, router } from "../routes.ts";
import { type AdministratorRoutes, newPassword } from "./administrators.ts";
import { AccessRefused } from "./gate.ts";
import type { SecondFactors } from "./second-factor.ts";

const stateSchema = z.object({ isOn: z.boolean(), recoveryCodes: z.number() });
export type SecondFactorView = z.output<typeof stateSchema>;
/** The only time that the secret is told. */
const begunSchema = z.object({ secret: z.string(), url: z.string() });
export type BegunSecondFactorView = z.output<typeof begunSchema>;
const confirmedSchema = z.object({ recoveryCodes: z.array(z.string()) });
export type ConfirmedSecondFactorView = z.output<typeof confirmedSchema>;
const passwords = z.strictObject({ oldPassword: z.string().min(1).max(1000), password: newPassword });
const withCode = { body: body(z.strictObject({ code: z.string().min(1).max(40) })) };

const show = createRoute({
  method: "get",
  path: "/account/totp",
  ...answers("Whether a code is asked for at one's own sign-in", stateSchema),
});
const begin = createRoute({
  method: "post",
  path: "/account/totp",
  ...answers("Make a secret for codes at one's own sign-in", begunSchema),
});
const confirm = createRoute({
  method: "put",
  path: "/account/totp",
  request: withCode,
  ...answers("Switch codes on, with a first one; tells the recovery codes", confirmedSchema),
});
const end = createRoute({
  method: "post",
  path: "/account/totp/off",
  request: withCode,
  ...answers("Switch codes off, with a last one", nothing),
});
const setPassword = createRoute({
  method: "put",
  path: "/account/password",
  request: { body: body(passwords) },
  ...answers("Change one's own password; every other session ends", nothing),
});
const remove = createRoute({
  method: "delete",
  path: "/administrators/{name}/totp",
  request: { params: z.object({ name: z.string().max(100) }) },
  ...answers("Switch codes off for an administrator who has lost the device", nothing),
});

export interface AccountRoutes extends Pick<AdministratorRoutes, "store" | "hashPassword" | "now"> {
  /** Null: too many wait. */
  readonly verify: (hash: string | null, password: Uint8Array) => Promise<boolean | null>;
}

/** Wrong passwords typed for one administrator: who guesses has a session of theirs already. */
const mostWrong = { failures: 20, windowMilliseconds: 15 * 60_000, capacity: 10_000 };

/** The routes of one's own account. */
export function accountRoutes(factors: SecondFactors, parts: AccountRoutes) {
  const { store, hashPassword, verify, now } = parts;
  const failures = new FailureCounter(mostWrong, now);
  /** The session of somebody who has signed in: a program's token may not change how its owner signs in. */
  const sessionOf = (request: Request) => {
    const account = accountOf(request);
    if (account?.kind === "session") return account;
    throw new ApiProblem({ kind: "not-permitted", text: "This is for who has signed in to the pages." });
  };
  const self = (request: Request): string => sessionOf(request).name;
  /** Throws unless that is the password of this administrator. */
  const prove = async (name: string, password: string): Promise<void> => {
    if (failures.isBlocked(name))
      throw new AccessRefused(429, "too-many", "Too many wrong passwords: wait a quarter of an hour.", 900);
    // Counted before the check, so that many at once do not slip through together.
    failures.fail(name);
    const isGood = await verify(await store.passwordHash(name), Buffer.from(password));
    if (isGood === null) throw new AccessRefused(429, "busy", "The server is busy: try again soon.", 5);
    if (!isGood)
      throw new ApiProblem({ kind: "not-permitted", text: "The password until now is another one." });
    failures.forget(name);
  };
  return router()
    .openapi(show, async (context) => context.json(await factors.state(self(context.req.raw)), 200))
    .openapi(begin, async (context) => context.json(unwrap(await factors.begin(self(context.req.raw))), 200))
    .openapi(confirm, async (context) => {
      const codes = unwrap(await factors.confirm(self(context.req.raw), context.req.valid("json").code));
      return context.json({ recoveryCodes: [...codes] }, 200);
    })
    .openapi(end, async (context) => {
      const name = self(context.req.raw);
      const proved = await factors.prove(name, context.req.valid("json").code);
      if (proved === "too-many")
        throw new AccessRefused(429, "too-many", "Too many wrong codes: wait a quarter of an hour.", 900);
      if (proved === "wrong")
        throw new ApiProblem({ kind: "not-permitted", text: "This code is not good, or was used." });
      await factors.remove(name);
      return context.json({ done: true as const }, 200);
    })
    .openapi(setPassword, async (context) => {
      const { name, id } = sessionOf(context.req.raw);
      const { oldPassword, password } = context.req.valid("json");
      await prove(name, oldPassword);
      unwrap(await store.setAdministratorPassword(name, await hashPassword(Buffer.from(password)), id));
      return context.json({ done: true as const }, 200);
    })
    .openapi(remove, async (context) => {
      const { name } = context.req.valid("param");
      // Or whoever took over a session would need no code to be rid of them.
      if (accountOf(context.req.raw)?.name === name)
        throw new ApiProblem({
          kind: "not-permitted",
          text: "Switch your own off with a code of the moment.",
        });
      const all = await store.administrators();
      found(all.find((one) => one.name === name) ?? null, `administrator ${name}`);
      if (!(await factors.remove(name)))
        throw new ApiProblem({ kind: "not-found", text: `${name} signs in without codes.` });
      return context.json({ done: true as const }, 200);
    });
}
