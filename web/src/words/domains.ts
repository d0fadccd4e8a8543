/** What the page of all domains says. */
import type { RemovalView } from "#http/domain-checks";
import type { DomainView } from "#http/domains";
import { mailboxes, number, plural } from "./format.ts";

const kinds = { local: "Local", remote: "Remote", alias: "Alias" } as const;

export const say = {
  title: "Domains",
  empty: "No domains yet. The guide leads from the first domain to the first login.",
  guide: "Open the guide",
  table: "All domains",
  name: "Domain",
  kind: "Kind",
  matters: "What matters",
  act: "Act",
  settings: "Settings",
  settingsOf: (name: string) => `Settings of ${name}`,
  remove: "Remove",
  removeOf: (name: string) => `Remove ${name}`,
  search: "Find a domain",
  nobody: "No domain matches.",
  kinds,
  essence(domain: DomainView): string {
    switch (domain.kind) {
      case "local":
        return `Mail for unknown users: ${domain.unknownUsers}`;
      case "alias":
        return `Another name for ${domain.target}`;
      case "remote": {
        const hosts = domain.hosts.map(({ host, port }) => `${host}:${port}`).join(", ");
        const way = domain.deliver === "hold" ? "held in the queue" : "delivered immediately";
        return `To ${hosts || "its MX"}, ${way}`;
      }
    }
  },
  add: {
    button: "Add a domain",
    title: "Add a domain",
    kind: "What is it?",
    kinds: {
      local: "A local domain: its people have their mailboxes here",
      remote: "A remote domain: a route to another server, for instance the old one",
      alias: "An alias domain: another name for a local domain",
    },
    name: "Domain name",
    hosts: "Delivery hosts",
    hostsHint: "One a line, HOST or HOST:PORT, in order of preference. Empty: the MX of the name.",
    target: "Local domain it stands for",
    hostWrong: (text: string) => `"${text}" is no HOST or HOST:PORT.`,
  },
  removal: {
    title: (name: string) => `Remove ${name}?`,
    looking: "Looking what would be lost …",
    inTheWay: "It cannot be removed yet:",
    nothing: "Nothing here depends on it; no mail is lost. Mail for it is not taken any more.",
    reasons({
      isMigrating,
      mailboxes: boxes,
      isMore,
      aliases,
      aliasDomains,
      pipedFrom,
      waiting,
    }: RemovalView) {
      return [
        isMigrating ? "Its migration is on: end it first, by the cutover or in the domain's settings." : null,
        boxes > 0
          ? `${isMore ? "More than " : ""}${mailboxes(boxes)} with all mail would be lost: remove them first, one by one.`
          : null,
        aliases > 0
          ? `${plural(aliases, "alias", "aliases")} would be lost: remove them in its settings.`
          : null,
        aliasDomains.length > 0
          ? `It is the target of ${aliasDomains.join(", ")}: remove these first.`
          : null,
        pipedFrom.length > 0
          ? `Mail for unknown users of ${pipedFrom.join(", ")} goes there: set another rule first.`
          : null,
        waiting > 0
          ? `${number(waiting)} ${waiting === 1 ? "recipient waits" : "recipients wait"} in the queue for it: retry or drop them first.`
          : null,
      ].filter((reason) => reason !== null);
    },
  },
} as const;
