/** `mailferry domain …` */
import type { DnsRecordView } from "#http/dns";
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

const set = command(
  "set <name>",
  "set what a local domain does with mail for unknown users",
  "domain set big-company.com --unknown-users '*@big-company.com|big-company.old'",
)
  .requiredOption(
    "--unknown-users <rule>",
    "reject, defer, postmaster, 'forward ADDRESS' or '*@DOMAIN|ROUTE'",
  )
  .option("--give-up <address...>", "people whose mail may be refused though the old server knows them")
  .action(async (name: string, options: CommonOptions & { unknownUsers: string; giveUp?: string[] }) => {
    const change = { unknownUsers: options.unknownUsers, giveUp: options.giveUp ?? [] };
    await serverOf(options).patch(`/domains/${encodeURIComponent(name)}`, change);
    tell(options, { done: true }, `Mail for unknown users of ${name}: ${options.unknownUsers}`);
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

const remove = command("remove <name>", "remove a domain", "domain remove big-company.old").action(
  async (name: string, options: CommonOptions) => {
    await serverOf(options).delete(`/domains/${encodeURIComponent(name)}`);
    tell(options, { done: true }, `Domain ${name} removed.`);
  },
);

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
  remove,
]);

function newDomain(name: string, options: AddOptions): DomainView {
  if (options.aliasOf !== undefined) return { kind: "alias", name, target: options.aliasOf };
  if (!options.remote) {
    if (options.host) throw new CommandFailed("--host is for remote domains: add --remote");
    return { kind: "local", name, unknownUsers: "reject" };
  }
  const hosts = (options.host ?? []).flatMap((list) => list.split(",")).map(nextHop);
  return { kind: "remote", name, hosts, deliver: options.deliver, tls: tlsPolicy(options.tls) };
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
