/** MAIL and RCPT (RFC 5321 §4.1.1.2-3): the envelope of one transaction. */
import { type Address, parseAddress } from "#mail/address";
import type { EnvelopeRecipient } from "#mail/envelope";
import { type Answer, answer } from "./answer.ts";
import { type Command, command, everywhere } from "./command.ts";
import { checkSmtpUtf8, type MailArguments, parseMail, parseRecipient } from "./envelope-arguments.ts";
import { maximumDestinations, maximumRecipients } from "./limits.ts";
import { type Reply, reply } from "./reply.ts";
import type { SessionState } from "./session-state.ts";
import type { Transaction } from "./transaction.ts";

export const mailCommand: Command = command({
  name: "MAIL",
  syntax: "MAIL FROM:<address> [SIZE=octets] [BODY=8BITMIME] [SMTPUTF8] [RET=FULL|HDRS] [ENVID=id]",
  kinds: everywhere,
  states: ["greeted"],
  needsTls: false,
  needsLogin: true,
  keywords: ({ service }) => [`SIZE ${service.settings.maxMessage}`, "8BITMIME", "SMTPUTF8", "DSN"],
  parse: parseMail,
  async run(state, mail) {
    const refusal = await refuseMail(state, mail);
    if (refusal) return answer(refusal);
    state.transaction = { mail, recipients: [] };
    return answer(reply(250, "2.1.0", "Ok"));
  },
});

async function refuseMail({ service, client }: SessionState, mail: MailArguments): Promise<Reply | null> {
  if (mail.size !== null && mail.size > service.settings.maxMessage)
    return reply(552, "5.3.4", `A message has at most ${service.settings.maxMessage} octets here`);
  // Programs send the notes that somebody has read a message from the null reverse-path (RFC 8098 §3).
  if (!client.account || mail.reversePath === "") return null;
  const sender = parseAddress(mail.reversePath);
  if (sender && (await service.maySendAs(client.account, sender))) return null;
  return reply(553, "5.7.1", `${client.account.address} may not send as ${mail.reversePath}`);
}

export const recipientCommand: Command = command({
  name: "RCPT",
  syntax: "RCPT TO:<address> [NOTIFY=NEVER|SUCCESS,FAILURE,DELAY] [ORCPT=type;address]",
  kinds: everywhere,
  states: ["mail"],
  needsTls: false,
  needsLogin: true,
  parse: parseRecipient,
  async run(state, recipient): Promise<Answer> {
    const { transaction } = state;
    if (!transaction) throw new Error("RCPT came outside of a transaction");
    const refusal = await addRecipient(state, transaction, recipient);
    if (!refusal) return answer(reply(250, "2.1.5", "Ok"));
    const { id, service, client } = state;
    service.log.info(
      { session: id, peer: client.peerAddress, recipient: recipient.address, ...refusal },
      "recipient refused",
    );
    return answer(refusal);
  },
});

/** Adds the recipient to the transaction, or says why not. */
async function addRecipient(
  state: SessionState,
  transaction: Transaction,
  recipient: EnvelopeRecipient,
): Promise<Reply | null> {
  const { service, client } = state;
  const checked = checkSmtpUtf8(recipient, transaction.mail.smtpUtf8);
  if (!checked.ok) return checked.problem;
  if (transaction.recipients.length >= maximumRecipients)
    return reply(452, "4.5.3", `At most ${maximumRecipients} recipients at once`);
  const address = recipientAddress(recipient.address, service.settings.defaultDomain);
  if (!address) return reply(501, "5.1.3", "That is no recipient address");
  const routed = await service.acceptRecipient({
    address,
    authenticated: client.account !== null,
    peerAddress: client.peerAddress,
    size: transaction.mail.size,
  });
  if (routed.kind === "refused") return routed.refusal;
  const { destinations } = routed;
  const before = transaction.recipients.reduce((sum, other) => sum + other.destinations.length, 0);
  if (before > 0 && before + destinations.length > maximumDestinations)
    return reply(452, "4.5.3", "The recipients so far lead to too many places to take another");
  state.transaction = {
    ...transaction,
    recipients: [...transaction.recipients, { given: recipient, destinations }],
  };
  return null;
}

/** `<Postmaster>` without a domain is ours (RFC 5321 §4.5.1). */
function recipientAddress(text: string, defaultDomain: string): Address | null {
  if (text.toLowerCase() === "postmaster") return { localPart: "postmaster", domain: defaultDomain };
  return parseAddress(text);
}
