/**
 * Where a recipient's mail goes. Routing reads the directory and nothing else, holds no cache, and is asked
 * at acceptance and again at every delivery attempt: from the commit that admits a mailbox on, its mail is
 * delivered here.
 */

import type { DirectoryStore } from "#directory/directory-store";
import type { LocalDomain } from "#directory/domain";
import { localAddress } from "#directory/resolve";
import { type Address, addressKey, formatAddress, parseAddress, splitSubAddress } from "#mail/address";
import { pipedAddress } from "#mail/pipe";
import type { Destination, Refusal, Route } from "./destination.ts";

/** An alias may lead to an alias, so often; and to so many destinations in all. */
const deepest = 10;
const mostDestinations = 1000;

const noSuchMailbox: Refusal = { code: 550, enhanced: "5.1.1", text: "No such mailbox here" };
const notNow: Refusal = {
  code: 450,
  enhanced: "4.2.1",
  text: "Mail for this address is not accepted at the moment, try again later",
};
const loops: Refusal = {
  code: 550,
  enhanced: "5.4.6",
  text: "The aliases of this address lead in a circle or to too many places",
};

/** Routes one recipient: exact, alias, sub-address, then the domain's rule for unknown users. */
export async function routeRecipient(directory: DirectoryStore, recipient: Address): Promise<Route> {
  const router = new Router(directory);
  const refusal = await router.follow(recipient, 0);
  const destinations = router.destinations;
  if (destinations.length > 0) return { kind: "routed", destinations };
  return { kind: "refused", refusal: refusal ?? noSuchMailbox };
}

/** One recipient's way through aliases; keeps each destination once. */
class Router {
  readonly #directory: DirectoryStore;
  readonly #found = new Map<string, Destination>();
  readonly #seen = new Set<string>();

  constructor(directory: DirectoryStore) {
    this.#directory = directory;
  }

  get destinations(): readonly Destination[] {
    return [...this.#found.values()];
  }

  /** @returns why nothing was found, when nothing was */
  async follow(recipient: Address, depth: number): Promise<Refusal | null> {
    if (depth > deepest || this.#found.size > mostDestinations) return loops;
    const local = await localAddress(this.#directory, recipient);
    if (!local) {
      this.#add({ kind: "relay", domain: recipient.domain, address: formatAddress(recipient) });
      return null;
    }
    const base = splitSubAddress(local.address);
    for (const candidate of base ? [local.address, base] : [local.address]) {
      const found = await this.#exact(candidate, depth);
      if (found) return found.refusal;
    }
    return await this.#unknown(local.domain, local.address, depth);
  }

  async #exact(address: Address, depth: number): Promise<{ readonly refusal: Refusal | null } | null> {
    const key = addressKey(address);
    const mailbox = await this.#directory.mailbox(key);
    if (mailbox?.admitted) {
      this.#add({ kind: "mailbox", mailbox: mailbox.id, address: key });
      return { refusal: null };
    }
    const targets = await this.#directory.aliasTargets(key);
    if (targets.length === 0) return null;
    if (this.#seen.has(key)) return { refusal: loops };
    this.#seen.add(key);
    let refusal: Refusal | null = null;
    for (const target of targets) {
      const parsed = parseAddress(target);
      if (parsed) refusal = (await this.follow(parsed, depth + 1)) ?? refusal;
    }
    return { refusal };
  }

  async #unknown(domain: LocalDomain, address: Address, depth: number): Promise<Refusal | null> {
    const rule = domain.unknownUsers;
    switch (rule.rule) {
      case "reject":
        return noSuchMailbox;
      case "defer":
        return notNow;
      case "postmaster": {
        const found = await this.#exact({ localPart: "postmaster", domain: domain.name }, depth + 1);
        return found ? found.refusal : notNow;
      }
      case "forward": {
        const target = parseAddress(rule.address);
        const key = addressKey(address);
        if (!target || this.#seen.has(key)) return loops;
        this.#seen.add(key);
        return await this.follow(target, depth + 1);
      }
      case "pipe":
        this.#add({
          kind: "pipe",
          route: rule.pipe.route,
          address: formatAddress(pipedAddress(rule.pipe, address)),
        });
        return null;
    }
  }

  #add(destination: Destination): void {
    const to = destination.kind === "mailbox" ? destination.mailbox : destination.address;
    this.#found.set(`${destination.kind} ${to}`, destination);
  }
}
