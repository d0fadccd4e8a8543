/**
 * Where the names of a move lead now, seen from this machine: the domain's MX, the old server's own name, and the names
 * that mail programs usually have. Looked up at most once a minute; who asks waits for it a moment, and is told what is
 * known by then. It relies on the resolver to be bounded in time, and never fails: without DNS it says so.
 */
import { isIP } from "node:net";
import type { Clock } from "#jobs/clock";
import type { Resolver } from "#net/resolver";

/** One name and where it leads. */
export interface NameLead {
  readonly name: string;
  /** mx: a mail exchanger of the domain. old: the old server as the migration names it. usual: what programs often have. */
  readonly kind: "mx" | "old" | "usual";
  /** IP addresses; empty: it leads nowhere. */
  readonly addresses: readonly string[];
  /** Whether one of them is an address of our own name. */
  readonly isHere: boolean;
}

export interface NameLeads {
  /** When they were looked up, epoch milliseconds; null: the answers are not here yet. */
  readonly lookedUp: number | null;
  readonly leads: readonly NameLead[];
  /** What DNS did not answer, for people. */
  readonly unknown: readonly string[];
}

interface Question {
  readonly domain: string;
  /** The old server's host. */
  readonly oldServer: string;
}

interface NameLeadsOptions {
  readonly resolver: Resolver;
  readonly clock: Clock;
  /** Our own name. */
  readonly hostname: string;
}

/** Milliseconds that answers are good for, and that somebody waits for them. */
const goodFor = 60_000;
const patience = 800;
/** Domains whose answers are kept. */
const mostKept = 100;
/** MX hosts that are told of. */
const mostExchangers = 5;
const usualNames = ["mail", "pop", "pop3", "imap", "smtp"];
const nothingYet: NameLeads = { lookedUp: null, leads: [], unknown: [] };

interface Kept {
  answer: NameLeads;
  looking: Promise<void> | null;
}

export class NameLeadsSeen {
  readonly #options: NameLeadsOptions;
  readonly #kept = new Map<string, Kept>();

  constructor(options: NameLeadsOptions) {
    this.#options = options;
  }

  /** What is known now; at most a minute old, unless DNS is slow. Resolves within a second. */
  async of(question: Question): Promise<NameLeads> {
    const { clock } = this.#options;
    const kept = this.#keptOf(`${question.domain} ${question.oldServer}`);
    const { lookedUp } = kept.answer;
    if (lookedUp === null || clock.now() - lookedUp >= goodFor) {
      kept.looking ??= this.#look(question, kept);
      using stop = abortedAtEnd();
      await Promise.race([kept.looking, clock.wait(patience, stop.signal)]);
    }
    return kept.answer;
  }

  #keptOf(key: string): Kept {
    const kept = this.#kept.get(key) ?? { answer: nothingYet, looking: null };
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
    return kept;
  }

  async #look(question: Question, kept: Kept): Promise<void> {
    const { resolver, clock, hostname } = this.#options;
    try {
      const found = await lookUp(resolver, question, hostname);
      kept.answer = { ...found, lookedUp: clock.now() };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      kept.answer = { lookedUp: clock.now(), leads: [], unknown: [reason] };
    } finally {
      kept.looking = null;
    }
  }
}

async function lookUp(
  resolver: Resolver,
  { domain, oldServer }: Question,
  hostname: string,
): Promise<Omit<NameLeads, "lookedUp">> {
  const unknown = new Set<string>();
  const addressesOf = async (host: string): Promise<readonly string[] | null> => {
    const found = await resolver.addresses(host);
    if (found.answer === "try-later") unknown.add(found.reason);
    return found.answer === "addresses" ? found.addresses : found.answer === "none" ? [] : null;
  };
  const own = addressesOf(hostname);
  const lead = async (name: string, kind: NameLead["kind"]): Promise<readonly NameLead[]> => {
    const addresses = await addressesOf(name);
    const ours = (await own) ?? [];
    return addresses ? [{ name, kind, addresses, isHere: addresses.some((one) => ours.includes(one)) }] : [];
  };
  const exchangers = async (): Promise<readonly NameLead[]> => {
    const found = await resolver.mx(domain);
    if (found.answer === "try-later") unknown.add(found.reason);
    if (found.answer === "no-such-domain") unknown.add(`DNS does not know ${domain}`);
    const hosts = found.answer === "hosts" ? found.hosts.slice(0, mostExchangers) : [];
    return (await Promise.all(hosts.map((host) => lead(host, "mx")))).flat();
  };
  const usual = async (): Promise<readonly NameLead[]> => {
    const names = usualNames.map((name) => `${name}.${domain}`).filter((name) => name !== oldServer);
    const all = (await Promise.all(names.map((name) => lead(name, "usual")))).flat();
    return all.filter(({ addresses }) => addresses.length > 0);
  };
  const old = isIP(oldServer) === 0 ? lead(oldServer, "old") : [];
  const leads = (await Promise.all([exchangers(), old, usual()])).flat();
  return { leads, unknown: [...unknown] };
}

/** A signal that is aborted when its scope ends: a wait that lost its race goes with it. */
function abortedAtEnd(): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  return { signal: controller.signal, [Symbol.dispose]: () => controller.abort() };
}
