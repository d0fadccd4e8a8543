/**
 * What an administrator does with domains, with the checks that keep mail from falling between two
 * settings. Refusals say what is in the way and what to do about it.
 */
import { domainKey } from "#mail/address";
import { failed, type Outcome } from "#mailbox/problem";
import type { Alias, DirectoryStore } from "./directory-store.ts";
import type { Domain, LocalDomain, RemoteDomain, UnknownUsers } from "./domain.ts";
import { problemOfRule } from "./unknown-users-check.ts";

/** What the rest of the house knows of a domain that is about to be changed or removed. */
export interface DomainUse {
  /** Recipients waiting in the queue for the remote domain. */
  waitingFor(route: string): Promise<number>;
  /** People the old server has accepted mail for, and who have not come here yet. */
  missing(domain: string): Promise<readonly string[]>;
  /** Whether a migration of the domain is on. */
  isMigrating(domain: string): Promise<boolean>;
  /** Cutovers under way, or being undone: domains, and the remote domain of each pipe. They alone change both meanwhile. */
  underCutover(): Promise<readonly { readonly domain: string; readonly route: string | null }[]>;
}

/** What these acts need. */
export interface DirectoryAdministration {
  readonly directory: DirectoryStore;
  readonly use: DomainUse;
}

/** Adds a domain of any kind; its name and what it refers to are checked. */
export async function addDomain(
  { directory }: DirectoryAdministration,
  domain: Domain,
): Promise<Outcome<void>> {
  const name = domainKey(domain.name);
  if (!name) return failed("invalid", `"${domain.name}" is not a domain name.`);
  if (domain.kind === "alias") {
    const target = await directory.domain(domain.target);
    if (target?.kind !== "local") return failed("invalid", `${domain.target} is not a local domain.`);
  }
  if (domain.kind === "local") {
    const refused = await checkRule(directory, domain);
    if (refused) return refused;
  }
  return await directory.addDomain({ ...domain, name });
}

/**
 * Sets what a local domain does with mail for unknown users. Rejecting them is refused, with names, while
 * people whom the old server accepts have not come; `giveUp` names those whose mail may be refused.
 */
export async function setUnknownUsers(
  { directory, use }: DirectoryAdministration,
  name: string,
  unknownUsers: UnknownUsers,
  giveUp: readonly string[] = [],
): Promise<Outcome<void>> {
  const domain = await directory.domain(name);
  if (domain?.kind !== "local") return failed("not-found", `${name} is not a local domain here.`);
  if ((await use.underCutover()).some((cutover) => cutover.domain === name)) {
    return failed(
      "in-use",
      `A cutover of ${name} is under way and decides about mail for unknown users by itself: wait for its end, or undo it first.`,
    );
  }
  const changed: LocalDomain = { ...domain, unknownUsers };
  const refused = await checkRule(directory, changed);
  if (refused) return refused;
  if (unknownUsers.rule === "reject" && domain.unknownUsers.rule !== "reject") {
    const given = new Set(giveUp);
    const left = (await use.missing(name)).filter((address) => !given.has(address));
    if (left.length > 0) return failed("in-use", missingText(left));
  }
  return await directory.setDomain(changed);
}

/** Sets how mail for a remote domain is delivered; what is left out stays. Mail that waits goes the new way. */
export async function setRoute(
  { directory, use }: DirectoryAdministration,
  name: string,
  change: Partial<Pick<RemoteDomain, "hosts" | "tls" | "deliver">>,
): Promise<Outcome<void>> {
  const domain = await directory.domain(name);
  if (domain?.kind !== "remote") return failed("not-found", `${name} is not a remote domain here.`);
  const cutover = (await use.underCutover()).find(({ route }) => route === name);
  if (cutover) {
    return failed(
      "in-use",
      `A cutover of ${cutover.domain} is under way and decides about ${name}: wait for its end, or undo it first.`,
    );
  }
  return await directory.setDomain({ ...domain, ...change });
}

/** Removes a domain; refused while mail waits for it or something still refers to it. */
export async function removeDomain(
  { directory, use }: DirectoryAdministration,
  name: string,
): Promise<Outcome<void>> {
  const domain = await directory.domain(name);
  if (!domain) return failed("not-found", `${name} is not a domain here.`);
  const cutover = (await use.underCutover()).find((one) => one.domain === name || one.route === name);
  if (cutover) {
    return failed(
      "in-use",
      `A cutover of ${cutover.domain} is under way and needs ${name}, also to be undone: wait for its end, or undo it first.`,
    );
  }
  if (domain.kind === "remote") {
    const waiting = await use.waitingFor(name);
    if (waiting > 0) {
      return failed(
        "in-use",
        `${waiting} recipients wait in the queue for ${name}: retry or drop them there first.`,
      );
    }
  }
  if (domain.kind === "local" && (await use.isMigrating(name))) {
    return failed("in-use", `${name} is migrating: switch its migration off first.`);
  }
  return await directory.removeDomain(name);
}

/** Adds one target of an alias; refused where no mail would ever take that way. */
export async function addAlias(
  { directory }: { readonly directory: Pick<DirectoryStore, "mailbox" | "addAlias"> },
  alias: Alias,
): Promise<Outcome<void>> {
  return (await leadsNowhere(directory, alias)) ?? (await directory.addAlias(alias));
}

/** Why a target of an alias would be refused, without adding it; null: it would be taken. */
export async function problemOfAlias(
  directory: Pick<DirectoryStore, "domain" | "mailbox" | "aliasTargets">,
  alias: Alias,
): Promise<string | null> {
  const refused = await leadsNowhere(directory, alias);
  if (refused) return refused.problem.text;
  const { address, target } = alias;
  const domain = address.slice(address.lastIndexOf("@") + 1);
  if ((await directory.domain(domain))?.kind !== "local")
    return `${domain} is no local domain: add it first.`;
  const targets = await directory.aliasTargets(address);
  return targets.includes(target) ? `${address} goes to ${target} already.` : null;
}

async function leadsNowhere(directory: Pick<DirectoryStore, "mailbox">, { address, target }: Alias) {
  if (address === target) return failed("invalid", `${address} cannot be an alias of itself.`);
  if (!(await directory.mailbox(address))?.admitted) return null;
  return failed("exists", `${address} is a mailbox: its mail stays there, so an alias would do nothing.`);
}

async function checkRule(directory: DirectoryStore, domain: LocalDomain) {
  const problem = await problemOfRule(directory, domain);
  return problem === null ? null : failed("invalid", problem);
}

const named = 20;

function missingText(left: readonly string[]): string {
  const more = left.length > named ? ` and ${left.length - named} more` : "";
  return `The old server accepts mail for people who have not come here yet: ${left.slice(0, named).join(", ")}${more}. Wait for them, or give them up by name.`;
}
