/** One mail transaction (RFC 5321 §3.3): a message for up to a hundred recipients of one server. */
import type { EnvelopeRecipient } from "#mail/envelope";
import type { SmtpClient } from "./smtp-client.ts";
import { sendData } from "./smtp-data.ts";
import {
  fitsCommand,
  mailCommand,
  rcptCommand,
  type SmtpSender,
  writableAddress,
} from "./smtp-parameters.ts";
import { isPositive, type SmtpReply } from "./smtp-replies.ts";
import { type SmtpTrouble, troubleOf } from "./smtp-trouble.ts";

/** What to send. */
export interface SmtpMessage extends SmtpSender {
  readonly recipients: readonly EnvelopeRecipient[];
  /** Opens the octets, CRLF lines only; called once, after the server has asked for them. */
  content(): Promise<AsyncIterable<Uint8Array>>;
}

/** What it came to for one recipient. */
export type SmtpResult =
  | { readonly kind: "accepted"; readonly reply: SmtpReply }
  | { readonly kind: "refused"; readonly at: "mail" | "rcpt" | "data" | "message"; readonly reply: SmtpReply }
  /** This server cannot be given it, whatever it would say. */
  | { readonly kind: "unsendable"; readonly enhanced: string; readonly text: string }
  /** The dialogue broke off. `mayHaveArrived`: after the end of the data and before its answer. */
  | { readonly kind: "lost"; readonly trouble: SmtpTrouble; readonly mayHaveArrived: boolean };

/** RFC 5321 §4.5.3.1.8: the least that every server takes. */
export const mostRecipients = 100;

/**
 * Sends a message.
 * @returns one result per recipient, in their order; the client tells whether it can be used again
 */
export async function sendMessage(
  client: SmtpClient,
  message: SmtpMessage,
  signal: AbortSignal,
): Promise<readonly SmtpResult[]> {
  const stop = (): void => client.destroy();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const results: (SmtpResult | null)[] = message.recipients.map((recipient) =>
    unsendable(client, message, recipient),
  );
  const fill = (result: SmtpResult): void => {
    for (const [at, known] of results.entries()) results[at] = known ?? result;
  };
  try {
    if (results.includes(null)) fill(await converse(client, message, results));
  } catch (error) {
    client.destroy();
    fill({ kind: "lost", trouble: troubleOf(error, "transaction"), mayHaveArrived: false });
  } finally {
    signal.removeEventListener("abort", stop);
  }
  return results.filter((result) => result !== null);
}

function unsendable(
  client: SmtpClient,
  message: SmtpMessage,
  recipient: EnvelopeRecipient,
): SmtpResult | null {
  const { smtpUtf8, size } = client.extensions;
  const addresses = [message.reversePath, recipient.address];
  const cannotWrite = addresses.some((address) => writableAddress(address, smtpUtf8) === null);
  if (cannotWrite || (message.needsSmtpUtf8 && !smtpUtf8)) {
    const text = `${client.peer.host} offers no SMTPUTF8, which this message needs`;
    return { kind: "unsendable", enhanced: "5.6.7", text };
  }
  if (!addresses.every(fitsCommand))
    return { kind: "unsendable", enhanced: "5.1.3", text: "the address does not fit into an SMTP command" };
  if (size !== null && size > 0 && message.size > size) {
    const text = `the message has ${message.size} octets, ${client.peer.host} takes at most ${size}`;
    return { kind: "unsendable", enhanced: "5.3.4", text };
  }
  return null;
}

/** Fills in what is settled for single recipients; returns the result of all the others. */
async function converse(
  client: SmtpClient,
  message: SmtpMessage,
  results: (SmtpResult | null)[],
): Promise<SmtpResult> {
  const { limits, extensions } = client;
  const open = [...results.entries()].filter(([, result]) => result === null).map(([at]) => at);
  const recipients = message.recipients;
  const lines = open.flatMap((at) => {
    const recipient = recipients[at];
    return recipient ? [rcptCommand(recipient, extensions)] : [];
  });
  const reset = client.needsReset ? ["RSET"] : [];
  const next = client.commands([...reset, mailCommand(message, extensions), ...lines, "DATA"]);
  client.transactions++;
  if (client.needsReset) await next(limits.mail);
  client.needsReset = true;

  const mail = await next(limits.mail);
  const mailRefused: SmtpResult = { kind: "refused", at: "mail", reply: mail };
  if (!isPositive(mail) && !(extensions.pipelining && client.isOpen)) return mailRefused;
  let accepted = 0;
  for (const at of open) {
    const reply = await next(limits.recipient);
    if (isPositive(reply)) accepted++;
    else if (isPositive(mail)) results[at] = { kind: "refused", at: "rcpt", reply };
    if (!client.isOpen) return { kind: "refused", at: "rcpt", reply };
  }
  // Without pipelining DATA has not been said yet, and nobody is left to say it for.
  if (accepted === 0 && !extensions.pipelining) return mailRefused;
  const data = await next(limits.data);
  if (data.code !== 354) {
    return isPositive(mail) ? { kind: "refused", at: "data", reply: unexpected(data) } : mailRefused;
  }
  if (accepted === 0 || !isPositive(mail)) {
    // Said ahead, and the server waits for octets that nobody is to get (RFC 2920 §3.1): it gets none.
    client.destroy();
    return mailRefused;
  }
  const result = await sendData(client, () => message.content());
  if (result.kind !== "lost" && client.isOpen) client.needsReset = false;
  return result;
}

/** A 2xx where 354 is due is no permission to send; it is taken as a refusal for now. */
function unexpected(reply: SmtpReply): SmtpReply {
  return reply.code >= 400 ? reply : { ...reply, code: 451, enhanced: "4.5.0" };
}
