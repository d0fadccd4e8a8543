import { foldField } from "./compose-field.ts";
import { formatDate } from "./date.ts";

/** What became of the message for one recipient (RFC 3464 §2.3). */
export interface DsnRecipient {
  /** As in the envelope. */
  readonly address: string;
  /** ORCPT, decoded: `rfc822;anna@big-company.com`. */
  readonly originalRecipient: string | null;
  /** `relayed`: handed to a server that reports no deliveries. */
  readonly action: "failed" | "delayed" | "delivered" | "relayed";
  /** Enhanced status code (RFC 3463): `5.1.1`. */
  readonly status: string;
  /** What the next hop answered: `550 5.1.1 No such user`. */
  readonly reply: string | null;
  /** Its host name, or its IP address. */
  readonly remoteMta: string | null;
  readonly lastAttempt: Date | null;
  /** Of a delayed message. */
  readonly willRetryUntil: Date | null;
}

/** The message as a whole (RFC 3464 §2.2). */
export interface DsnMessage {
  /** Our host name. */
  readonly reportingMta: string;
  /** ENVID, decoded. */
  readonly envelopeId: string | null;
  readonly arrivalDate: Date | null;
}

/** Longer replies are cut: they end up in one header field. */
const maximumReply = 1000;

/**
 * The body of message/delivery-status, or of message/global-delivery-status (RFC 6533 §3) if UTF-8 may stand in
 * it: fields of the message, then a block of fields for each recipient.
 */
export function composeDeliveryStatus(
  message: DsnMessage,
  recipients: readonly DsnRecipient[],
  utf8: boolean,
): string {
  const perMessage = [
    foldField("Reporting-MTA", `dns; ${plain(message.reportingMta, false)}`),
    message.envelopeId === null ? "" : foldField("Original-Envelope-Id", plain(message.envelopeId, false)),
    message.arrivalDate === null ? "" : foldField("Arrival-Date", formatDate(message.arrivalDate)),
  ];
  const blocks = recipients.map((recipient) => recipientFields(recipient, utf8));
  return [perMessage.join(""), ...blocks].join("\r\n");
}

function recipientFields(recipient: DsnRecipient, utf8: boolean): string {
  const { originalRecipient, reply, remoteMta, lastAttempt, willRetryUntil } = recipient;
  return [
    originalRecipient === null ? "" : foldField("Original-Recipient", typedOriginal(originalRecipient, utf8)),
    foldField("Final-Recipient", typedAddress(recipient.address, utf8)),
    foldField("Action", recipient.action),
    foldField("Status", plain(recipient.status, false)),
    remoteMta === null ? "" : foldField("Remote-MTA", `dns; ${plain(hostName(remoteMta), false)}`),
    reply === null ? "" : foldField("Diagnostic-Code", `smtp; ${plain(reply.slice(0, maximumReply), utf8)}`),
    lastAttempt === null ? "" : foldField("Last-Attempt-Date", formatDate(lastAttempt)),
    willRetryUntil === null ? "" : foldField("Will-Retry-Until", formatDate(willRetryUntil)),
  ].join("");
}

/** An IP address in the place of a name is a literal (RFC 5321 §4.1.3). */
function hostName(host: string): string {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)) return `[${host}]`;
  return host.includes(":") ? `[IPv6:${host}]` : host;
}

function typedOriginal(original: string, utf8: boolean): string {
  const [, type = "", address = ""] = /^([A-Za-z0-9-]+);\s*(.*)$/s.exec(original) ?? ["", "rfc822", original];
  const isMail = ["rfc822", "utf-8"].includes(type.toLowerCase());
  return isMail ? typedAddress(address, utf8) : `${type}; ${plain(address, utf8)}`;
}

/** With its address type: `rfc822`, or `utf-8` for what is not ASCII (RFC 6533 §3). */
function typedAddress(address: string, utf8: boolean): string {
  if (!/[^\x00-\x7f]/.test(address)) return `rfc822; ${plain(address, false)}`;
  const escaped = utf8 ? /[\x00-\x20+=\\\x7f]/gu : /[^\x21-\x7e]|[+=\\]/gu;
  return `utf-8; ${address.replace(escaped, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return `\\x{${code.padStart(2, "0")}}`;
  })}`;
}

/** Without line ends and controls, and ASCII unless UTF-8 may stand there. */
function plain(text: string, utf8: boolean): string {
  const line = text.replace(/[\x00-\x1f\x7f]+/g, " ").trim();
  return utf8 ? line : line.replace(/[^\x20-\x7e]/g, "?");
}
