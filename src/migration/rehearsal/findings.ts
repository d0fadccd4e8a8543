/**
 * The one place where observed facts become findings: a pure function of them. The report is what an administrator
 * reads: every finding says what was seen, what it means and what to do.
 */
import { tlsPolicyText } from "#net/tls-policy";
import { oldServerUrl } from "../old-server/old-server-address.ts";
import { connectionFindings } from "./connection-findings.ts";
import type { Facts } from "./facts.ts";
import { type Finding, type Settings, together, type VerdictOfRehearsal, verdictOf } from "./finding.ts";
import { listingFindings } from "./listing-findings.ts";
import { loginFindings } from "./login-findings.ts";
import { messageFindings } from "./message-findings.ts";
import { type ProgramOutlook, programOutlook } from "./programs.ts";
import { routingFindings } from "./routing-findings.ts";
import { roomFindings, type Totals, totalsOf } from "./totals.ts";

/** What an administrator reads. */
export interface RehearsalReport {
  readonly domain: string;
  readonly oldServer: string;
  readonly verdict: VerdictOfRehearsal;
  /** The gravest first. */
  readonly findings: readonly Finding[];
  readonly people: readonly {
    readonly address: string;
    /** The name that worked; null where none did. */
    readonly loginName: string | null;
    readonly messages: number | null;
    readonly octets: number | null;
  }[];
  readonly totals: Totals;
  readonly programs: readonly ProgramOutlook[];
  /** The command to go on with: to begin, or to rehearse again where something has to change first. */
  readonly next: string;
}

/** What the facts mean. */
export function reportOf(facts: Facts): RehearsalReport {
  const findings = together([
    ...connectionFindings(facts),
    ...loginFindings(facts),
    ...listingFindings(facts),
    ...messageFindings(facts),
    ...routingFindings(facts),
    ...roomFindings(facts),
  ]);
  const verdict = verdictOf(findings);
  return {
    domain: facts.domain,
    oldServer: oldServerUrl(facts.server),
    verdict,
    findings,
    people: facts.people.map(({ address, login, maildrop }) => ({
      address,
      loginName: login.outcome === "good" ? login.name : null,
      messages: maildrop?.first.entries.length ?? null,
      octets: maildrop ? Math.max(0, maildrop.first.stat.octets) : null,
    })),
    totals: totalsOf(facts),
    programs: programOutlook(facts),
    next: nextCommand(facts, verdict, Object.assign({}, ...findings.map(({ settings }) => settings ?? {}))),
  };
}

function nextCommand(
  { domain, server, logins }: Facts,
  verdict: VerdictOfRehearsal,
  found: Settings,
): string {
  const tls = found.tls ?? tlsPolicyText(server.tls);
  const loginAs = found.loginAs ?? server.loginAs;
  const options = [
    ...(verdict === "stop" ? logins.map((address) => `--user ${address}`) : []),
    `--from ${found.from ?? oldServerUrl(server)}`,
    ...(tls === "verify" ? [] : [`--tls ${tls}`]),
    ...(loginAs === null ? [] : [`--login-as '${loginAs}'`]),
  ];
  return ["mailferry migration", verdict === "stop" ? "rehearse" : "on", domain, ...options].join(" ");
}
