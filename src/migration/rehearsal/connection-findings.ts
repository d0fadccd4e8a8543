/** What the connection before any login means: is it there, is it not ourselves, and how is it secured. */
import type { TlsPolicy } from "#mail/next-hop";
import { tlsPolicyText } from "#net/tls-policy";
import { oldServerUrl } from "../old-server/old-server-address.ts";
import type { Facts, Security, ShownCertificate } from "./facts.ts";
import { type Finding, good } from "./finding.ts";

/** Gravest first; an old server that cannot be reached has one finding. */
export function connectionFindings({ server, reach, domain }: Facts): readonly Finding[] {
  const base = { people: [] } as const;
  const where = `${server.host}:${server.port}`;
  if (reach.leadsToUs) {
    return [
      {
        ...base,
        id: "leads-to-us",
        level: "stop",
        seen: `${where} is this very server`,
        means: "It would move mail from itself to itself.",
        do: "Name the old server by an address that stays its own.",
        commands: ["--from pop3://ADDRESS"],
      },
    ];
  }
  if (reach.trouble) {
    return [
      {
        ...base,
        id: reach.trouble.trouble === "protocol" ? "no-pop3" : "unreachable",
        level: "stop",
        seen: reach.trouble.reason,
        means: "Nobody could log in for the first time, and nothing could be copied.",
        do: `See that POP3 is on at ${where} and that this machine may connect to it, then rehearse again.`,
      },
    ];
  }
  const findings: Finding[] = [
    ...securityFindings(reach.security, {
      domain,
      url: oldServerUrl(server),
      isVerified: server.tls.mode === "verify",
    }),
  ];
  if (reach.capa === "hangs" || reach.capa === "drops") {
    findings.push({
      ...base,
      id: "capa-hangs",
      level: "note",
      seen: `CAPA ${reach.capa === "hangs" ? "is never answered" : "ends the connection"}`,
      means:
        "What the server can do is not known beforehand; the first login after a start takes a little longer.",
      do: "Nothing: Mailferry asks once, connects again, and does without.",
    });
  }
  const expire = reach.capabilities.find((line) => /^EXPIRE /i.test(line));
  const days = expire === undefined ? null : /^EXPIRE +(\d+)/i.exec(expire)?.[1];
  if (days !== null && days !== undefined) {
    findings.push({
      ...base,
      id: "expires",
      level: Number(days) === 0 ? "option" : "note",
      seen: `the server says "${expire}"`,
      means:
        Number(days) === 0
          ? "It keeps nothing that was retrieved: copying would empty the old maildrops."
          : `It removes messages by itself after ${days} days; what it removes before it was copied is lost.`,
      do: "Turn this off on the old server until the move is over.",
    });
  }
  return findings;
}

/** Days in which a certificate should not end during a move. */
const shortly = 30;

interface Where {
  readonly domain: string;
  readonly url: string;
  /** Whether the certificate has to be trusted and in time. */
  readonly isVerified: boolean;
}

function securityFindings(security: Security, { domain, url, isVerified }: Where): readonly Finding[] {
  const base = { people: [] } as const;
  switch (security.state) {
    case "unknown":
      return [];
    case "secured": {
      const { version, certificate } = security;
      const until = certificate ? `, certificate until ${certificate.validTo}` : "";
      return [
        good("tls", `connections are secured by ${version.replace("TLSv", "TLS ")}${until}`),
        ...(isVerified && certificate && certificate.daysLeft < shortly ? [endsSoon(certificate)] : []),
      ];
    }
    case "clear":
      return security.offersTls
        ? [
            {
              ...base,
              id: "clear-text-by-choice",
              level: "option",
              seen: "the server offers STLS, and clear text was asked for",
              means: "Everybody's old password would pass in clear text without need.",
              do: "Rehearse with STLS.",
              commands: [`mailferry migration rehearse ${domain} --from ${url}`],
            },
          ]
        : [
            {
              ...base,
              id: "clear-text",
              level: "note",
              seen: "the server offers no TLS",
              means: "Everybody's old password passes in clear text between this machine and the old server.",
              do: "Leave it at clear text, and see that the line between them is your own.",
            },
          ];
    case "refused":
      return [refusedFinding(security, url)];
  }
}

function endsSoon({ validTo, daysLeft }: ShownCertificate): Finding {
  return {
    id: "certificate-ends",
    level: "note",
    people: [],
    seen: `the certificate ends in ${Math.max(0, daysLeft)} days, on ${validTo}`,
    means:
      "If nobody renews it over there, nobody can log in for the first time, and copying stops that day.",
    do: "Renew it over there in time; or allow a certificate that has ended, once it has.",
    commands: ["--tls verify,allow-expired"],
  };
}

function refusedFinding(security: Extract<Security, { state: "refused" }>, url: string): Finding {
  const { kind, reason, works, certificate } = security;
  const means = "Nobody was logged in: a password is only said where TLS is as it was asked for.";
  const inClear =
    "again in clear text, if the line to the old server is your own: passwords pass as they are.";
  const base = { people: [], level: "stop", means } as const;
  if (kind === "not-offered") {
    const seen = `the server offers no STLS: "${reason}"`;
    if (!security.worksOn995) {
      const todo = `Rehearse ${inClear}`;
      return { ...base, id: "tls-not-offered", seen, do: todo, settings: { tls: "none" } };
    }
    const from = url.replace("pop3://", "pop3s://").replace(/:\d+$/, ":995");
    const todo = "Rehearse again with TLS from the first octet, on port 995: there it works.";
    return { ...base, id: "tls-on-995", seen: `${seen}; port 995 has TLS`, do: todo, settings: { from } };
  }
  const shown = certificate
    ? ` (it shows ${certificate.subject || "no name"}, until ${certificate.validTo}, SHA-256 ${certificate.fingerprint})`
    : "";
  const seen = `${reason}${shown}`;
  if (kind === "not-tls") {
    const todo = "Rehearse again with STLS: TLS begins later there.";
    return { ...base, id: "tls-not-at-once", seen, do: todo, commands: ["--from pop3://HOST"] };
  }
  if (!works) {
    const todo = `Mend TLS on the old server, or rehearse ${inClear}`;
    return { ...base, id: "tls-broken", seen, do: todo, settings: { tls: "none" } };
  }
  const tls = tlsPolicyText(works);
  const id = kind === "too-old" ? "tls-too-old" : "tls-certificate";
  return { ...base, id, seen, do: `Rehearse again with ${inWords(works)}.`, settings: { tls } };
}

/** A policy that would do where the usual one did not. */
function inWords(policy: TlsPolicy): string {
  const words: string[] = [];
  if (policy.mode === "pin")
    words.push(
      "this one certificate, named by its fingerprint, once you have compared that on the old server itself",
    );
  if (policy.mode === "verify" && policy.allowExpired) words.push("a certificate that may have ended");
  if (policy.mode !== "none" && policy.minVersion !== undefined)
    words.push(`TLS ${policy.minVersion} and later`);
  return words.length > 0 ? words.join(" and ") : "other settings of TLS";
}
