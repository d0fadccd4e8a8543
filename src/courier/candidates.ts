/** The servers that a hop may be delivered to, one after the other, each resolved when its turn comes. */
import type { SmtpPeer } from "#clients/smtp-client";
import type { NextHop } from "#mail/next-hop";
import type { Resolver } from "#net/resolver";
import type { Hop, RemoteReply } from "#queue/courier";
import { mailExchangers } from "./remote.ts";

/** Why a delivery cannot be made, or not to this server. */
export interface Obstacle {
  readonly reply: RemoteReply;
  /** False: it may go away by itself. */
  readonly permanent: boolean;
  /** See `Delivery` of the queue: about us, not about the recipient or the message. */
  readonly policy: boolean;
}

export type Candidate =
  | { readonly kind: "peer"; readonly peer: SmtpPeer }
  | { readonly kind: "obstacle"; readonly obstacle: Obstacle };

/** What finding servers needs. */
export interface CandidateSettings {
  readonly resolver: Resolver;
  /** Whether a connection there would reach one of our own listeners. */
  readonly isOurs: (address: string, port: number) => boolean;
  /** Port of mail exchangers: 25 outside tests. */
  readonly mxPort: number;
}

/** Most addresses of one host, and of one hop, that are tried in one attempt. */
const mostPerHost = 4;
const mostPerHop = 10;

/** The servers of a hop in order: its fixed hosts, or the mail exchangers of its name. */
export async function* candidates(hop: Hop, settings: CandidateSettings): AsyncGenerator<Candidate> {
  const isFixed = hop.hosts.length > 0;
  const hosts = isFixed ? hop.hosts : await mailExchangers(hop.name, settings.resolver, settings.mxPort);
  if ("reply" in hosts) {
    yield { kind: "obstacle", obstacle: hosts };
    return;
  }
  let given = 0;
  for (const host of hosts) {
    for (const candidate of await resolve(host, settings)) {
      if (given++ >= mostPerHop) return;
      // Exchangers after one that is this server would send the mail back to it (RFC 5321 §5.1).
      const isEnd = !isFixed && candidate.kind === "obstacle" && candidate.obstacle.permanent;
      if (!isEnd || given === 1) yield candidate;
      if (isEnd) return;
    }
  }
}

async function resolve(
  { host, port }: NextHop,
  { resolver, isOurs }: CandidateSettings,
): Promise<readonly Candidate[]> {
  const found = await resolver.addresses(host);
  switch (found.answer) {
    case "addresses":
      return found.addresses
        .slice(0, mostPerHost)
        .map((address) =>
          isOurs(address, port)
            ? { kind: "obstacle", obstacle: ourselves(host, `${address} port ${port} is this server itself`) }
            : { kind: "peer", peer: { address, port, host } },
        );
    case "none":
      return [unresolved("4.4.4", `${host} has no address`)];
    case "try-later":
      return [unresolved("4.4.3", found.reason)];
  }
}

/** The server turned out to be this one: what is sent there only comes back. */
export function ourselves(host: string, text: string): Obstacle {
  return { reply: { host, code: null, enhanced: "5.4.6", text }, permanent: true, policy: true };
}

function unresolved(enhanced: string, text: string): Candidate {
  const reply: RemoteReply = { host: null, code: null, enhanced, text };
  return { kind: "obstacle", obstacle: { reply, permanent: false, policy: false } };
}
