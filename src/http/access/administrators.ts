/** Administrators and their tokens over the API. */
import { createRoute, z } from "@hono/zod-openapi";
import { ApiProblem, found, unwrap } from "../problem-details.ts";
import { answers, body, nothing, router } from "../routes.ts";
import type { AdministratorStore } from "./administrator.ts";
import { newSecret, type Random, secretHash } from "./secret.ts";

export interface AdministratorRoutes {
  readonly store: AdministratorStore;
  readonly hashPassword: (password: Uint8Array) => Promise<string>;
  readonly random: Random;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** A name to sign in with, and a password that is good enough for it. */
export const administratorName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$/, "letters, digits and . _ @ - only, at most 100");
export const newPassword = z.string().min(12, "at least 12 characters").max(1000);
const role = z.enum(["administrator", "domain-administrator"]);
const domains = z.array(z.string().regex(/^[a-z0-9.-]{1,253}$/, "a domain in small letters")).max(1000);
const administratorSchema = z.object({ name: z.string(), role, domains: z.array(z.string()) });
export type AdministratorView = z.output<typeof administratorSchema>;
const newAdministrator = z.strictObject({
  name: administratorName,
  role,
  domains,
  password: newPassword,
});

const keySchema = z.object({
  id: z.string(),
  kind: z.enum(["session", "token"]),
  label: z.string(),
  mayWrite: z.boolean(),
  created: z.string(),
  lastUsed: z.string(),
  expires: z.string(),
});
export type AccessKeyView = z.output<typeof keySchema>;
const newToken = z.strictObject({
  label: z.string().min(1).max(200),
  mayWrite: z.boolean(),
  days: z.int().min(1).max(3650),
});
/** The only time that the token itself is told. */
const tokenSchema = z.object({ id: z.string(), token: z.string() });
export type TokenView = z.output<typeof tokenSchema>;

const byName = { params: z.object({ name: z.string().max(100) }) };
const byKey = { params: z.object({ name: z.string().max(100), id: z.string().max(100) }) };
const list = createRoute({
  method: "get",
  path: "/administrators",
  ...answers("All administrators", z.array(administratorSchema)),
});
const add = createRoute({
  method: "post",
  path: "/administrators",
  request: { body: body(newAdministrator) },
  ...answers("Add an administrator", nothing),
});
const setPassword = createRoute({
  method: "put",
  path: "/administrators/{name}/password",
  request: { ...byName, body: body(z.strictObject({ password: newPassword })) },
  ...answers("Set an administrator's password; their sessions end", nothing),
});
const remove = createRoute({
  method: "delete",
  path: "/administrators/{name}",
  request: byName,
  ...answers("Remove an administrator with all sessions and tokens", nothing),
});
const listKeys = createRoute({
  method: "get",
  path: "/administrators/{name}/keys",
  request: byName,
  ...answers("An administrator's sessions and tokens", z.array(keySchema)),
});
const addToken = createRoute({
  method: "post",
  path: "/administrators/{name}/tokens",
  request: { ...byName, body: body(newToken) },
  ...answers("Make a token for a program", tokenSchema),
});
const removeKey = createRoute({
  method: "delete",
  path: "/administrators/{name}/keys/{id}",
  request: byKey,
  ...answers("End a session, or take a token back", nothing),
});

const day = 86_400_000;
const nothingMore = { done: true } as const;

/** The routes of administrators. */
export function administratorRoutes({ store, hashPassword, random, now }: AdministratorRoutes) {
  const existing = async (wanted: string): Promise<AdministratorView> => {
    const all = await store.administrators();
    const one = found(all.find((each) => each.name === wanted) ?? null, `administrator ${wanted}`);
    return { ...one, domains: [...one.domains] };
  };
  return router()
    .openapi(list, async (context) => {
      const all = await store.administrators();
      return context.json(
        all.map((one) => ({ ...one, domains: [...one.domains] })),
        200,
      );
    })
    .openapi(add, async (context) => {
      const { password: secret, ...given } = context.req.valid("json");
      if ((given.role === "domain-administrator") !== given.domains.length > 0)
        throw new ApiProblem({
          kind: "invalid",
          text: "A domain administrator has domains; nobody else has.",
        });
      unwrap(await store.addAdministrator(given, await hashPassword(Buffer.from(secret)), now()));
      return context.json(nothingMore, 200);
    })
    .openapi(setPassword, async (context) => {
      const hash = await hashPassword(Buffer.from(context.req.valid("json").password));
      unwrap(await store.setAdministratorPassword(context.req.valid("param").name, hash));
      return context.json(nothingMore, 200);
    })
    .openapi(remove, async (context) => {
      unwrap(await store.removeAdministrator(context.req.valid("param").name));
      return context.json(nothingMore, 200);
    })
    .openapi(listKeys, async (context) => {
      const { name: wanted } = await existing(context.req.valid("param").name);
      const time = (at: number) => new Date(at).toISOString();
      const keys = (await store.keys(wanted, now())).map((key) => ({
        ...key,
        created: time(key.created),
        lastUsed: time(key.lastUsed),
        expires: time(key.expires),
      }));
      return context.json(keys, 200);
    })
    .openapi(addToken, async (context) => {
      const { label, mayWrite, days } = context.req.valid("json");
      const [token, id, at] = [newSecret(random), Buffer.from(random(9)).toString("base64url"), now()];
      const key = {
        id,
        kind: "token",
        label,
        mayWrite,
        created: at,
        lastUsed: at,
        expires: at + days * day,
      } as const;
      unwrap(await store.addKey(secretHash(token), context.req.valid("param").name, key));
      return context.json({ id, token }, 200);
    })
    .openapi(removeKey, async (context) => {
      const { name: wanted, id } = context.req.valid("param");
      unwrap(await store.removeKey(wanted, id));
      return context.json(nothingMore, 200);
    });
}
