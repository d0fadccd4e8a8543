import { createHash } from "node:crypto";
import type { MailServer } from "./mail-server.ts";
import { escapeXml } from "./xml.ts";

/**
 * A configuration profile for Apple's devices (com.apple.mail.managed): the first incoming service and the first
 * for sending. Null where there is none of either. It holds no password: the device asks for it.
 * @param hostname who gives the profile
 */
export function mobileConfig(
  address: string,
  hostname: string,
  servers: readonly MailServer[],
): string | null {
  const incoming = servers.find(({ protocol }) => protocol !== "smtp");
  const outgoing = servers.find(({ protocol }) => protocol === "smtp");
  if (incoming === undefined || outgoing === undefined) return null;
  const account = [
    text("EmailAccountType", incoming.protocol === "imap" ? "EmailTypeIMAP" : "EmailTypePOP"),
    text("EmailAccountDescription", address),
    text("EmailAddress", address),
    ...serverKeys("IncomingMailServer", incoming, address),
    ...serverKeys("OutgoingMailServer", outgoing, address),
    key("OutgoingPasswordSameAsIncomingPassword", "<true/>"),
    ...payloadKeys("com.apple.mail.managed", "account", address, hostname),
  ];
  const profile = [
    key("PayloadContent", `<array><dict>\n${account.join("\n")}\n</dict></array>`),
    text("PayloadOrganization", hostname),
    key("PayloadRemovalDisallowed", "<false/>"),
    ...payloadKeys("Configuration", "profile", address, hostname),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
${profile.join("\n")}
</dict></plist>
`;
}

function serverKeys(prefix: string, { host, port, security }: MailServer, address: string): string[] {
  return [
    text(`${prefix}HostName`, host),
    key(`${prefix}PortNumber`, `<integer>${port}</integer>`),
    // Apple's programs choose between TLS at once and STARTTLS by the port's answer.
    key(`${prefix}UseSSL`, security === "none" ? "<false/>" : "<true/>"),
    text(`${prefix}Username`, address),
    text(`${prefix}Authentication`, "EmailAuthPassword"),
  ];
}

/** The same profile has the same identity every time, so a device replaces it instead of adding another. */
function payloadKeys(type: string, what: string, address: string, hostname: string): string[] {
  const digest = createHash("sha256").update(`${what} ${hostname} ${address}`).digest("hex");
  const uuid = digest.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  const reversed = hostname.split(".").reverse().join(".");
  return [
    text("PayloadDisplayName", address),
    text("PayloadIdentifier", `${reversed}.${what}.${digest.slice(0, 12)}`),
    text("PayloadType", type),
    text("PayloadUUID", uuid.toUpperCase()),
    key("PayloadVersion", "<integer>1</integer>"),
  ];
}

function key(name: string, value: string): string {
  return `<key>${name}</key>${value}`;
}

function text(name: string, value: string): string {
  return key(name, `<string>${escapeXml(value)}</string>`);
}
