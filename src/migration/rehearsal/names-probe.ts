/** What DNS says here and now. Without DNS nothing fails: the answer is why there is none. */
import type { Resolver } from "#net/resolver";
import type { NameFacts } from "./facts.ts";

/** The MX of the domain, and the addresses of the old server and of ourselves. */
export async function probeNames(
  resolver: Resolver,
  names: { readonly domain: string; readonly oldServer: string; readonly hostname: string },
): Promise<NameFacts> {
  const [mailExchangers, oldServer, ownName] = await Promise.all([
    exchangers(resolver, names.domain),
    addresses(resolver, names.oldServer),
    addresses(resolver, names.hostname),
  ]);
  return { mailExchangers, oldServer, ownName };
}

async function exchangers(resolver: Resolver, domain: string): Promise<NameFacts["mailExchangers"]> {
  const found = await resolver.mx(domain);
  switch (found.answer) {
    case "hosts":
      return found.hosts;
    case "null-mx":
      return [];
    case "no-such-domain":
      return { unknown: `DNS does not know ${domain}` };
    case "try-later":
      return { unknown: found.reason };
  }
}

async function addresses(resolver: Resolver, host: string): Promise<NameFacts["oldServer"]> {
  const found = await resolver.addresses(host);
  if (found.answer === "addresses") return found.addresses;
  return found.answer === "none" ? [] : { unknown: found.reason };
}
