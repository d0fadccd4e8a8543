/** What the settings of a domain say. */
import type { RuleCheckView } from "#http/domain-checks";
import { duration, number, people } from "./format.ts";

export const say = {
  title: (name: string) => `Settings of ${name}`,
  save: "Save",
  saved: "Saved.",
  reset: "Forget what I typed",
  isAlias: (target: string) => `It is another name for ${target}; its settings are those of ${target}.`,
  onlyAdministrators: "What else there is to set is for administrators.",
  unknown: {
    title: "Mail for unknown users",
    explain: "What happens to mail for an address that has neither a mailbox nor an alias here.",
    rule: "Rule",
    rules: {
      reject: "Reject: there is no such mailbox",
      defer: "Defer: try again later",
      postmaster: "Give it to the postmaster",
      forward: "Forward it to one address",
      pipe: "Pipe it to another server, the recipient unchanged",
    },
    forwardTo: "Forward to",
    route: "Through the remote domain",
    noRoute: "There is no remote domain yet: add one on the page Domains, with the old server as its host.",
    recipient: "Recipient there",
    checking: "Looking where it would go …",
    incomplete: "Say where it is to go.",
    refused: "It cannot be set:",
    people({ missing, missingThisWeek }: RuleCheckView): string {
      if (missing === 0) return "Nobody is known who would be concerned.";
      const whom = `The old server takes mail for ${people(missing)} who ${missing === 1 ? "has" : "have"} no mailbox here;`;
      return `${whom} ${number(missingThisWeek)} got mail that way this week.`;
    },
    consequence(rule: string, { route }: RuleCheckView, domain: string): string {
      const mail = "Mail for people without a mailbox";
      if (rule === "reject")
        return `${mail} is refused while the sender still waits, who is told so at once.`;
      if (rule === "defer") return `${mail} is put off: other servers try again for some days.`;
      if (rule === "postmaster") return `${mail} goes to postmaster@${domain}.`;
      if (route === null) return `${mail} goes to ${rule.replace(/^forward /, "")}.`;
      const hosts = route.hosts.map(({ host, port }) => `${host}:${port}`).join(", ");
      const held = route.deliver === "hold" ? ", where it is held in the queue until it is released" : "";
      return `${mail} goes to ${hosts || `the MX of ${route.name}`}${held}; the recipient stays as it is.`;
    },
    giveUp: "People whose mail may be refused, one a line",
    giveUpHint: "Only who is named here is cut off though the old server knows them.",
  },
  aliases: {
    title: "Aliases",
    explain: "Mail for the address goes to every one of its targets.",
    address: "Address",
    target: "Goes to",
    add: "Add the alias",
    search: "Find an alias",
    none: "No aliases.",
    table: "Aliases of this domain",
    act: "Act",
    remove: "Remove",
    removeOf: (address: string) => `Remove ${address}`,
    confirm: (address: string) => `Remove ${address}?`,
    consequence: (address: string, targets: readonly string[]) =>
      `Mail for ${address} no longer goes to ${targets.join(", ")}; it is treated as for an unknown user.`,
    more: (count: number) => `… and ${number(count)} more: type to find them.`,
  },
  aliasDomains: {
    title: "Alias domains",
    explain: (name: string) => `Mail for anna@ALIAS is mail for anna@${name}.`,
    none: "No other name.",
    name: "Another name",
    add: "Add the name",
    remove: "Remove",
    removeOf: (name: string) => `Remove ${name}`,
    confirm: (name: string) => `Remove ${name}?`,
    consequence: (name: string) => `Mail for every address of ${name} is no longer taken here.`,
  },
  route: {
    title: "Delivery",
    explain: "How mail gets to this server: the piped mail of a domain, and its queue.",
    deliver: "Mail for it is",
    deliverModes: { immediately: "delivered immediately", hold: "held in the queue" },
    hosts: "Delivery hosts",
    hostsHint: "One a line, HOST or HOST:PORT, in order of preference. Empty: the MX of the name.",
    hostWrong: (text: string) => `"${text}" is no HOST or HOST:PORT.`,
    tls: "Security",
    tlsModes: {
      opportunistic: "TLS where it is offered, any certificate",
      verify: "TLS always, its certificate checked",
      pin: "TLS always, with this certificate alone",
      none: "Never TLS",
    },
    allowExpired: "The certificate may have expired",
    pin: "SHA-256 of the certificate, 64 hex digits",
    minVersion: "Oldest TLS version taken",
    test: "Try it now",
    testExplain: "Connects, says EHLO and QUIT. No mail is sent. What was typed must be saved first.",
    good: "answers",
    bad: "cannot be used",
    secure: "with TLS",
    clear: "in clear text",
    nothing: "There is no server to try.",
  },
  migration: {
    title: "Migration",
    off: "This domain does not migrate. The guide leads through the beginning of a move.",
    guide: "Open the guide",
    oldServer: "Old server",
    message: "Migration message",
    limits: "What the move may take of the old server",
    bandwidth: "Bandwidth of copying",
    bandwidthHint: "2 MB/s, 500 kB/s, or none for no limit",
    connections: "Connections at once",
    connectionsHint: "A number, or usual for what the configuration says",
    copyHours: "Hours of copying",
    copyHoursHint: "22:00-06:00, or Mon-Fri 22:00-06:00, Sat-Sun, or always",
    sweep: (seconds: number) =>
      `Each mailbox is looked at again after ${duration(seconds)} at the earliest. That stands in the server's configuration (sweep-interval).`,
    seen: "Old messages that are read here",
    seenModes: {
      status: "those the old server calls read",
      all: "all that are there at the first login",
      none: "none",
    },
    savedOld: "Changes are tried on the old server before they are kept.",
    switchOff: "Switch the migration off",
    offTitle: (domain: string) => `Switch off the migration of ${domain}?`,
    offExplain:
      "No old mail is brought over any more, and all old passwords that are kept here are destroyed. The cutover does this by itself, and safely; by hand it is refused while anything would be lost.",
    offNumbers: (transfers: number, unsettled: number, missing: number) =>
      `${people(transfers)} ${transfers === 1 ? "has" : "have"} come, ${number(unsettled)} of them not settled; ${number(missing)} not yet here.`,
    giveUp: "People whose remaining old mail is given up, one a line",
  },
  old: {
    host: "Old server",
    hostHint: "A name or an IP address that stays the old server's own",
    port: "Port",
    portHint: "Empty: the usual one",
    link: "Connection",
    links: {
      stls: "POP3, made secure by STLS",
      tls: "POP3S: TLS from the first octet",
      clear: "POP3 in clear text: passwords can be read on the way",
    },
    certificate: "Its certificate",
    certificates: {
      verify: "must be valid",
      expired: "must be valid, but may have expired",
      pin: "must be this one",
    },
    pin: "SHA-256 of the certificate, 64 hex digits",
    oldest: "Oldest TLS version taken",
    oldestUsual: "1.2 (usual)",
    login: "Login name there",
    logins: {
      both: "both usual forms are tried",
      local: "the part before the @",
      address: "the whole address",
      other: "another form",
    },
    template: "Form",
    templateHint: "With {local} or {address} in it, for instance {local}@old.example",
  },
  message: {
    own: "Text",
    hint: "Empty: the built-in text. Lines Subject:, From: and Reply-To: may stand on top, then an empty line.",
    preview: "As people will see it",
    from: "From",
    replyTo: "Reply to",
    subject: "Subject",
  },
  programs: {
    title: "Programs and DNS",
    explain: "What to publish in the DNS, so that mail comes here and programs find their settings.",
    table: "Records to publish",
    name: "Name",
    type: "Type",
    value: "Value",
    purpose: "For",
    copyAll: "Copy all records",
    copied: "Copied",
    now: "Where the names of the move lead now, seen from this server:",
    here: "here",
    nowhere: "nowhere",
    unseen: "DNS has not answered yet.",
    links: "Settings that programs fetch by themselves",
    autoconfig: "Thunderbird and others (autoconfig)",
    autodiscover: "Outlook (Autodiscover, by POST)",
    apple: "Apple's devices (profile; put the person's address at the end)",
  },
} as const;
