import type { MailServer } from "./mail-server.ts";
import { escapeXml } from "./xml.ts";

const socketType = { tls: "SSL", starttls: "STARTTLS", none: "plain" } as const;

/**
 * The settings in the form that Thunderbird and many others ask for (Mozilla's "clientConfig" 1.1): the login name
 * is the whole address, the password is sent as it is, inside TLS.
 */
export function mozillaConfig(domain: string, servers: readonly MailServer[]): string {
  const name = escapeXml(domain);
  return `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="${name}">
    <domain>${name}</domain>
    <displayName>${name}</displayName>
    <displayShortName>${name}</displayShortName>
${servers.map(serverElement).join("\n")}
  </emailProvider>
</clientConfig>
`;
}

function serverElement({ protocol, host, port, security }: MailServer): string {
  const element = protocol === "smtp" ? "outgoingServer" : "incomingServer";
  return `    <${element} type="${protocol}">
      <hostname>${escapeXml(host)}</hostname>
      <port>${port}</port>
      <socketType>${socketType[security]}</socketType>
      <authentication>password-cleartext</authentication>
      <username>%EMAILADDRESS%</username>
    </${element}>`;
}
