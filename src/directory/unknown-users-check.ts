/** What a rule for unknown users would do, before it is set: whether it can be set at all, and where mail would go. */
import { addressKey, parseAddress } from "#mail/address";
import type { NextHop } from "#mail/next-hop";
import type { DirectoryStore } from "./directory-store.ts";
import type { LocalDomain, RemoteDomain, UnknownUsers } from "./domain.ts";
import { localAddress } from "./resolve.ts";

/** What is known of a rule that nobody has set yet. */
export interface RuleCheck {
  /** Why it would be refused, with what to do; null: it can be set. */
  readonly problem: string | null;
  /** What is likely not meant. */
  readonly warnings: readonly string[];
  /** Of a pipe: the remote domain's hosts (none: its MX) and its delivery mode; null where the rule is no pipe. */
  readonly route: Pick<RemoteDomain, "name" | "hosts" | "deliver"> | null;
}

type Directory = Pick<DirectoryStore, "domain" | "mailbox" | "aliasTargets">;

/** A rule may forward to an address that has a rule of its own, so often. */
const deepest = 10;

/**
 * Looks at a rule without setting it.
 * @param leadsToUs whether a connection there would reach one of our own listeners
 */
export async function checkUnknownUsers(
  directory: Directory,
  domain: LocalDomain,
  leadsToUs: (host: string, port: number) => boolean,
): Promise<RuleCheck> {
  const rule = domain.unknownUsers;
  const problem = await problemOfRule(directory, domain);
  if (problem !== null || rule.rule !== "pipe") return { problem, warnings: [], route: null };
  const route = await directory.domain(rule.pipe.route);
  if (route?.kind !== "remote") return { problem, warnings: [], route: null };
  const { name, hosts, deliver } = route;
  return {
    problem,
    warnings: hosts.filter(({ host, port }) => leadsToUs(host, port)).map(turning),
    route: { name, hosts, deliver },
  };
}

const turning = ({ host, port }: NextHop) =>
  `${host}:${port} is this server itself: mail that is piped there comes back and is refused. Name the old server's own address.`;

/** Why a rule cannot be set, as a sentence that says what to do; null when it can. */
export async function problemOfRule(directory: Directory, domain: LocalDomain): Promise<string | null> {
  const rule = domain.unknownUsers;
  if (rule.rule === "forward") {
    return (await goesInCircles(directory, domain, rule.address))
      ? `Mail forwarded to ${rule.address} would come back to this rule: nobody has that address here. Add the mailbox first, or name another address.`
      : null;
  }
  if (rule.rule !== "pipe") return null;
  const route = await directory.domain(rule.pipe.route);
  if (route?.kind !== "remote") {
    return `${rule.pipe.route} is not a remote domain: add it as one first.`;
  }
  if (rule.pipe.domain !== domain.name)
    return `the pipe is for ${rule.pipe.domain}, the domain is ${domain.name}.`;
  return null;
}

/** Whether forwarding leads, by rules for unknown users alone, to a rule that was passed already. */
async function goesInCircles(directory: Directory, domain: LocalDomain, to: string): Promise<boolean> {
  const passed = new Set([domain.name]);
  let next: string | null = to;
  for (let depth = 0; depth < deepest && next !== null; depth++) {
    const parsed = parseAddress(next);
    const local = parsed && (await localAddress(directory, parsed));
    if (!local) return false;
    const key = addressKey(local.address);
    if ((await directory.mailbox(key)) || (await directory.aliasTargets(key)).length > 0) return false;
    if (passed.has(local.domain.name)) return true;
    passed.add(local.domain.name);
    next = forwarding(local.domain.unknownUsers);
  }
  return next !== null;
}

const forwarding = (rule: UnknownUsers): string | null => (rule.rule === "forward" ? rule.address : null);
