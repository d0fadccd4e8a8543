/** Plugs together what a rehearsal looks at: the old server, our own side, and the way of mail. */
import { randomBytes } from "node:crypto";
import { statfsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Config } from "#config/config";
import { formatUnknownUsers } from "#directory/unknown-users";
import type { RehearsalRequest, Rehearse } from "#http/rehearsal";
import { done, failed, type Outcome } from "#mailbox/problem";
import { allTransfers } from "#migration/check";
import type { OldServerAddress } from "#migration/old-server/old-server";
import { oldServerUrl, parseOldServerAddress } from "#migration/old-server/old-server-address";
import { reportOf } from "#migration/rehearsal/findings";
import { observe } from "#migration/rehearsal/rehearse";
import { usualImapPort } from "#migration/rehearsal/seen-probe";
import { type RehearsalTools, usualRehearsalLimits } from "#migration/rehearsal/tools";
import type { Resolver } from "#net/resolver";
import { tlsPolicyText } from "#net/tls-policy";
import type { Store } from "#store/sqlite/open";
import type { MigrationRoom } from "./migration.ts";

interface RehearsalParts {
  readonly config: Config;
  readonly store: Pick<Store, "directory" | "ledger">;
  readonly migration: Pick<MigrationRoom, "missing" | "budgets" | "isOurs">;
  readonly resolver: Resolver;
  /** Told in our own greetings. */
  readonly instanceId: string;
}

/** One rehearsal of a domain at a time. */
export function openRehearsals(parts: RehearsalParts): Rehearse {
  const { store } = parts;
  const tools = toolsOf(parts);
  const underWay = new Set<string>();
  return async (request, signal) => {
    const { domain } = request;
    if ((await store.directory.domain(domain))?.kind !== "local")
      return failed("not-found", `${domain} is not a local domain here: add it first.`);
    const stranger = request.logins.find(({ address }) => !address.endsWith(`@${domain}`));
    if (stranger) return failed("invalid", `${stranger.address} is not an address of ${domain}.`);
    const running = await store.ledger.migration(domain);
    const server = serverOf(request, running?.oldServer ?? null);
    if (!server.ok) return server;
    if (underWay.has(domain))
      return failed("in-use", `A rehearsal of ${domain} is under way: try again when it is over.`);
    underWay.add(domain);
    try {
      const logins = request.logins.map(({ address, password }) => ({
        address,
        password: Buffer.from(password),
      }));
      const imapPort = request.imapPort ?? usualImapPort(server.value);
      const rehearsal = { domain, server: server.value, logins, mayRetrieve: request.retrieve, imapPort };
      return done(reportOf(await observe(rehearsal, tools, signal)));
    } finally {
      underWay.delete(domain);
    }
  };
}

/** The old server that is asked for: what is not told is as the running migration has it. */
function serverOf(
  { from, tls, loginAs }: RehearsalRequest,
  running: OldServerAddress | null,
): Outcome<OldServerAddress> {
  const url = from ?? (running && oldServerUrl(running));
  if (url === null)
    return failed("invalid", "Name the old server: pop3://HOST[:PORT] or pop3s://HOST[:PORT].");
  const policy = tls ?? (running && from === null ? tlsPolicyText(running.tls) : "verify");
  const server = parseOldServerAddress(
    url,
    policy,
    loginAs ?? (from === null ? (running?.loginAs ?? null) : null),
  );
  if (server.ok && server.value.protocol === "imap")
    return failed(
      "invalid",
      "An IMAP old server cannot be moved from yet: name its POP3 service, pop3://HOST.",
    );
  return server;
}

function toolsOf({ config, store, migration, resolver, instanceId }: RehearsalParts): RehearsalTools {
  const { directory, ledger } = store;
  return {
    budgets: migration.budgets,
    resolver,
    isOurs: migration.isOurs,
    isOwnGreeting: (greeting) => greeting.includes(instanceId),
    async unknownUsers(name) {
      const domain = await directory.domain(name);
      if (domain?.kind !== "local") return { rule: "reject", route: null };
      const rule = formatUnknownUsers(domain.unknownUsers);
      if (domain.unknownUsers.rule !== "pipe") return { rule, route: null };
      const route = domain.unknownUsers.pipe.route;
      const remote = await directory.domain(route);
      return {
        rule,
        route:
          remote?.kind === "remote" ? remote : { name: route, hosts: [], tls: { mode: "opportunistic" } },
      };
    },
    quotaOf: async (address) => (await directory.mailbox(address))?.quota ?? null,
    async house(domain) {
      const disk = statfsSync(config.data);
      const coming = await migration.missing(domain);
      return {
        hostname: config.hostname,
        free: disk.bavail * disk.bsize,
        connections: config.migration.connectionsPerOldServer,
        sweepMilliseconds: config.migration.sweepInterval,
        knownPeople: coming.length + (await allTransfers(ledger, domain)).length,
      };
    },
    async rescue(octets, address) {
      const folder = join(config.data, "rehearsal");
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const name = `${new Date().toISOString().replaceAll(":", "-")}-${address.replace(/[^a-z0-9.@-]/gi, "_")}.eml`;
      await writeFile(join(folder, name), octets, { mode: 0o600, flush: true });
      return join(folder, name);
    },
    randomText: () => randomBytes(9).toString("hex"),
    pause: async (milliseconds, signal) => {
      await wait(milliseconds, undefined, { signal }).catch(() => undefined);
    },
    limits: usualRehearsalLimits,
  };
}
