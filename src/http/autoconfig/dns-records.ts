import type { MailServer, OpenListener } from "./mail-server.ts";

/** A record to publish in the DNS, in the words of a zone file. */
export interface DnsRecord {
  readonly name: string;
  readonly type: "MX" | "SRV" | "CNAME";
  readonly value: string;
  /** What it does, for a person. */
  readonly purpose: string;
}

const labels = {
  imap: { tls: "_imaps", starttls: "_imap" },
  pop3: { tls: "_pop3s", starttls: "_pop3" },
  smtp: { tls: "_submissions", starttls: "_submission" },
} as const;

/**
 * What to publish for a domain: where its mail goes (RFC 5321 §5.1), where programs find its services (RFC 6186,
 * RFC 8314 §5), and the names that Thunderbird and Outlook ask for settings. A service that is not there is said
 * to be so with the root as its target (RFC 6186 §3.4), lest programs go on looking. Services without TLS are not
 * published.
 * @param host the name under which this server is reached
 */
export function dnsRecords(
  domain: string,
  host: string,
  servers: readonly MailServer[],
  listeners: readonly OpenListener[],
): readonly DnsRecord[] {
  const mail: DnsRecord[] = listeners.some(({ name }) => name === "smtp")
    ? [{ name: `${domain}.`, type: "MX", value: `10 ${host}.`, purpose: "mail for the domain comes here" }]
    : [];
  const services = Object.entries(labels).flatMap(([protocol, { tls, starttls }]) => {
    const published = (["tls", "starttls"] as const).map((security) =>
      servers.find((server) => server.protocol === protocol && server.security === security),
    );
    return [tls, starttls].map((label, at): DnsRecord => {
      const server = published[at];
      const what = `${protocol.toUpperCase()} with ${at === 0 ? "TLS" : "STARTTLS"}`;
      return {
        name: `${label}._tcp.${domain}.`,
        type: "SRV",
        value: server ? `${at} 1 ${server.port} ${host}.` : "0 0 0 .",
        purpose: server ? what : `no ${what}`,
      };
    });
  });
  const names = ["autoconfig", "autodiscover"].map(
    (label): DnsRecord => ({
      name: `${label}.${domain}.`,
      type: "CNAME",
      value: `${host}.`,
      purpose: "programs find their settings by themselves",
    }),
  );
  return [...mail, ...services, ...names];
}
