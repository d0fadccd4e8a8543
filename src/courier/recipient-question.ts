import type { SmtpClient } from "#clients/smtp-client";
import { enhancedOf, isPositive, replyText, type SmtpReply } from "#clients/smtp-replies";
import { troubleOf } from "#clients/smtp-trouble";
import type { RecipientAnswer } from "#routing/recipient-check";
import { type AskedRecipient, askRecipient } from "./ask-recipient.ts";
import type { KnownGood } from "./known-good.ts";
import { isPolicyRefusal, saysNoSuchMailbox } from "./reply-meaning.ts";

/** One question to one server. */
export interface RecipientQuestion {
  readonly recipient: string;
  readonly hop: string;
  readonly heloName: string;
  readonly knownGood: KnownGood;
  /** Whether the domain accepts every address; null: it is to be found out. */
  readonly isCatchAll: boolean | null;
  /** An address that nobody has, to find it out with. */
  readonly nobody: string;
}

export interface QuestionResult {
  readonly answer: RecipientAnswer;
  /** What was found out, or known before. */
  readonly isCatchAll: boolean | null;
}

/** Asks, and makes sure of the answer: an acceptance by a random address, a bare refusal by a known one. */
export async function question(
  client: SmtpClient,
  asked: RecipientQuestion,
  signal: AbortSignal,
): Promise<QuestionResult> {
  const stop = (): void => client.destroy();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  let isCatchAll = asked.isCatchAll;
  try {
    const { stage, reply } = await askRecipient(client, asked.recipient, asked.heloName);
    if (stage === "rcpt" && isPositive(reply)) {
      asked.knownGood.remember(asked.hop, asked.recipient);
      isCatchAll ??= accepts(await askRecipient(client, asked.nobody, asked.heloName));
      return { answer: { answer: "accepted", acceptsEverything: isCatchAll ?? false }, isCatchAll };
    }
    return { answer: await refusal(client, asked, stage, reply), isCatchAll };
  } catch (error) {
    client.destroy();
    return { answer: { answer: "silent", reason: troubleOf(error, "asking").text }, isCatchAll };
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Whether the random address was accepted; null where the server would not say. */
function accepts({ stage, reply }: AskedRecipient): boolean | null {
  if (stage === "mail" || (reply.code >= 400 && reply.code < 500)) return null;
  return isPositive(reply);
}

async function refusal(
  client: SmtpClient,
  asked: RecipientQuestion,
  stage: "mail" | "rcpt",
  reply: SmtpReply,
): Promise<RecipientAnswer> {
  const words = `${reply.code} ${enhancedOf(reply)} ${replyText(reply)}`;
  if (reply.code < 500) return { answer: "silent", reason: words };
  if (stage === "mail" || isPolicyRefusal(stage, reply)) return { answer: "policy", reply: words };
  const noSuchMailbox: RecipientAnswer = {
    answer: "no-such-mailbox",
    refusal: {
      code: 550,
      enhanced: reply.enhanced?.startsWith("5.1.") ? reply.enhanced : "5.1.1",
      text: "No such mailbox",
    },
  };
  switch (saysNoSuchMailbox(reply)) {
    case "yes":
      return noSuchMailbox;
    case "unclear": {
      const passes = await asked.knownGood.passes(client, asked.hop, asked.recipient, asked.heloName);
      return passes ? noSuchMailbox : { answer: "policy", reply: words };
    }
    // Something else is the matter with this mailbox, a full one for instance.
    case "no":
      return { answer: "silent", reason: words };
  }
}
