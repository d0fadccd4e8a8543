/**
 * The way of mail for people who have not come yet: whether the old server's SMTP talks to us, takes a test
 * user, and refuses nobody's address. MAIL and RCPT, never DATA.
 */
import type { SmtpClient } from "#clients/smtp-client";
import { openSmtp } from "#clients/smtp-opening";
import { fitsCommand, writableAddress } from "#clients/smtp-parameters";
import { isPositive, replyText, type SmtpReply } from "#clients/smtp-replies";
import { type RecipientFacts, type RouteFacts, words } from "./facts.ts";
import type { PipeRoute, RehearsalTools } from "./tools.ts";

type Tools = Pick<RehearsalTools, "resolver" | "isOurs" | "isOwnGreeting" | "randomText" | "limits">;

/** Which way, and about whom. */
export interface RouteQuestion {
  readonly domain: string;
  readonly route: PipeRoute;
  /** A test user that the old server should know; null: nobody. */
  readonly person: string | null;
  readonly heloName: string;
}

/** One conversation; trouble with it is a fact. */
export async function probeRoute(
  question: RouteQuestion,
  tools: Tools,
  signal: AbortSignal,
): Promise<RouteFacts> {
  const { route } = question;
  const hop = route.hosts[0] ?? (await mailExchanger(route.name, tools));
  const host = hop ? `${hop.host}:${hop.port}` : route.name;
  const silent: RouteFacts = {
    name: route.name,
    host,
    leadsToUs: false,
    trouble: null,
    turnedAway: null,
    isSecure: false,
    person: null,
    nobody: null,
  };
  if (!hop) return { ...silent, trouble: `no server is known for ${route.name}` };
  if (await tools.isOurs(hop.host, hop.port)) return { ...silent, leadsToUs: true };
  const found = await tools.resolver.addresses(hop.host);
  const address = found.answer === "addresses" ? found.addresses[0] : undefined;
  if (address === undefined) return { ...silent, trouble: `${hop.host} has no address` };
  const each = tools.limits.smtp;
  const limits = {
    connect: each,
    greeting: each,
    mail: each,
    recipient: each,
    data: each,
    block: each,
    endOfData: each,
  };
  const opening = await openSmtp(
    { address, port: hop.port, host: hop.host },
    { heloName: question.heloName, tls: route.tls, limits },
    signal,
  );
  if (opening.kind === "trouble") return { ...silent, trouble: words(opening.trouble.text) };
  if (opening.kind === "refused")
    return { ...silent, turnedAway: { at: opening.at, said: said(opening.reply) } };
  await using client = opening.client;
  if (tools.isOwnGreeting(client.greeting)) return { ...silent, leadsToUs: true };
  const open = { ...silent, isSecure: client.isSecure };
  try {
    const person = question.person === null ? null : await ask(client, question.person, question.heloName);
    const nobody = await ask(client, `probe-${tools.randomText()}@${question.domain}`, question.heloName);
    return { ...open, person, nobody };
  } catch (error) {
    return { ...open, trouble: words(error instanceof Error ? error.message : String(error)) };
  }
}

async function mailExchanger(
  name: string,
  { resolver }: Tools,
): Promise<{ host: string; port: number } | null> {
  const found = await resolver.mx(name);
  const host = found.answer === "hosts" ? found.hosts[0] : undefined;
  return host === undefined ? null : { host, port: 25 };
}

/** From the null reverse-path, or from our postmaster where that is refused. */
async function ask(client: SmtpClient, recipient: string, heloName: string): Promise<RecipientFacts> {
  const written = writableAddress(recipient, client.extensions.smtpUtf8);
  if (written === null || !fitsCommand(written))
    return {
      address: recipient,
      at: "rcpt",
      code: 553,
      enhanced: null,
      said: "it cannot be written in a command",
    };
  const { mail: patience, recipient: forRecipient } = client.limits;
  if (client.needsReset) await client.command("RSET", patience);
  client.needsReset = true;
  let mail = await client.command("MAIL FROM:<>", patience);
  if (mail.code >= 500) mail = await client.command(`MAIL FROM:<postmaster@${heloName}>`, patience);
  if (!isPositive(mail)) return { address: recipient, at: "mail", ...told(mail) };
  const reply = await client.command(`RCPT TO:<${written}>`, forRecipient);
  return { address: recipient, at: "rcpt", ...told(reply) };
}

function told(reply: SmtpReply): Pick<RecipientFacts, "code" | "enhanced" | "said"> {
  return { code: reply.code, enhanced: reply.enhanced, said: said(reply) };
}

function said(reply: SmtpReply): string {
  return words(`${reply.code} ${reply.enhanced ?? ""} ${replyText(reply)}`);
}
