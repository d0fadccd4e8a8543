import { Anchor, Group, Text } from "@mantine/core";
import type { SessionView } from "#http/access/sessions";
import type { DomainView } from "#http/domains";
import { useLive } from "../api/live.ts";
import { pages } from "../pages.tsx";
import { href, type PageName, type Route } from "../route.ts";
import { words } from "../words/common.ts";

const forAdministrators = ["overview", "domains", "queue", "log", "settings"] as const;
const ofDomain = ["domain", "mailboxes", "domain-settings", "cutover"] as const;
type Named = (typeof forAdministrators)[number] | (typeof ofDomain)[number];

/** The pages there is one of; domain administrators have the overview, their domains from there, and their account. */
export function MainNavigation({ who, route }: { who: SessionView; route: Route }) {
  const names = who.role === "administrator" ? forAdministrators : (["overview", "settings"] as const);
  return <Links label={words.frame.navigation} names={names} route={route} />;
}

/** The pages of the domain that is looked at; nothing elsewhere. */
export function DomainNavigation({ route }: { route: Route }) {
  const domain = domainOf(route);
  return domain === null ? null : <OfDomain key={domain} domain={domain} route={route} />;
}

/** Of a domain that is not local there are settings alone. */
function OfDomain({ domain, route }: { domain: string; route: Route }) {
  const { value } = useLive<DomainView>(`/domains/${encodeURIComponent(domain)}`);
  const names = value === null || value.kind === "local" ? ofDomain : (["domain-settings"] as const);
  return (
    <Group gap="lg" align="baseline">
      <Text component="span" fw={700} className="address navigation" aria-hidden>
        {domain}
      </Text>
      <Links label={words.pages.ofDomain(domain)} names={names} route={route} subject={domain} />
    </Group>
  );
}

/** The domain a page is about; a mailbox is its domain's. */
function domainOf(route: Route): string | null {
  if (!("subject" in route) || route.page === "set-up") return null;
  return route.page === "mailbox" ? route.subject.slice(route.subject.lastIndexOf("@") + 1) : route.subject;
}

interface LinksProps {
  readonly label: string;
  readonly names: readonly Named[];
  readonly route: Route;
  readonly subject?: string;
}

function Links({ label, names, route, subject }: LinksProps) {
  const current: PageName = route.page === "mailbox" ? "mailboxes" : route.page;
  return (
    <Group component="nav" aria-label={label} gap="lg" className="navigation">
      {names
        .filter((name) => pages[name] !== undefined)
        .map((name) => (
          <Anchor
            key={name}
            href={href(name, subject)}
            c="inherit"
            underline="hover"
            aria-current={name === current ? "page" : undefined}
          >
            {words.pages[name]}
          </Anchor>
        ))}
    </Group>
  );
}
