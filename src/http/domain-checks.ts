/** What is to be known of a domain before it is changed: what a rule would do, what removal would lose, whether a route answers. */
import { createRoute, z } from "@hono/zod-openapi";
import type { DirectoryStore } from "#directory/directory-store";
import { formatUnknownUsers, parseUnknownUsers } from "#directory/unknown-users";
import { checkUnknownUsers } from "#directory/unknown-users-check";
import { key } from "./domains.ts";
import { ApiProblem, found } from "./problem-details.ts";
import { answers, router } from "./routes.ts";

/** What came of trying one server of a route. */
export interface TriedServer {
  readonly host: string;
  readonly isGood: boolean;
  readonly isSecure: boolean;
  readonly said: string;
}

export interface DomainCheckRoutes {
  readonly directory: DirectoryStore;
  /** Whether a connection there would reach one of our own listeners. */
  readonly leadsToUs: (host: string, port: number) => boolean;
  /** People whom the old server accepts mail for and who have not come: when mail was last accepted (epoch ms), null never. */
  readonly missing: (domain: string) => Promise<readonly { readonly lastAccepted: number | null }[]>;
  /** Recipients waiting in the queue for a remote domain. */
  readonly waitingFor: (route: string) => Promise<number>;
  readonly isMigrating: (domain: string) => Promise<boolean>;
  /** Connect, EHLO, QUIT; bounded in time. */
  readonly tryRoute: (name: string, signal: AbortSignal) => Promise<readonly TriedServer[]>;
  /** Sessions that began last, the newest first. */
  readonly logins: (domain: string) => Promise<LoginsView>;
  readonly now: () => number;
}

const name = z.string().min(1).max(255);
const byName = { params: z.object({ name }) };
const nextHop = z.object({ host: z.string(), port: z.number() });

const ruleCheckSchema = z.object({
  /** The rule as it would be kept; null: it cannot be read. */
  rule: z.string().nullable(),
  /** Why it would be refused; null: it can be set. */
  problem: z.string().nullable(),
  warnings: z.array(z.string()),
  /** Of a pipe; no hosts: the MX of its name. */
  route: z
    .object({ name: z.string(), hosts: z.array(nextHop), deliver: z.enum(["immediately", "hold"]) })
    .nullable(),
  /** People without a mailbox here whom the old server takes mail for, and of these who got mail within a week. */
  missing: z.number(),
  missingThisWeek: z.number(),
});
export type RuleCheckView = z.output<typeof ruleCheckSchema>;

const removalSchema = z.object({
  mailboxes: z.number(),
  /** More than were counted. */
  isMore: z.boolean(),
  aliases: z.number(),
  aliasDomains: z.array(z.string()),
  /** Local domains whose mail for unknown users is piped there. */
  pipedFrom: z.array(z.string()),
  /** Recipients in the queue. */
  waiting: z.number(),
  isMigrating: z.boolean(),
});
export type RemovalView = z.output<typeof removalSchema>;

const triedSchema = z.object({
  servers: z.array(
    z.object({ host: z.string(), isGood: z.boolean(), isSecure: z.boolean(), said: z.string() }),
  ),
});
export type TriedView = z.output<typeof triedSchema>;

const loginsSchema = z.array(
  z.object({ address: z.string(), protocol: z.string(), peer: z.string(), since: z.string() }),
);
export type LoginsView = z.output<typeof loginsSchema>;

const checkRule = createRoute({
  method: "get",
  path: "/domains/{name}/unknown-users",
  request: { ...byName, query: z.strictObject({ rule: z.string().max(1000) }) },
  ...answers("What a rule for unknown users would do, without setting it", ruleCheckSchema),
});
const removal = createRoute({
  method: "get",
  path: "/domains/{name}/removal",
  request: byName,
  ...answers("What is in the way of removing a domain, or would go with it", removalSchema),
});
const tried = createRoute({
  method: "post",
  path: "/domains/{name}/test",
  request: byName,
  ...answers("Try the servers of a remote domain: connect, EHLO, QUIT", triedSchema),
});
const logins = createRoute({
  method: "get",
  path: "/domains/{name}/logins",
  request: byName,
  ...answers("Who has logged in since the server started, the newest first", loginsSchema),
});

/** So many mailboxes are counted. */
const mostCounted = 10_000;
const week = 7 * 86_400_000;

/** The routes of looking before changing. */
export function domainCheckRoutes(deps: DomainCheckRoutes) {
  const { directory } = deps;
  const named = async (text: string) => found(await directory.domain(key(text)), `domain ${text}`);
  return router()
    .openapi(checkRule, async (context) => {
      const domain = await named(context.req.valid("param").name);
      if (domain.kind !== "local")
        throw new ApiProblem({ kind: "not-found", text: `${domain.name} is not a local domain here.` });
      const unknownUsers = parseUnknownUsers(context.req.valid("query").rule);
      const missing = await deps.missing(domain.name);
      const since = deps.now() - week;
      const counts = {
        missing: missing.length,
        missingThisWeek: missing.filter(({ lastAccepted }) => (lastAccepted ?? 0) >= since).length,
      };
      if (unknownUsers === null) {
        const problem = "It is no rule: expected reject, defer, postmaster, an address, or *@DOMAIN|ROUTE.";
        return context.json({ rule: null, problem, warnings: [], route: null, ...counts }, 200);
      }
      const check = await checkUnknownUsers(directory, { ...domain, unknownUsers }, deps.leadsToUs);
      const route = check.route && { ...check.route, hosts: [...check.route.hosts] };
      const rule = formatUnknownUsers(unknownUsers);
      return context.json({ ...check, rule, warnings: [...check.warnings], route, ...counts }, 200);
    })
    .openapi(removal, async (context) => {
      const domain = await named(context.req.valid("param").name);
      const all = await directory.domains();
      const isLocal = domain.kind === "local";
      const mailboxes = isLocal ? await directory.mailboxes(domain.name, "", mostCounted + 1) : [];
      const users = all.filter((one) => one.name !== domain.name);
      const aliasDomains = users.filter((one) => one.kind === "alias" && one.target === domain.name);
      const pipedFrom = users.filter(
        (one) =>
          one.kind === "local" &&
          one.unknownUsers.rule === "pipe" &&
          one.unknownUsers.pipe.route === domain.name,
      );
      return context.json(
        {
          mailboxes: Math.min(mailboxes.length, mostCounted),
          isMore: mailboxes.length > mostCounted,
          aliases: isLocal ? (await directory.aliases(domain.name)).length : 0,
          aliasDomains: aliasDomains.map((one) => one.name),
          pipedFrom: pipedFrom.map((one) => one.name),
          waiting: domain.kind === "remote" ? await deps.waitingFor(domain.name) : 0,
          isMigrating: isLocal && (await deps.isMigrating(domain.name)),
        },
        200,
      );
    })
    .openapi(tried, async (context) => {
      const domain = await named(context.req.valid("param").name);
      if (domain.kind !== "remote")
        throw new ApiProblem({ kind: "not-found", text: `${domain.name} is not a remote domain here.` });
      const servers = await deps.tryRoute(domain.name, context.req.raw.signal);
      return context.json({ servers: [...servers] }, 200);
    })
    .openapi(logins, async (context) => {
      const { name: domain } = await named(context.req.valid("param").name);
      return context.json(await deps.logins(domain), 200);
    });
}
