/** The connection before anybody logs in: greeting, CAPA, and which TLS there is. No name or password is said. */
import { Pop3ProtocolError, Pop3TurnedAway } from "#clients/pop3-client";
import type { TlsPolicy, TlsVersion } from "#mail/next-hop";
import { TlsTrouble } from "#net/tls";
import { WireClosed } from "#net/wire";
import type { OldServerAddress } from "../old-server/old-server.ts";
import { troubleOfError } from "../old-server/pop3-trouble.ts";
import { type Caller, call, callSecurely, type Door, NoStls } from "./caller.ts";
import { type ReachFacts, type Security, type ShownCertificate, words } from "./facts.ts";
import type { RehearsalTools } from "./tools.ts";

const day = 24 * 60 * 60_000;

const unreached: Omit<ReachFacts, "leadsToUs" | "trouble"> = {
  greeting: "",
  capa: "refused",
  capabilities: [],
  security: { state: "unknown" },
};

/** Connects a few times; what cannot be had is a fact. */
export async function probeReach(
  door: Omit<Door, "skipsCapa">,
  tools: Pick<RehearsalTools, "isOurs" | "isOwnGreeting">,
): Promise<ReachFacts> {
  const { server } = door;
  if (await tools.isOurs(server.host, server.port)) return { ...unreached, leadsToUs: true, trouble: null };
  try {
    const first = await lookAround({ ...door, skipsCapa: false });
    if (tools.isOwnGreeting(first.greeting)) return { ...unreached, leadsToUs: true, trouble: null };
    const skipsCapa = first.capa === "hangs" || first.capa === "drops";
    const security = await probeSecurity({ ...door, skipsCapa }, first.capabilities);
    return { leadsToUs: false, trouble: null, ...first, greeting: words(first.greeting), security };
  } catch (error) {
    if (server.implicitTls && !(error instanceof Pop3TurnedAway)) {
      const security = await probeSecurity({ ...door, skipsCapa: true }, []);
      if (security.state === "refused") return { ...unreached, leadsToUs: false, trouble: null, security };
    }
    const { trouble, reason } = troubleOfError(error);
    return { ...unreached, leadsToUs: false, trouble: { trouble, reason: words(reason) } };
  }
}

/** Greeting and CAPA as they are before TLS; under TLS where that begins at once. */
async function lookAround(door: Door): Promise<Pick<ReachFacts, "greeting" | "capa" | "capabilities">> {
  await using caller = await call(door, anyTls(door.server));
  const { greeting } = caller.client;
  try {
    const told = await caller.askCapabilities();
    return { greeting, capa: told ? "told" : "refused", capabilities: lines(told ?? new Map()) };
  } catch (error) {
    if (error instanceof Pop3ProtocolError) throw error;
    const hangs = error instanceof WireClosed && error.reason === "timeout";
    return { greeting, capa: hangs ? "hangs" : "drops", capabilities: [] };
  }
}

/** Capabilities as CAPA says them, safe for a terminal. */
export function lines(capabilities: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return [...capabilities].map(([name, parameters]) => words([name, ...parameters].join(" ")));
}

/** The same server with whatever TLS it has: for looking, never for a password. */
function anyTls(server: OldServerAddress): OldServerAddress {
  return { ...server, tls: { mode: "opportunistic", minVersion: "1.0" } };
}

async function probeSecurity(door: Door, capabilities: readonly string[]): Promise<Security> {
  const { tls } = door.server;
  if (tls.mode === "none") return { state: "clear", offersTls: capabilities.includes("STLS") };
  try {
    await using caller = await callSecurely(door);
    return { state: "secured", version: versionOf(caller) ?? "TLS", certificate: certificateOf(caller) };
  } catch (error) {
    if (error instanceof NoStls) return await withoutStls(door, error.message);
    if (!(error instanceof TlsTrouble) && !(error instanceof WireClosed)) throw error;
    return await whatWorks(door, error);
  }
}

async function withoutStls(door: Door, said: string): Promise<Security> {
  const refused = { state: "refused", kind: "not-offered", reason: words(said), works: null } as const;
  const { server } = door;
  if (server.port !== 110) return { ...refused, worksOn995: false, certificate: null };
  const implicit: Door = { ...door, server: { ...server, port: 995, implicitTls: true } };
  const worksOn995 = (await sight(implicit, server.tls)) !== null;
  return { ...refused, worksOn995, certificate: null };
}

/** After a failed handshake: the strictest policy that does work is looked for, by trying. */
async function whatWorks(door: Door, error: TlsTrouble | WireClosed): Promise<Security> {
  const usual = await sight(door, { mode: "opportunistic" });
  const seen = usual ?? (await sight(door, { mode: "opportunistic", minVersion: "1.0" }));
  const kind = kindOf(error, seen !== null, usual !== null);
  const reason = words(firstSentence(error.message));
  const refused = { state: "refused", kind, reason, worksOn995: false } as const;
  if (!seen) return { ...refused, works: null, certificate: null };
  const least: { readonly minVersion?: TlsVersion } = usual
    ? {}
    : { minVersion: seen.version === "TLSv1" ? "1.0" : "1.1" };
  const candidates: readonly TlsPolicy[] = [
    { mode: "verify", ...least },
    { mode: "verify", allowExpired: true, ...least },
    ...(seen.certificate ? [{ mode: "pin", sha256: seen.certificate.fingerprint, ...least } as const] : []),
  ];
  for (const works of candidates) {
    if ((await sight(door, works)) !== null) return { ...refused, works, certificate: seen.certificate };
  }
  return { ...refused, works: null, certificate: seen.certificate };
}

/** The rest is advice; what helps here is found out by trying. */
function firstSentence(text: string): string {
  return text.replace(/\. [A-Z].*$/s, "").replace(/\.$/, "");
}

function kindOf(
  error: TlsTrouble | WireClosed,
  anyWorks: boolean,
  usualWorks: boolean,
): Extract<Security, { state: "refused" }>["kind"] {
  if (error instanceof TlsTrouble && error.kind === "not-tls") return "not-tls";
  if (!anyWorks) return "broken";
  return usualWorks ? "certificate" : "too-old";
}

/** What a connection under a policy shows; null where there is none to be had. */
async function sight(
  door: Door,
  policy: TlsPolicy,
): Promise<{ readonly version: string; readonly certificate: ShownCertificate | null } | null> {
  try {
    await using caller = await callSecurely({ ...door, skipsCapa: true }, policy);
    return { version: versionOf(caller) ?? "", certificate: certificateOf(caller) };
  } catch {
    return null;
  }
}

function versionOf({ client }: Caller): string | null {
  return client.tls?.getProtocol() ?? null;
}

function certificateOf({ client }: Caller): ShownCertificate | null {
  const certificate = client.tls?.getPeerX509Certificate();
  if (!certificate) return null;
  return {
    fingerprint: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
    subject: words(certificate.subject.replaceAll("\n", ", ")),
    names: words(certificate.subjectAltName ?? ""),
    validTo: new Date(certificate.validTo).toISOString().slice(0, 10),
    daysLeft: Math.floor((Date.parse(certificate.validTo) - Date.now()) / day),
  };
}
