/**
 * What the answers of other servers mean for a delivery: whom they refuse, us, the recipient or the message.
 * The recipient check and every delivery judge alike, by these functions.
 */
import { enhancedOf, replyText, type SmtpReply } from "#clients/smtp-replies";
import type { SmtpTrouble } from "#clients/smtp-trouble";
import type { RemoteReply } from "#queue/courier";

/** Where in a dialogue a reply came. */
export type Stage = "greeting" | "hello" | "mail" | "rcpt" | "data" | "message";

/** The reply as a DSN and the log tell it. */
export function remoteReply(host: string, reply: SmtpReply): RemoteReply {
  return { host, code: reply.code, enhanced: enhancedOf(reply), text: replyText(reply) };
}

/** Trouble of the connection in the same words (RFC 3463 §3.5). */
export function troubleReply(host: string | null, trouble: SmtpTrouble): RemoteReply {
  const codes = { unreachable: "4.4.1", closed: "4.4.2", timeout: "4.4.2", tls: "4.7.5", protocol: "4.5.0" };
  return { host, code: null, enhanced: codes[trouble.kind], text: trouble.text };
}

/**
 * Whether a permanent refusal is about us rather than about the recipient or the message: before any
 * recipient was named, for lack of a login, or a matter of security and policy (RFC 3463 §3.8).
 */
export function isPolicyRefusal(stage: Stage, reply: SmtpReply): boolean {
  if (reply.code < 500) return false;
  const subject = reply.enhanced?.split(".")[1] ?? null;
  if (stage === "greeting" || stage === "hello") return true;
  // "Too big" is about the message wherever it is said (RFC 1870 §6.1).
  if (stage === "mail") return reply.code !== 552 && subject !== "3";
  if (reply.code === 530 || reply.code === 535 || reply.code === 521) return true;
  // 5.1.7 to 5.1.9 say that our sender is not to their taste.
  return subject === "7" || /^5\.1\.[789]$/.test(reply.enhanced ?? "");
}

/**
 * Whether a refused RCPT means that there is no such mailbox: "yes", "unclear" (a bare 550 says it, and
 * says many other things), or "no".
 */
export function saysNoSuchMailbox(reply: SmtpReply): "yes" | "unclear" | "no" {
  if (reply.code < 500 || isPolicyRefusal("rcpt", reply)) return "no";
  // 5.1.2 is a bad domain: an old server says so of everybody once it has forgotten its domain.
  if (reply.enhanced === "5.1.2") return "unclear";
  if (reply.enhanced?.startsWith("5.1.")) return "yes";
  const isBare = reply.enhanced === null || reply.enhanced === "5.0.0";
  return isBare && [550, 551, 553].includes(reply.code) ? "unclear" : "no";
}
