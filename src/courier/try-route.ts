/** A look at the servers of a route: connect, EHLO, STARTTLS as the policy wants it, QUIT. No mail is sent. */
import { questionLimits } from "#clients/smtp-limits";
import { openSmtp } from "#clients/smtp-opening";
import { replyText } from "#clients/smtp-replies";
import type { Hop } from "#queue/courier";
import { type CandidateSettings, candidates } from "./candidates.ts";

/** What came of trying one server. */
export interface TriedServer {
  readonly host: string;
  readonly isGood: boolean;
  readonly isSecure: boolean;
  /** Its greeting, or why it cannot be used, for a person. */
  readonly said: string;
}

export interface TrySettings extends CandidateSettings {
  /** Our public name, said in EHLO. */
  readonly heloName: string;
  /** Stands in the greeting of this very server. */
  readonly instanceId: string;
}

/** At most so many servers are tried, so many milliseconds in all. */
const mostServers = 5;
const patience = 20_000;

/** Tries the servers of a hop in their order; never longer than 20 seconds in all. */
export async function tryRoute(
  hop: Hop,
  settings: TrySettings,
  given: AbortSignal,
): Promise<readonly TriedServer[]> {
  const signal = AbortSignal.any([given, AbortSignal.timeout(patience)]);
  const tried: TriedServer[] = [];
  for await (const candidate of candidates(hop, settings)) {
    if (tried.length >= mostServers || signal.aborted) break;
    if (candidate.kind === "obstacle") {
      const { host, text } = candidate.obstacle.reply;
      tried.push({ host: host ?? hop.name, isGood: false, isSecure: false, said: text });
      continue;
    }
    const { peer } = candidate;
    const host = `${peer.host}:${peer.port}`;
    const options = { heloName: settings.heloName, tls: hop.tls, limits: questionLimits };
    const opening = await openSmtp(peer, options, signal);
    if (opening.kind !== "open") {
      const said = opening.kind === "refused" ? replyText(opening.reply) : opening.trouble.text;
      tried.push({ host, isGood: false, isSecure: false, said: plain(said) });
      continue;
    }
    await using client = opening.client;
    const isUs = settings.instanceId !== "" && client.greeting.includes(settings.instanceId);
    const said = isUs ? "It is this server itself: mail would come back." : plain(client.greeting);
    tried.push({ host, isGood: !isUs, isSecure: client.isSecure, said });
  }
  return tried;
}

/** What another server said, bounded, printable. */
function plain(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, " ").slice(0, 300);
}
