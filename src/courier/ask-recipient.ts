import type { SmtpClient } from "#clients/smtp-client";
import { fitsCommand, writableAddress } from "#clients/smtp-parameters";
import { isPositive, type SmtpReply } from "#clients/smtp-replies";

/** The reply that decides a question: RCPT's, or that of a MAIL that was refused. */
export interface AskedRecipient {
  readonly stage: "mail" | "rcpt";
  readonly reply: SmtpReply;
}

/** Connections whose servers refused the null reverse-path. */
const refusesNull = new WeakSet<SmtpClient>();

/**
 * Asks a server about a recipient: RCPT and no DATA, from the null reverse-path, or from our postmaster where
 * that is refused. Throws as the client does; the client can be used on.
 */
export async function askRecipient(
  client: SmtpClient,
  recipient: string,
  heloName: string,
): Promise<AskedRecipient> {
  if (refusesNull.has(client)) return await ask(client, `postmaster@${heloName}`, recipient);
  const asked = await ask(client, "", recipient);
  if (asked.stage === "rcpt" || asked.reply.code < 500 || !client.isOpen) return asked;
  refusesNull.add(client);
  return await ask(client, `postmaster@${heloName}`, recipient);
}

async function ask(client: SmtpClient, sender: string, recipient: string): Promise<AskedRecipient> {
  const { limits, extensions } = client;
  const written = writableAddress(recipient, extensions.smtpUtf8);
  // What no command can carry, no mailbox of this server has.
  if (written === null || !fitsCommand(written))
    return {
      stage: "rcpt",
      reply: { code: 553, enhanced: "5.1.3", lines: ["the server cannot be given this address"] },
    };
  const reset = client.needsReset ? ["RSET"] : [];
  const parameter = /^[\x00-\x7f]*$/.test(written) ? "" : " SMTPUTF8";
  const next = client.commands([...reset, `MAIL FROM:<${sender}>${parameter}`, `RCPT TO:<${written}>`]);
  client.transactions++;
  if (client.needsReset) await next(limits.mail);
  client.needsReset = true;
  const mail = await next(limits.mail);
  if (!isPositive(mail) && !client.extensions.pipelining) return { stage: "mail", reply: mail };
  if (!client.isOpen) return { stage: "mail", reply: mail };
  const reply = await next(limits.recipient);
  return isPositive(mail) ? { stage: "rcpt", reply } : { stage: "mail", reply: mail };
}
