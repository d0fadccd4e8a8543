/** What goes above the octets of a message that is taken: trace, and on submission what is missing. */
import { formatDate } from "#mail/date";
import { firstField, headerFields } from "#mail/header";
import { composeReceived } from "#mail/received";
import type { SmtpClient } from "./client.ts";
import type { Transaction } from "./transaction.ts";

/** The protocol's name in Received (RFC 3848; RFC 6531 §4.3): ESMTPSA and its kin. */
export function protocolName(client: SmtpClient, smtpUtf8: boolean): string {
  if (!client.isExtended) return "SMTP";
  const base = smtpUtf8 ? "UTF8SMTP" : "ESMTP";
  return `${base}${client.isSecure ? "S" : ""}${client.account ? "A" : ""}`;
}

/** What the trace tells beside the transaction. */
export interface TraceFacts {
  /** Queue id of the message. */
  readonly id: string;
  readonly hostname: string;
  readonly receivedAt: number;
}

/** Our own trace header: Return-Path for who reads the message here, then Received (RFC 5321 §4.4). */
export function composeTrace(facts: TraceFacts, client: SmtpClient, transaction: Transaction): string {
  const [only, ...others] = transaction.recipients;
  const received = composeReceived({
    from: client.helo,
    peerAddress: client.peerAddress,
    by: facts.hostname,
    with: protocolName(client, transaction.mail.smtpUtf8),
    id: facts.id,
    for: others.length === 0 ? (only?.given.address ?? null) : null,
    date: new Date(facts.receivedAt),
  });
  return `Return-Path: <${transaction.mail.reversePath}>\r\n${received}`;
}

/**
 * Date and Message-ID where a submitted message lacks them (RFC 6409 §8.2-3); "" where nothing is to be added.
 * They go below our trace and above the message, with an empty line if the message begins without a header.
 */
export function composeMissing(header: Uint8Array, facts: TraceFacts): string {
  const missing: string[] = [];
  if (firstField(header, "Date") === null)
    missing.push(`Date: ${formatDate(new Date(facts.receivedAt))}\r\n`);
  if (firstField(header, "Message-ID") === null)
    missing.push(`Message-ID: <${facts.id}@${facts.hostname}>\r\n`);
  if (missing.length > 0 && beginsWithBody(header)) missing.push("\r\n");
  return missing.join("");
}

function beginsWithBody(header: Uint8Array): boolean {
  const isEmptyLine = header[0] === 13 && header[1] === 10;
  return !isEmptyLine && headerFields(header).next().done === true;
}
