/** Bringing people who do not come by themselves, over the API. */
import { createRoute, z } from "@hono/zod-openapi";
import { failed, type Outcome } from "#mailbox/problem";
import type { AdminLogin, Brought, ToBring } from "#migration/admission/bringing";
import { address, key } from "./domains.ts";
import { unwrap } from "./problem-details.ts";
import { answers, body, router } from "./routes.ts";

const broughtSchema = z.object({
  people: z.array(
    z.object({
      address: z.string(),
      result: z.enum(["brought", "here-already", "refused", "cannot-tell", "not-tried"]),
      reason: z.string().nullable(),
    }),
  ),
});
export type BroughtView = z.output<typeof broughtSchema>;

/** Brings people of a domain (migration/admission/bringing). */
export type Bring = (
  domain: string,
  people: readonly ToBring[],
  admin: AdminLogin | null,
) => Promise<Outcome<readonly Brought[]>>;

const password = z.string().min(1).max(1000);
const bringing = createRoute({
  method: "post",
  path: "/migrations/{domain}/bring",
  request: {
    params: z.object({ domain: z.string().max(255) }),
    body: body(
      z.strictObject({
        people: z
          .array(
            z.strictObject({
              address: z.string().max(512),
              /** Their own on the old server; without one the administrator's login there is taken. */
              password: password.nullable().default(null),
            }),
          )
          .min(1)
          .max(200),
        admin: z
          .strictObject({ name: z.string().min(1).max(200), form: z.string().max(200), password })
          .nullable()
          .default(null),
      }),
    ),
  },
  ...answers("Bring people with their passwords, or with an administrator's login there", broughtSchema),
});

/** The route of bringing. */
export function bringingRoutes(bring: Bring) {
  return router().openapi(bringing, async (context) => {
    const domain = key(context.req.valid("param").domain);
    const { people, admin } = context.req.valid("json");
    const named = people.map((one) => ({
      address: address(one.address),
      password: one.password === null ? null : Buffer.from(one.password),
    }));
    const elsewhere = named.find((one) => !one.address.endsWith(`@${domain}`));
    if (elsewhere) unwrap(failed("invalid", `${elsewhere.address} is not an address of ${domain}.`));
    const login = admin && { ...admin, password: Buffer.from(admin.password) };
    return context.json({ people: [...unwrap(await bring(domain, named, login))] }, 200);
  });
}
