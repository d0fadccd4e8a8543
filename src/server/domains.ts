/** Plugs together what can be known of a domain before it is changed. */
import type { TrySettings } from "#courier/try-route";
import { tryRoute } from "#courier/try-route";
import type { DirectoryStore } from "#directory/directory-store";
import type { DomainCheckRoutes, LoginsView } from "#http/domain-checks";
import type { Sessions } from "#login/sessions";
import type { Hop } from "#queue/courier";

interface Parts {
  readonly directory: DirectoryStore;
  readonly sessions: Sessions;
  readonly leadsToUs: (host: string, port: number) => boolean;
  readonly missing: DomainCheckRoutes["missing"];
  readonly hopOf: (route: string) => Promise<Hop | null>;
  readonly courier: Omit<TrySettings, "mxPort">;
}

/** Most logins that are told. */
const mostLogins = 50;

/** What the API's routes of looking before changing need. */
export function openDomainChecks({ directory, sessions, leadsToUs, missing, hopOf, courier }: Parts) {
  return {
    leadsToUs,
    missing,
    async tryRoute(route: string, signal: AbortSignal) {
      const hop = await hopOf(route);
      return hop ? await tryRoute(hop, { ...courier, mxPort: 25 }, signal) : [];
    },
    async logins(domain: string): Promise<LoginsView> {
      const told: LoginsView = [];
      for (const { mailbox, protocol, peerAddress, since } of sessions.recent) {
        const found = await directory.mailboxById(mailbox);
        if (found?.domain !== domain) continue;
        const at = new Date(since).toISOString();
        told.push({ address: found.address, protocol, peer: peerAddress, since: at });
        if (told.length >= mostLogins) break;
      }
      return told;
    },
  };
}
