import type { NextHop } from "#mail/next-hop";
import type { Resolver } from "#net/resolver";
import type { Obstacle } from "./candidates.ts";

/**
 * The mail exchangers of a domain in order of preference, or the domain itself where it has none (RFC 5321
 * §5.1); else why there is nowhere to go.
 * @param port 25 outside tests
 */
export async function mailExchangers(
  domain: string,
  resolver: Resolver,
  port: number,
): Promise<readonly NextHop[] | Obstacle> {
  const mx = await resolver.mx(domain);
  switch (mx.answer) {
    case "null-mx":
      // RFC 7505 §4.1
      return nowhere("5.1.10", `${domain} takes no mail (null MX)`, true);
    case "no-such-domain":
      return nowhere("5.1.2", `there is no domain ${domain}`, true);
    case "try-later":
      return nowhere("4.4.3", mx.reason, false);
    case "hosts":
      return mx.hosts.map((host) => ({ host, port }));
  }
}

function nowhere(enhanced: string, text: string, permanent: boolean): Obstacle {
  return { reply: { host: null, code: null, enhanced, text }, permanent, policy: false };
}
