/** Domains over the API. */
import { createRoute, z } from "@hono/zod-openapi";
import {
  addDomain,
  type DirectoryAdministration,
  removeDomain,
  setRoute,
  setUnknownUsers,
} from "#directory/administration";
import type { Domain } from "#directory/domain";
import { formatUnknownUsers, parseUnknownUsers } from "#directory/unknown-users";
import { addressKey, domainKey, parseAddress } from "#mail/address";
import { tlsVersions } from "#mail/next-hop";
import { ApiProblem, found, unwrap } from "./problem-details.ts";
import { answers, body, nothing, router } from "./routes.ts";

const nextHop = z.strictObject({
  host: z.string().min(1).max(255),
  port: z.number().int().min(1).max(65535),
});
const minVersion = z.enum(tlsVersions).exactOptional();
const tls = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("verify"), allowExpired: z.literal(true).exactOptional(), minVersion }),
  z.strictObject({ mode: z.literal("pin"), sha256: z.string().regex(/^[0-9a-f]{64}$/), minVersion }),
  z.strictObject({ mode: z.literal("opportunistic"), minVersion }),
  z.strictObject({ mode: z.literal("none") }),
]);
const name = z.string().min(1).max(255);

/** A domain as the API shows and takes it; the rule for unknown users is text, as people write it. */
export const domainSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("local"), name, unknownUsers: z.string().max(1000).default("reject") }),
  z.strictObject({
    kind: z.literal("remote"),
    name,
    hosts: z.array(nextHop).max(20).default([]),
    tls: tls.default({ mode: "opportunistic" }),
    deliver: z.enum(["immediately", "hold"]).default("immediately"),
  }),
  z.strictObject({ kind: z.literal("alias"), name, target: name }),
]);
export type DomainView = z.output<typeof domainSchema>;

const byName = { params: z.object({ name }) };
const giveUp = z.array(z.string().max(512)).max(10_000).default([]);

const list = createRoute({
  method: "get",
  path: "/domains",
  ...answers("All domains", z.array(domainSchema)),
});
const show = createRoute({
  method: "get",
  path: "/domains/{name}",
  request: byName,
  ...answers("One domain", domainSchema),
});
const add = createRoute({
  method: "post",
  path: "/domains",
  request: { body: body(domainSchema) },
  ...answers("Add a domain", nothing),
});
const changeSchema = z.strictObject({
  /** Of a local domain. */
  unknownUsers: z.string().max(1000).exactOptional(),
  giveUp,
  /** Of a remote domain. */
  hosts: z.array(nextHop).max(20).exactOptional(),
  tls: tls.exactOptional(),
  deliver: z.enum(["immediately", "hold"]).exactOptional(),
});
const change = createRoute({
  method: "patch",
  path: "/domains/{name}",
  request: { ...byName, body: body(changeSchema) },
  ...answers(
    "Set what a local domain does with mail for unknown users, or how a remote domain is reached",
    nothing,
  ),
});
const remove = createRoute({
  method: "delete",
  path: "/domains/{name}",
  request: byName,
  ...answers("Remove a domain", nothing),
});

/** The routes of domains. */
export function domainRoutes(deps: DirectoryAdministration) {
  const { directory } = deps;
  return router()
    .openapi(list, async (context) => context.json((await directory.domains()).map(shown), 200))
    .openapi(show, async (context) => {
      const wanted = context.req.valid("param").name;
      return context.json(shown(found(await directory.domain(key(wanted)), `domain ${wanted}`)), 200);
    })
    .openapi(add, async (context) => {
      unwrap(await addDomain(deps, read(context.req.valid("json"))));
      return context.json({ done: true as const }, 200);
    })
    .openapi(change, async (context) => {
      const { unknownUsers, giveUp: given, ...route } = context.req.valid("json");
      const named = key(context.req.valid("param").name);
      const isRoute = Object.keys(route).length > 0;
      if (isRoute === (unknownUsers !== undefined))
        throw new ApiProblem({
          kind: "invalid",
          text: "Name unknownUsers, or what is to change of a route.",
        });
      if (unknownUsers === undefined) unwrap(await setRoute(deps, named, route));
      else unwrap(await setUnknownUsers(deps, named, rule(unknownUsers), given.map(address)));
      return context.json({ done: true as const }, 200);
    })
    .openapi(remove, async (context) => {
      unwrap(await removeDomain(deps, key(context.req.valid("param").name)));
      return context.json({ done: true as const }, 200);
    });
}

/** The key of an address that somebody typed. Throws ApiProblem. */
export function address(text: string): string {
  const parsed = parseAddress(text);
  if (!parsed) throw new ApiProblem({ kind: "invalid", text: `"${text}" is not a mail address.` });
  return addressKey(parsed);
}

/** The key of a domain that somebody typed. Throws ApiProblem. */
export function key(text: string): string {
  const known = domainKey(text);
  if (!known) throw new ApiProblem({ kind: "invalid", text: `"${text}" is not a domain name.` });
  return known;
}

function rule(text: string) {
  const parsed = parseUnknownUsers(text);
  if (parsed) return parsed;
  const expected = "reject, defer, postmaster, 'forward ADDRESS' or '*@DOMAIN|ROUTE'";
  throw new ApiProblem({
    kind: "invalid",
    text: `"${text}" is no rule for unknown users: expected ${expected}.`,
  });
}

function read(view: DomainView): Domain {
  return view.kind === "local" ? { ...view, unknownUsers: rule(view.unknownUsers) } : view;
}

function shown(domain: Domain): DomainView {
  if (domain.kind === "local") return { ...domain, unknownUsers: formatUnknownUsers(domain.unknownUsers) };
  return domain.kind === "remote" ? { ...domain, hosts: [...domain.hosts] } : domain;
}
