/**
 * Names to addresses: mail exchangers (RFC 5321 §5.1, RFC 7505) and A/AAAA records, each within a time limit.
 * `Resolver` is what others are handed; tests and closed networks put their own in its place.
 */
import { Resolver as DnsResolver, lookup as systemLookup } from "node:dns/promises";
import { isIP } from "node:net";

export type MxAnswer =
  /** Hosts to try in this order; equal preferences are shuffled. Without MX records: the domain itself. */
  | { readonly answer: "hosts"; readonly hosts: readonly string[] }
  /** "." alone: the domain takes no mail (RFC 7505). */
  | { readonly answer: "null-mx" }
  | { readonly answer: "no-such-domain" }
  /** It cannot be told now: time-out, SERVFAIL. */
  | { readonly answer: "try-later"; readonly reason: string };

export type AddressesAnswer =
  /** At least one, IPv6 first. */
  | { readonly answer: "addresses"; readonly addresses: readonly string[] }
  | { readonly answer: "none" }
  | { readonly answer: "try-later"; readonly reason: string };

export interface Resolver {
  mx(domain: string): Promise<MxAnswer>;
  /** An IP address is its own answer. */
  addresses(host: string): Promise<AddressesAnswer>;
}

/** The queries behind it; each rejects with an error that has a DNS code. */
export interface DnsQueries {
  resolveMx(name: string): Promise<readonly { readonly exchange: string; readonly priority: number }[]>;
  resolve4(name: string): Promise<readonly string[]>;
  resolve6(name: string): Promise<readonly string[]>;
  /** The system's way, which knows /etc/hosts; asked last, because it occupies a thread while it waits. */
  lookup(name: string): Promise<readonly string[]>;
}

/** The system's name servers. */
export function systemQueries(milliseconds: number): DnsQueries {
  const dns = new DnsResolver({ timeout: Math.ceil(milliseconds / 3), tries: 2 });
  return {
    resolveMx: (name) => dns.resolveMx(name),
    resolve4: (name) => dns.resolve4(name),
    resolve6: (name) => dns.resolve6(name),
    lookup: async (name) => (await systemLookup(name, { all: true })).map(({ address }) => address),
  };
}

export interface ResolverSettings {
  readonly queries: DnsQueries;
  /** How long one answer may take in all. */
  readonly milliseconds: number;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
}

/** Most MX hosts that are tried (RFC 5321 §5.1 wants a limit, at least two). */
const mostHosts = 10;

export function createResolver({ queries, milliseconds, random }: ResolverSettings): Resolver {
  const within = <T>(query: Promise<T>): Promise<T> => withTimeLimit(query, milliseconds);

  async function mx(domain: string): Promise<MxAnswer> {
    let records: Awaited<ReturnType<DnsQueries["resolveMx"]>>;
    try {
      records = await within(queries.resolveMx(domain));
    } catch (error) {
      if (codeOf(error) === "ENOTFOUND") return { answer: "no-such-domain" };
      // No MX record, but the name exists: the domain is its own mail exchanger.
      if (codeOf(error) === "ENODATA") return { answer: "hosts", hosts: [domain] };
      return { answer: "try-later", reason: `MX of ${domain}: ${reasonOf(error)}` };
    }
    const named = records.filter(({ exchange }) => exchange !== "" && exchange !== ".");
    if (named.length === 0)
      return records.length > 0 ? { answer: "null-mx" } : { answer: "hosts", hosts: [domain] };
    const ordered = named
      .map(({ exchange, priority }) => ({
        host: exchange.toLowerCase().replace(/\.$/, ""),
        priority,
        dice: random(),
      }))
      .sort((a, b) => a.priority - b.priority || a.dice - b.dice)
      .map(({ host }) => host);
    return { answer: "hosts", hosts: [...new Set(ordered)].slice(0, mostHosts) };
  }

  async function addresses(host: string): Promise<AddressesAnswer> {
    if (isIP(host) !== 0) return { answer: "addresses", addresses: [host] };
    const answers = await Promise.allSettled([
      within(queries.resolve6(host)),
      within(queries.resolve4(host)),
    ]);
    const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (found.length > 0) return { answer: "addresses", addresses: found };
    try {
      const known = await within(queries.lookup(host));
      if (known.length > 0) return { answer: "addresses", addresses: known };
    } catch {
      // What the name servers said decides below.
    }
    const unclear = answers.find((answer) => answer.status === "rejected" && !isNo(answer.reason));
    if (unclear?.status === "rejected") {
      return { answer: "try-later", reason: `address of ${host}: ${reasonOf(unclear.reason)}` };
    }
    return { answer: "none" };
  }

  return { mx, addresses };
}

function isNo(error: unknown): boolean {
  return codeOf(error) === "ENOTFOUND" || codeOf(error) === "ENODATA";
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function reasonOf(error: unknown): string {
  return codeOf(error) || (error instanceof Error ? error.message : String(error));
}

async function withTimeLimit<T>(query: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), milliseconds);
  });
  try {
    return await Promise.race([query, limit]);
  } finally {
    clearTimeout(timer);
  }
}
