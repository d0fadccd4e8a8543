/** What the way of mail and the names mean. */
import { isIP } from "node:net";
import type { Facts, NameFacts, RecipientFacts, RouteFacts } from "./facts.ts";
import { type Finding, good } from "./finding.ts";

type Without = Omit<Finding, "people">;
const forAll = (finding: Without): Finding => ({ ...finding, people: [] });

/** Of the pipe, where there is one, and of DNS. */
export function routingFindings(facts: Facts): readonly Finding[] {
  const { routing, domain } = facts;
  const names = nameFindings(facts);
  if (routing.route) return [...routeFindings(routing.route, facts), ...names];
  return [
    forAll({
      id: "no-pipe",
      level: "note",
      seen: `mail for people who have not come yet: ${routing.rule}`,
      means: "Once mail for the domain comes here, mail for them does not reach the old server.",
      do: "Before you change the MX: add a remote domain that leads to the old server, and pipe mail for unknown users to it.",
      commands: [
        `mailferry domain add big-company.old --remote --host ${facts.server.host}`,
        `mailferry domain set ${domain} --unknown-users '*@${domain}|big-company.old'`,
      ],
    }),
    ...names,
  ];
}

function routeFindings(route: RouteFacts, facts: Facts): readonly Finding[] {
  const where = `${route.name} (${route.host})`;
  const stop = (id: string, seen: string, means: string, todo: string): Finding =>
    forAll({ id, level: "stop", seen, means, do: todo });
  const waits = "Mail for people who have not come yet would wait in the queue, and go back after five days.";
  if (route.leadsToUs)
    return [
      {
        ...stop(
          "route-leads-to-us",
          `${where} is this very server`,
          "Mail for people who have not come yet would go round in a circle.",
          `Name the old server's own address as the delivery host of ${route.name}.`,
        ),
        commands: [`mailferry domain set ${route.name} --host ADDRESS`],
      },
    ];
  if (route.turnedAway) {
    const todo =
      route.turnedAway.at === "hello"
        ? `Let it accept the name ${facts.house.hostname}, or set hostname in mailferry.toml to one that it accepts.`
        : "Let it accept mail from this machine's address (allow list, mynetworks), then rehearse again.";
    return [
      stop("route-refuses-us", `${where} does not talk to us: "${route.turnedAway.said}"`, waits, todo),
    ];
  }
  if (route.trouble !== null)
    return [
      stop(
        "route-trouble",
        `${where}: ${route.trouble}`,
        waits,
        "See that SMTP is on there, and that this machine may connect to it, then rehearse again.",
      ),
    ];
  const findings: Finding[] = [];
  if (!route.isSecure)
    findings.push(
      forAll({
        id: "route-clear",
        level: "note",
        seen: `${where} offers no TLS`,
        means:
          "Mail for people who have not come yet passes in clear text, as mail between servers often does.",
        do: "Nothing, if the line is your own.",
      }),
    );
  if (route.person) findings.push(personFinding(route.person, where));
  if (route.nobody) findings.push(...nobodyFindings(route.nobody, where));
  return findings;
}

function personFinding({ address, at, code, enhanced, said }: RecipientFacts, where: string): Finding {
  if (code < 300) return good("route", `${where} accepts mail for ${address}`);
  if (code < 500)
    return forAll({
      id: "route-greylists",
      level: "option",
      seen: `${where} puts mail for ${address} off: "${said}"`,
      means: "It greylists or limits us: the first mail for each person who has not come yet arrives late.",
      do: "Exempt this machine's address from greylisting and limits over there.",
    });
  const isUnknown = at === "rcpt" && (enhanced === null ? code === 550 : /^5\.1\.[1-6]$/.test(enhanced));
  if (isUnknown && !/relay|denied|policy|spf|block|blacklist|authenticat/i.test(said))
    return forAll({
      id: "route-unknown-person",
      level: "stop",
      seen: `${where} does not know ${address}: "${said}"`,
      means: "Mail for people who have not come yet would be refused.",
      do: "See that this SMTP server is that of the old mailboxes and still takes mail for the domain as its own.",
    });
  return forAll({
    id: "route-policy",
    level: "stop",
    seen: `${where} refuses our mail for ${address}: "${said}"`,
    means:
      "It is not the person who is refused but us: mail for people who have not come yet would be held up.",
    do: "Let it accept mail from this machine's address (allow list, mynetworks, no SPF check for it).",
  });
}

function nobodyFindings({ code, said }: RecipientFacts, where: string): readonly Finding[] {
  if (code >= 500) return [good("route-refuses-nobody", `${where} refuses an address that nobody has`)];
  if (code >= 400) return [];
  return [
    forAll({
      id: "route-takes-everything",
      level: "note",
      seen: `${where} accepts an address that nobody has: "${said}"`,
      means:
        "It cannot be asked who exists: mail for anybody is passed on to it, and comes back from there if nobody has the address.",
      do: "Nothing; who is missing is then known by logins alone. A check of recipients over there would help.",
    }),
  ];
}

function nameFindings({ names, server, domain, house }: Facts): readonly Finding[] {
  const { mailExchangers, oldServer, ownName } = names;
  const findings: Finding[] = [];
  const unknown = [mailExchangers, oldServer, ownName].flatMap((answer) =>
    "unknown" in answer ? answer.unknown : [],
  );
  if (unknown.length > 0)
    findings.push(
      forAll({
        id: "dns-silent",
        level: "note",
        seen: unknown.join("; "),
        means: "Where the names lead could not be seen from here.",
        do: "Nothing, in a closed network; otherwise see why this machine gets no answers from DNS.",
      }),
    );
  if (!("unknown" in mailExchangers)) findings.push(good("dns", `${dnsText(names, domain, server.host)}`));
  const isExchanger = !("unknown" in mailExchangers) && mailExchangers.includes(server.host.toLowerCase());
  if (isIP(server.host) === 0 && isExchanger)
    findings.push(
      forAll({
        id: "name-will-move",
        level: "option",
        seen: `${server.host} is also the domain's MX`,
        means: "Once that name leads here, Mailferry would look for the old server in itself.",
        do: "Name the old server by its IP address, or by a name that stays its own.",
        commands: ["--from pop3://ADDRESS"],
      }),
    );
  if (!("unknown" in ownName) && ownName.length === 0)
    findings.push(
      forAll({
        id: "own-name-unknown",
        level: "note",
        seen: `DNS has no address for ${house.hostname}, our name`,
        means: "Servers that check the name in EHLO refuse our mail.",
        do: "Set hostname in mailferry.toml to a name with an address, or give this one an address.",
      }),
    );
  return findings;
}

function dnsText({ mailExchangers, oldServer }: NameFacts, domain: string, host: string): string {
  const list = (answer: NameFacts["oldServer"]): string =>
    "unknown" in answer ? "unknown" : answer.length === 0 ? "nothing" : answer.join(", ");
  const old = isIP(host) === 0 ? `; ${host} leads to ${list(oldServer)}` : "";
  return `seen from here, the MX of ${domain} is ${list(mailExchangers)}${old}`;
}
