/** `mailferry domain …` */
import type { DnsRecordView } from "#http/dns";
import type { LoginsView, RemovalView, RuleCheckView, TriedView } from "#http/domain-checks";
import type { DomainView } from "#http/domains";
import { parseTlsPolicy, tlsPolicyText } from "#net/tls-policy";
import { CommandFailed } from "./connection.ts";
import { type CommonOptions, command, noun, serverOf, tell } from "./noun.ts";
import { table } from "./terminal.ts";

interface AddOptions extends CommonOptions {
  readonly remote?: boolean;
  readonly host?: readonly string[];
  readonly deliver: "immediately" | "hold";
  readonly tls: string;
  readonly aliasOf?: string;
}

const add = command(
  "add <name>",
  "add a local domain, a remote domain (a route) or another name for a local domain",
  "domain add big-company.old --remote --host 10.0.0.5 --deliver immediately",
)
  .option("--remote", "a route to other servers, not an address space of ours")
  .option(
    "--host <host:port...>",
    "delivery hosts of a remote domain, in order, port 25 unless told; without: its MX",
  )
  .option("--deliver <mode>", "immediately or hold", "immediately")
  .option(
    "--tls <policy>",
    "opportunistic, verify, pin=SHA256 or none; with ,min=1.0 old versions of TLS too; verify,allow-expired",
    "opportunistic",
  )
  .option("--alias-of <domain>", "another name for this local domain")
  .action(async (name: string, options: AddOptions) => {
    await serverOf(options).post("/domains", newDomain(name, options));
    tell(options, { done: true }, `Domain ${name} added.`);
  });

interface SetOptions extends CommonOptions, Partial<Pick<AddOptions, "host" | "deliver" | "tls">> {
  readonly unknownUsers?: string;
  readonly giveUp?: readonly string[];
  readonly dryRun?: boolean;
}

const set = command(
  "set <name>",
  "set what a local domain does with mail for unknown users, or how a remote domain is reached",
  "domain set big-company.com --unknown-users '*@big-company.com|big-company.old'",
)
  .option("--unknown-users <rule>", "reject, defer, postmaster, 'forward ADDRESS' or '*@DOMAIN|ROUTE'")
  .option("--give-up <address...>", "people whose mail may be refused though the old server knows them")
  .option("--dry-run", "say what the rule for unknown users would do, and change nothing")
  .option("--host <host:port...>", "delivery hosts of a remote domain, in order; 'mx': those of its MX")
  .option("--deliver <mode>", "of a remote domain: immediately or hold")
  .option("--tls <policy>", "of a remote domain: as for add")
  .action(async (name: string, options: SetOptions) => {
    const server = serverOf(options);
    const { unknownUsers, host, deliver, tls } = options;
    if (options.dryRun && unknownUsers !== undefined) {
      const query = `rule=${encodeURIComponent(unknownUsers)}`;
      const check = await server.get<RuleCheckView>(`${path(name)}/unknown-users?${query}`);
      return tell(options, check, ruleText(check));
    }
    const change = {
      ...(unknownUsers === undefined ? {} : { unknownUsers, giveUp: options.giveUp ?? [] }),
      ...(host === undefined ? {} : { hosts: host[0] === "mx" ? [] : nextHops(host) }),
      ...(deliver === undefined ? {} : { deliver }),
      ...(tls === undefined ? {} : { tls: tlsPolicy(tls) }),
    };
    if (Object.keys(change).length === 0)
      throw new CommandFailed("name what to set: --unknown-users, or --host, --deliver, --tls");
    await server.patch(path(name), change);
    const words = unknownUsers === undefined ? `Set.` : `Mail for unknown users of ${name}: ${unknownUsers}`;
    tell(options, { done: true }, words);
  });

const list = command("list", "list all domains", "domain list").action(async (options: CommonOptions) => {
  const domains = await serverOf(options).get<readonly DomainView[]>("/domains");
  const rows = domains.map((domain) => [domain.name, domain.kind, essence(domain)]);
  tell(options, domains, rows.length === 0 ? "No domains yet." : table(["DOMAIN", "KIND", "SETTINGS"], rows));
});

const show = command("show <name>", "show one domain", "domain show big-company.com").action(
  async (name: string, options: CommonOptions) => {
    const domain = await serverOf(options).get<DomainView>(`/domains/${encodeURIComponent(name)}`);
    tell(options, domain, `${domain.name}: ${domain.kind} domain, ${essence(domain)}`);
  },
);

const remove = command("remove <name>", "remove a domain", "domain remove big-company.old")
  .option("--dry-run", "say what is in the way, and remove nothing")
  .action(async (name: string, options: CommonOptions & { dryRun?: boolean }) => {
    if (options.dryRun) {
      const removal = await serverOf(options).get<RemovalView>(`${path(name)}/removal`);
      const rows = Object.entries(removal).map(([what, amount]) => [what, String(amount)]);
      return tell(options, removal, table(["WHAT", "HOW MUCH"], rows));
    }
    await serverOf(options).delete(path(name));
    tell(options, { done: true }, `Domain ${name} removed.`);
  });

const test = command(
  "test <name>",
  "try the servers of a remote domain: connect, EHLO, QUIT; no mail is sent",
  "domain test big-company.old",
).action(async (name: string, options: CommonOptions) => {
  const tried = await serverOf(options).post<TriedView>(`${path(name)}/test`);
  const rows = tried.servers.map((one) => [
    one.host,
    one.isGood ? "answers" : "fails",
    one.isSecure ? "TLS" : "in clear",
    one.said,
  ]);
  tell(options, tried, table(["SERVER", "STATE", "SECURITY", "SAID"], rows));
  if (!tried.servers.some(({ isGood }) => isGood))
    throw new CommandFailed(`no server of ${name} can be used`);
});

const logins = command(
  "logins <name>",
  "show who has logged in since the server started",
  "domain logins big-company.com",
).action(async (name: string, options: CommonOptions) => {
  const told = await serverOf(options).get<LoginsView>(`${path(name)}/logins`);
  const rows = told.map((one) => [one.since, one.address, one.protocol, one.peer]);
  tell(options, told, rows.length === 0 ? "Nobody yet." : table(["AT", "WHO", "PROTOCOL", "FROM"], rows));
});

const dns = command("dns <name>", "show the DNS records to publish", "domain dns big-company.com").action(
  async (name: string, options: CommonOptions) => {
    const path = `/domains/${encodeURIComponent(name)}/dns-records`;
    const records = await serverOf(options).get<readonly DnsRecordView[]>(path);
    const rows = records.map((one) => [one.name, one.type, one.value, one.purpose]);
    tell(options, records, table(["NAME", "TYPE", "VALUE", "FOR"], rows));
  },
);

export const domainCommands = noun("domain", "local, remote and alias domains", [
  add,
  set,
  list,
  show,
  dns,
  test,
  logins,
  remove,
]);

function newDomain(name: string, options: AddOptions): DomainView {
  if (options.aliasOf !== undefined) return { kind: "alias", name, target: options.aliasOf };
  if (!options.remote) {
    if (options.host) throw new CommandFailed("--host is for remote domains: add --remote");
    return { kind: "local", name, unknownUsers: "reject" };
  }
  const hosts = nextHops(options.host ?? []);
  return { kind: "remote", name, hosts, deliver: options.deliver, tls: tlsPolicy(options.tls) };
}

function path(name: string): string {
  return `/domains/${encodeURIComponent(name)}`;
}

function ruleText({ rule, problem, warnings, route, missing, missingThisWeek }: RuleCheckView): string {
  if (problem !== null) return `It would be refused: ${problem}`;
  const hosts = route?.hosts.map(({ host, port }) => `${host}:${port}`).join(", ");
  const way = route ? `, which goes to ${hosts || "its MX"}` : "";
  const people = `${missing} people without a mailbox here are known; ${missingThisWeek} of them got mail this week.`;
  return [`Mail for unknown users: ${rule}${way}.`, people, ...warnings].join("\n");
}

function nextHops(lists: readonly string[]): { host: string; port: number }[] {
  return lists.flatMap((list) => list.split(",")).map(nextHop);
}

function nextHop(text: string): { host: string; port: number } {
  const found = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/i.exec(text.trim());
  const host = found?.[1] ?? found?.[2];
  if (!host) throw new CommandFailed(`--host: found "${text}", expected HOST or HOST:PORT`);
  return { host, port: Number(found?.[3] ?? 25) };
}

function tlsPolicy(text: string): Extract<DomainView, { kind: "remote" }>["tls"] {
  const policy = parseTlsPolicy(text);
  if (policy) return policy;
  const expected =
    "opportunistic, verify, pin=SHA256 or none, and after a comma min=1.0 or (verify) allow-expired";
  throw new CommandFailed(`--tls: found "${text}", expected ${expected}`);
}

function essence(domain: DomainView): string {
  switch (domain.kind) {
    case "local":
      return `unknown users: ${domain.unknownUsers}`;
    case "alias":
      return `another name for ${domain.target}`;
    case "remote": {
      const hosts = domain.hosts.map(({ host, port }) => `${host}:${port}`).join(", ");
      return `to ${hosts || "its MX"}, ${domain.deliver === "hold" ? "held" : "immediately"}, TLS ${tlsPolicyText(domain.tls)}`;
    }
  }
}
