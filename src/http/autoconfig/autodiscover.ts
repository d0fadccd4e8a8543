import type { MailServer } from "./mail-server.ts";
import { escapeXml } from "./xml.ts";

const responses = "http://schemas.microsoft.com/exchange/autodiscover";
const settings = `${responses}/outlook/responseschema/2006a`;
const encryption = { tls: "SSL", starttls: "TLS", none: "None" } as const;
const types = { imap: "IMAP", pop3: "POP3", smtp: "SMTP" } as const;

/**
 * The address that an Autodiscover request asks for (MS-OXDSCLI §2.2.3.1.1); null if it names none. Only this one
 * element is looked for: no entity is resolved, nothing else of the document is read.
 */
export function autodiscoverAddress(request: string): string | null {
  const found = /<(?:[\w-]+:)?EMailAddress\s*>\s*([^<>&\s]{1,320})\s*</i.exec(request);
  return found?.[1] ?? null;
}

/** The settings in the form that Outlook asks for ("POX" Autodiscover, MS-OXDSCLI §2.2.3.1.3): the first of each kind. */
export function autodiscoverAnswer(address: string, servers: readonly MailServer[]): string {
  const first = servers.filter(
    ({ protocol }, at) => servers.findIndex((other) => other.protocol === protocol) === at,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="${responses}/responseschema/2006">
  <Response xmlns="${settings}">
    <Account>
      <AccountType>email</AccountType>
      <Action>settings</Action>
${first.map((server) => protocolElement(address, server)).join("\n")}
    </Account>
  </Response>
</Autodiscover>
`;
}

/** What a request hears that cannot be answered; 600 is "invalid request", 500 "the address is not here". */
export function autodiscoverRefusal(code: 500 | 600, text: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="${responses}/responseschema/2006">
  <Response>
    <Error>
      <ErrorCode>${code}</ErrorCode>
      <Message>${escapeXml(text)}</Message>
    </Error>
  </Response>
</Autodiscover>
`;
}

function protocolElement(address: string, { protocol, host, port, security }: MailServer): string {
  return `      <Protocol>
        <Type>${types[protocol]}</Type>
        <Server>${escapeXml(host)}</Server>
        <Port>${port}</Port>
        <LoginName>${escapeXml(address)}</LoginName>
        <DomainRequired>off</DomainRequired>
        <SPA>off</SPA>
        <SSL>${security === "tls" ? "on" : "off"}</SSL>
        <Encryption>${encryption[security]}</Encryption>
        <AuthRequired>on</AuthRequired>
      </Protocol>`;
}
