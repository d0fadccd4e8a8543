/**
 * Asks a remote server whether it knows a recipient, for routing (`#routing/recipient-check`). Identical
 * questions in flight are one; answers are kept for a while; a server is asked by a few connections only.
 * Nothing here is an error: a server that cannot be asked is `silent`.
 */
import { BlockList, isIP } from "node:net";
import type { SmtpClient } from "#clients/smtp-client";
import { questionLimits, type SmtpTimeLimits } from "#clients/smtp-limits";
import { addressKey, parseAddress } from "#mail/address";
import type { Hop } from "#queue/courier";
import type { RecipientAnswer, RecipientCheck } from "#routing/recipient-check";
import { AnswerCache, answerLifetimes } from "./answer-cache.ts";
import { type CandidateSettings, candidates } from "./candidates.ts";
import { Connections } from "./connections.ts";
import type { KnownGood } from "./known-good.ts";
import { question } from "./recipient-question.ts";
import { Turns } from "./turns.ts";

export interface RecipientCheckSettings extends Omit<CandidateSettings, "mxPort"> {
  /** Where the servers of a route are; null: there is no such route. */
  readonly hopOf: (route: string) => Promise<Hop | null>;
  readonly heloName: string;
  readonly instanceId: string;
  readonly knownGood: KnownGood;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A local part that nobody has. */
  readonly randomLocalPart: () => string;
  readonly mxPort?: number;
  readonly limits?: SmtpTimeLimits;
  /** How long whoever asks is kept waiting, in milliseconds. */
  readonly patience?: number;
}

const capacity = 20_000;
const connectionsPerRoute = 5;
const usualPatience = 20_000;
const hour = 60 * 60_000;
const minute = 60_000;

export class SmtpRecipientCheck implements RecipientCheck, AsyncDisposable {
  readonly #settings: RecipientCheckSettings;
  readonly #connections: Connections;
  readonly #answers: AnswerCache<RecipientAnswer>;
  /** Whether a domain behind a route accepts every address. */
  readonly #catchAlls: AnswerCache<boolean>;
  readonly #hosts: AnswerCache<BlockList>;
  readonly #asking = new Map<string, Promise<RecipientAnswer>>();
  readonly #turns = new Turns(connectionsPerRoute);

  constructor(settings: RecipientCheckSettings) {
    this.#settings = settings;
    this.#connections = new Connections({ limits: questionLimits, ...settings });
    this.#answers = new AnswerCache(capacity, settings.now);
    this.#catchAlls = new AnswerCache(capacity, settings.now);
    this.#hosts = new AnswerCache(1000, settings.now);
  }

  async ask(route: string, recipient: string): Promise<RecipientAnswer> {
    const parsed = parseAddress(recipient);
    const key = `${route} ${parsed ? addressKey(parsed) : recipient}`;
    const known = this.#answers.get(key);
    if (known) return known;
    const underWay = this.#asking.get(key);
    if (underWay) return await underWay;
    const asking = this.#askNow(route, recipient);
    this.#asking.set(key, asking);
    try {
      const answer = await asking;
      this.#answers.set(key, answer, lifetimeOf(answer));
      return answer;
    } finally {
      this.#asking.delete(key);
    }
  }

  /** Addresses of this machine itself are nobody's: whatever runs here may come from them. */
  async isHostOf(route: string, peerAddress: string): Promise<boolean> {
    const family = isIP(peerAddress);
    if (family === 0 || loopback.check(peerAddress, family === 6 ? "ipv6" : "ipv4")) return false;
    const hosts = this.#hosts.get(route) ?? (await this.#resolveHosts(route));
    return hosts.check(peerAddress, family === 6 ? "ipv6" : "ipv4");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connections[Symbol.asyncDispose]();
  }

  async #askNow(route: string, recipient: string): Promise<RecipientAnswer> {
    const hop = await this.#settings.hopOf(route);
    if (!hop) return { answer: "silent", reason: `there is no remote domain ${route}` };
    const signal = AbortSignal.timeout(this.#settings.patience ?? usualPatience);
    const turn = await this.#turns.take(route, signal);
    if (!turn) return { answer: "silent", reason: `too many questions wait for ${route}` };
    // Looking up names has time limits of its own; whoever asks does not wait for them.
    const patience = Promise.withResolvers<RecipientAnswer>();
    const giveUp = (): void =>
      patience.resolve({ answer: "silent", reason: `no answer of ${route} in time` });
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      return await Promise.race([this.#askServers(hop, recipient, signal), patience.promise]);
    } finally {
      signal.removeEventListener("abort", giveUp);
      turn[Symbol.dispose]();
    }
  }

  async #askServers(hop: Hop, recipient: string, signal: AbortSignal): Promise<RecipientAnswer> {
    let last: RecipientAnswer = { answer: "silent", reason: `${hop.name} has no server` };
    for await (const candidate of candidates(hop, { mxPort: 25, ...this.#settings })) {
      if (candidate.kind === "obstacle") {
        const { reply, policy } = candidate.obstacle;
        last = policy ? { answer: "policy", reply: reply.text } : { answer: "silent", reason: reply.text };
        continue;
      }
      const connected = await this.#connections.take(candidate.peer, hop.tls, signal);
      if (connected.kind === "obstacle") {
        const { reply, policy } = connected.obstacle;
        last = policy ? { answer: "policy", reply: reply.text } : { answer: "silent", reason: reply.text };
        continue;
      }
      last = await this.#converse(connected.client, hop, recipient, signal);
      if (connected.isReused && !connected.client.isOpen && !signal.aborted) {
        const fresh = await this.#connections.open(candidate.peer, hop.tls, signal);
        if (fresh.kind === "connected") last = await this.#converse(fresh.client, hop, recipient, signal);
      }
      if (last.answer !== "silent" || signal.aborted) return last;
    }
    return last;
  }

  async #converse(
    client: SmtpClient,
    hop: Hop,
    recipient: string,
    signal: AbortSignal,
  ): Promise<RecipientAnswer> {
    const { knownGood, heloName, randomLocalPart } = this.#settings;
    const domain = recipient.slice(recipient.lastIndexOf("@") + 1).toLowerCase();
    const key = `${hop.name} ${domain}`;
    const asked = await question(
      client,
      {
        recipient,
        hop: hop.name,
        heloName,
        knownGood,
        isCatchAll: this.#catchAlls.get(key),
        nobody: `${randomLocalPart()}@${domain}`,
      },
      signal,
    );
    if (asked.isCatchAll !== null) this.#catchAlls.set(key, asked.isCatchAll, hour);
    this.#connections.give(hop.tls, client);
    return asked.answer;
  }

  async #resolveHosts(route: string): Promise<BlockList> {
    const list = new BlockList();
    const hop = await this.#settings.hopOf(route);
    if (hop) {
      for await (const candidate of candidates(hop, { mxPort: 25, ...this.#settings })) {
        if (candidate.kind === "peer")
          list.addAddress(candidate.peer.address, isIP(candidate.peer.address) === 6 ? "ipv6" : "ipv4");
      }
    }
    this.#hosts.set(route, list, minute);
    return list;
  }
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

function lifetimeOf(answer: RecipientAnswer): number {
  switch (answer.answer) {
    case "accepted":
      return answerLifetimes.accepted;
    case "no-such-mailbox":
      return answerLifetimes.refused;
    case "policy":
      return answerLifetimes.policy;
    case "silent":
      return answerLifetimes.silent;
  }
}
