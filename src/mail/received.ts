import { formatDate, parseDate } from "./date.ts";
import { allFields, type HeaderField, unfold } from "./header.ts";

/** No mail is older than SMTP; and a clock that is set beyond this tells nothing. */
const earliest = Date.UTC(1980, 0, 1);
const latest = Date.UTC(2100, 0, 1);
/** A message that went through more hops loops; what lies below is not read. */
const maximumFieldsRead = 100;

/** What one hop says about itself (RFC 5321 §4.4). */
export interface ReceivedTrace {
  /** What the client called itself in EHLO. */
  readonly from: string;
  /** Its IP address, as the socket gives it. */
  readonly peerAddress: string;
  /** Our host name. */
  readonly by: string;
  /** SMTP, ESMTP, ESMTPS, ESMTPSA, UTF8SMTP … (RFC 3848, RFC 6531 §4.3). */
  readonly with: string;
  readonly id: string;
  /** The recipient, if it is the only one: more would tell one recipient about the others. Left out if it needs
   * quoting. */
  readonly for?: string | null;
  readonly date: Date;
}

/** The whole Received field, folded, with its CRLF. Whatever the client said, it stays one field. */
export function composeReceived(trace: ReceivedTrace): string {
  const peer = trace.peerAddress.includes(":") ? `IPv6:${trace.peerAddress}` : trace.peerAddress;
  const mayTell = trace.for && harmless(trace.for) === trace.for;
  const recipient = mayTell ? `\r\n\tfor <${trace.for}>` : "";
  return (
    `Received: from ${hostName(trace.from)} ([${harmless(peer)}])\r\n` +
    `\tby ${hostName(trace.by)} with ${harmless(trace.with)} id ${harmless(trace.id)}${recipient};\r\n` +
    `\t${formatDate(trace.date)}\r\n`
  );
}

function hostName(text: string): string {
  return /^(?:[A-Za-z0-9._-]{1,255}|\[[A-Za-z0-9.:]{1,60}\])$/.test(text) ? text : "unknown";
}

function harmless(text: string): string {
  return text.slice(0, 400).replace(/[\x00-\x20\x7f<>();\\]/g, "");
}

/**
 * When the message last changed hands: the date of the topmost Received field that has a sane one (1980 to
 * 2100). Null if there is none.
 */
export function newestReceivedDate(fields: Iterable<HeaderField>): Date | null {
  let read = 0;
  for (const field of fields) {
    if (field.name.toLowerCase() !== "received") continue;
    if (++read > maximumFieldsRead) break;
    const value = unfold(field.value);
    // The date follows the last semicolon; comments of some servers hold others.
    const date = parseDate(value.slice(value.lastIndexOf(";") + 1));
    if (date !== null && isSane(date.getTime())) return date;
  }
  return null;
}

/**
 * INTERNALDATE of a message whose arrival we did not see: newest Received, else Date, in epoch milliseconds.
 * Null if neither is sane: the caller then takes the time of now.
 */
export function internalDateOf(facts: {
  readonly receivedDate: number | null;
  readonly date: number | null;
}): number | null {
  if (facts.receivedDate !== null && isSane(facts.receivedDate)) return facts.receivedDate;
  return facts.date !== null && isSane(facts.date) ? facts.date : null;
}

function isSane(milliseconds: number): boolean {
  return milliseconds >= earliest && milliseconds < latest;
}

/** How many hops the message has behind it (RFC 5321 §6.3). */
export function countReceived(header: Uint8Array): number {
  return allFields(header, "Received").length;
}
