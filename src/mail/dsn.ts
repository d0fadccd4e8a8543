import { isAscii } from "node:buffer";
import { createHash } from "node:crypto";
import { foldField } from "./compose-field.ts";
import { formatDate } from "./date.ts";
import { composeDeliveryStatus, type DsnMessage, type DsnRecipient } from "./delivery-status.ts";
import { encodeText } from "./transfer-encoding.ts";

export type { DsnRecipient };

/** Everything a delivery status notification tells. */
export interface Dsn extends DsnMessage {
  /** The reverse-path of the message it is about; never the null one. */
  readonly to: string;
  /** With angle brackets. */
  readonly messageId: string;
  readonly date: Date;
  /** At least one. */
  readonly recipients: readonly DsnRecipient[];
  /** The message it is about needed SMTPUTF8, so its sender understands UTF-8 in the report (RFC 6533). */
  readonly smtpUtf8: boolean;
  /** What is returned of that message: its header, or all of it (RET, RFC 3461 §4.3). */
  readonly returned: { readonly octets: Uint8Array; readonly whole: boolean };
}

/**
 * Composes a delivery status notification (RFC 3464): multipart/report with words for people, the status for
 * programs, and the message or its header. It is to be sent with the null reverse-path, so that nothing ever
 * answers it.
 */
export function composeDsn(dsn: Dsn): Uint8Array {
  // Nobody can foresee it who does not know the Message-ID, so no returned message can contain it.
  const boundary = `=_${createHash("sha256").update(dsn.messageId).digest("hex").slice(0, 40)}`;
  const words = encodeText(explanation(dsn));
  const status = composeDeliveryStatus(dsn, dsn.recipients, dsn.smtpUtf8);
  const [statusType, wholeType, headerType] = dsn.smtpUtf8
    ? ["message/global-delivery-status", "message/global", "message/global-headers"]
    : ["message/delivery-status", "message/rfc822", "text/rfc822-headers"];
  const { octets, whole } = dsn.returned;
  return Buffer.concat([
    Buffer.from(header(dsn, boundary)),
    Buffer.from("\r\nThis is a delivery status notification in MIME format.\r\n"),
    part(boundary, "text/plain; charset=utf-8", words.encoding, Buffer.from(words.body)),
    part(boundary, statusType, /[^\x00-\x7f]/.test(status) ? "8bit" : "7bit", Buffer.from(status)),
    part(boundary, whole ? wholeType : headerType, isAscii(octets) ? "7bit" : "8bit", octets),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

function header(dsn: Dsn, boundary: string): string {
  return [
    foldField("From", `Mail Delivery System <MAILER-DAEMON@${dsn.reportingMta}>`),
    foldField("To", `<${dsn.to}>`),
    foldField("Subject", subject(dsn.recipients)),
    foldField("Date", formatDate(dsn.date)),
    foldField("Message-ID", dsn.messageId),
    // RFC 3834 §5: keeps autoresponders from answering.
    foldField("Auto-Submitted", "auto-replied"),
    foldField("MIME-Version", "1.0"),
    foldField("Content-Type", `multipart/report; report-type=delivery-status; boundary="${boundary}"`),
  ].join("");
}

function part(boundary: string, type: string, encoding: string, body: Uint8Array): Uint8Array {
  const fields = foldField("Content-Type", type) + foldField("Content-Transfer-Encoding", encoding);
  return Buffer.concat([Buffer.from(`\r\n--${boundary}\r\n${fields}\r\n`), body]);
}

function subject(recipients: readonly DsnRecipient[]): string {
  const has = (action: DsnRecipient["action"]): boolean => recipients.some((one) => one.action === action);
  if (has("failed")) return "Your message could not be delivered";
  if (has("delayed")) return "Your message is delayed";
  return "Your message was delivered";
}

const headings: Readonly<Record<DsnRecipient["action"], string>> = {
  failed: "Your message could not be delivered to:",
  delayed:
    "Your message could not be delivered yet. You need not send it again; delivery to these is retried:",
  delivered: "Your message was delivered to:",
  relayed: "Your message was handed to a server that does not report further deliveries, for:",
};

function explanation(dsn: Dsn): string {
  const lines = [`This is the mail system at ${dsn.reportingMta}.`];
  for (const action of ["failed", "delayed", "delivered", "relayed"] as const) {
    const recipients = dsn.recipients.filter((recipient) => recipient.action === action);
    if (recipients.length === 0) continue;
    lines.push("", headings[action], ...recipients.flatMap(recipientLines));
  }
  const rest = dsn.returned.whole ? "The message" : "The header of the message";
  return [...lines, "", `${rest} follows below.`, ""].join("\n");
}

function recipientLines(recipient: DsnRecipient): string[] {
  const lines = ["", `  <${recipient.address}>`];
  const said = recipient.remoteMta === null ? "" : `${recipient.remoteMta} said: `;
  if (recipient.reply !== null) lines.push(`    ${said}${recipient.reply.replace(/\s+/g, " ")}`);
  if (recipient.willRetryUntil !== null) {
    lines.push(`    Delivery is retried until ${formatDate(recipient.willRetryUntil)}.`);
  }
  return lines;
}
