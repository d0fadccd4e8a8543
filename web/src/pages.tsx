/** Every page behind the sign-in. But for the overview each is a file of its own that comes when it is asked for. */
import { type ComponentType, lazy } from "react";
import type { SessionView } from "#http/access/sessions";
import { Overview } from "./pages/overview.tsx";
import type { PageName } from "./route.ts";

export interface PageProps {
  readonly who: SessionView;
  /** What the page is about: a domain, an address; empty for pages there is one of. */
  readonly subject: string;
}

type Page = ComponentType<PageProps>;
const later = (load: () => Promise<Page>): Page => lazy(async () => ({ default: await load() }));

/** Pages that nobody has made have no place here, and their address shows the overview. */
export const pages: Readonly<Partial<Record<PageName, Page>>> = {
  overview: Overview,
  domain: later(async () => (await import("./pages/domain/domain.tsx")).DomainPage),
  mailboxes: later(async () => (await import("./pages/mailboxes/mailboxes.tsx")).MailboxesPage),
  mailbox: later(async () => (await import("./pages/mailbox/mailbox.tsx")).MailboxPage),
  queue: later(async () => (await import("./pages/queue/queue.tsx")).QueuePage),
  log: later(async () => (await import("./pages/log/log.tsx")).LogPage),
  cutover: later(async () => (await import("./pages/cutover/cutover-page.tsx")).CutoverPage),
  domains: later(async () => (await import("./pages/domains.tsx")).DomainsPage),
  "domain-settings": later(
    async () => (await import("./pages/domain-settings/domain-settings.tsx")).DomainSettingsPage,
  ),
  settings: later(async () => (await import("./pages/settings/settings.tsx")).SettingsPage),
  guide: later(async () => (await import("./pages/guide/guide.tsx")).GuidePage),
};
