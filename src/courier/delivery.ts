/** One consignment taken to the servers of its hop, one after the other, until every recipient is settled. */
import type { SmtpClient, SmtpPeer } from "#clients/smtp-client";
import { mostRecipients, type SmtpResult, sendMessage } from "#clients/smtp-transaction";
import type { ConsignedRecipient, Consignment, Delivery, RemoteReply } from "#queue/courier";
import type { Candidate, Obstacle } from "./candidates.ts";
import type { Connections } from "./connections.ts";
import type { KnownGood } from "./known-good.ts";
import { outgoing } from "./outgoing.ts";
import { isPolicyRefusal, remoteReply, saysNoSuchMailbox, troubleReply } from "./reply-meaning.ts";

export interface DeliverySettings {
  readonly connections: Connections;
  readonly knownGood: KnownGood;
  readonly heloName: string;
}

/** Takes a consignment around. Never throws: what is known of one recipient must not be lost to another's trouble. */
export async function deliverTo(
  candidates: AsyncIterable<Candidate>,
  consignment: Consignment,
  settings: DeliverySettings,
  signal: AbortSignal,
): Promise<readonly Delivery[]> {
  const round = new Round(consignment, settings, signal);
  let answered = "";
  for await (const candidate of candidates) {
    if (candidate.kind === "obstacle") round.meet(candidate.obstacle);
    else {
      const { peer } = candidate;
      const server = `${peer.host} ${peer.port}`;
      // A server that has said what it thinks does not change its mind at its next address.
      if (server === answered) continue;
      const end = await round.call(peer);
      if (end === "answered") answered = server;
      if (end === "unreadable") break;
    }
    if (round.isOver || signal.aborted) break;
  }
  return round.results();
}

/** `lost`: the dialogue broke off, which another address of the server may spare us. */
type End = "lost" | "answered";

class Round {
  readonly #consignment: Consignment;
  readonly #settings: DeliverySettings;
  readonly #signal: AbortSignal;
  readonly #settled = new Map<string, Delivery>();
  /** Temporary answers so far, each to be replaced by a better one of the next server. */
  readonly #deferred = new Map<string, RemoteReply>();
  /** What stood in the way of reaching a server at all. */
  readonly #obstacles: Obstacle[] = [];

  constructor(consignment: Consignment, settings: DeliverySettings, signal: AbortSignal) {
    this.#consignment = consignment;
    this.#settings = settings;
    this.#signal = signal;
  }

  get isOver(): boolean {
    return this.#open().length === 0;
  }

  meet(obstacle: Obstacle): void {
    this.#obstacles.push(obstacle);
  }

  /** Connects and delivers what is still open. */
  async call(peer: SmtpPeer): Promise<End | "unreached" | "unreadable"> {
    try {
      return await this.#tryCall(peer);
    } catch (error) {
      const text = `trouble of our own: ${error instanceof Error ? error.message : String(error)}`;
      const reply = { host: null, code: null, enhanced: "4.3.0", text };
      this.meet({ reply, permanent: false, policy: false });
      return "unreadable";
    }
  }

  async #tryCall(peer: SmtpPeer): Promise<End | "unreached"> {
    const { connections } = this.#settings;
    const { tls } = this.#consignment.hop;
    for (const isRetry of [false, true]) {
      const connected = await connections[isRetry ? "open" : "take"](peer, tls, this.#signal);
      if (connected.kind === "obstacle") {
        this.meet(connected.obstacle);
        return "unreached";
      }
      const end = await this.#visit(connected.client, connected.isReused);
      connections.give(tls, connected.client);
      // A connection that went stale while it was idle says nothing about the server.
      if (end !== "stale") return end;
    }
    return "lost";
  }

  async #visit(client: SmtpClient, isReused: boolean): Promise<End | "stale"> {
    const { hop } = this.#consignment;
    let isFirst = true;
    let isLost = false;
    const unclear: { readonly recipient: ConsignedRecipient; readonly reply: RemoteReply }[] = [];
    for (let open = this.#open(); open.length > 0; open = open.slice(mostRecipients)) {
      if (!client.isOpen) break;
      const recipients = open.slice(0, mostRecipients);
      const message = await outgoing(this.#consignment, recipients, client.extensions);
      const results = await sendMessage(client, message, this.#signal);
      if (isFirst && isReused && !client.isOpen && results.every(isStale)) return "stale";
      isFirst = false;
      isLost ||= results.some(({ kind }) => kind === "lost");
      for (const [at, recipient] of recipients.entries()) {
        const result = results[at];
        if (!result) continue;
        if (
          result.kind === "refused" &&
          result.at === "rcpt" &&
          saysNoSuchMailbox(result.reply) === "unclear"
        )
          unclear.push({ recipient, reply: remoteReply(client.peer.host, result.reply) });
        else this.#settle(client, recipient, result);
      }
    }
    const [first] = unclear;
    if (first) {
      // A fixed host that refuses everybody has something against us, not against one recipient.
      const policy = hop.hosts.length > 0 && !(await this.#hasKnownGood(client, first.recipient.address));
      for (const { recipient, reply } of unclear)
        this.#settled.set(recipient.id, { kind: "rejected", recipient: recipient.id, reply, policy });
    }
    return isLost ? "lost" : "answered";
  }

  /** One result per recipient, in their order. */
  results(): readonly Delivery[] {
    // What may go away by itself outweighs what will not: another try may find that server.
    const temporary = this.#obstacles.findLast(({ permanent }) => !permanent);
    const obstacle = temporary ?? this.#obstacles.at(-1) ?? givenUp;
    return this.#consignment.recipients.map(({ id }) => {
      const settled = this.#settled.get(id);
      if (settled) return settled;
      const reply = this.#deferred.get(id);
      if (reply) return { kind: "deferred", recipient: id, reply, mayHaveArrived: false };
      if (obstacle.permanent)
        return { kind: "rejected", recipient: id, reply: obstacle.reply, policy: obstacle.policy };
      return { kind: "deferred", recipient: id, reply: obstacle.reply, mayHaveArrived: false };
    });
  }

  #open(): readonly ConsignedRecipient[] {
    return this.#consignment.recipients.filter(({ id }) => !this.#settled.has(id));
  }

  #settle(client: SmtpClient, recipient: ConsignedRecipient, result: SmtpResult): void {
    const { host } = client.peer;
    const { id } = recipient;
    switch (result.kind) {
      case "accepted": {
        this.#settings.knownGood.remember(this.#consignment.hop.name, recipient.address);
        const reply = remoteReply(host, result.reply);
        this.#settled.set(id, {
          kind: "delivered",
          recipient: id,
          reply,
          keepsNotify: client.extensions.dsn,
        });
        return;
      }
      case "refused": {
        const reply = remoteReply(host, result.reply);
        if (result.reply.code < 500) this.#deferred.set(id, reply);
        else {
          const policy = isPolicyRefusal(result.at, result.reply);
          this.#settled.set(id, { kind: "rejected", recipient: id, reply, policy });
        }
        return;
      }
      case "unsendable": {
        const reply = { host, code: null, enhanced: result.enhanced, text: result.text };
        this.#settled.set(id, { kind: "rejected", recipient: id, reply, policy: false });
        return;
      }
      case "lost": {
        const reply = troubleReply(host, result.trouble);
        if (result.mayHaveArrived)
          this.#settled.set(id, { kind: "deferred", recipient: id, reply, mayHaveArrived: true });
        else this.#deferred.set(id, reply);
      }
    }
  }

  async #hasKnownGood(client: SmtpClient, refused: string): Promise<boolean> {
    if (!client.isOpen) return false;
    const { knownGood, heloName } = this.#settings;
    try {
      return await knownGood.passes(client, this.#consignment.hop.name, refused, heloName);
    } catch {
      client.destroy();
      return false;
    }
  }
}

const givenUp: Obstacle = {
  reply: { host: null, code: null, enhanced: "4.4.1", text: "no server was tried" },
  permanent: false,
  policy: false,
};

function isStale(result: SmtpResult): boolean {
  if (result.kind === "lost") return !result.mayHaveArrived;
  return result.kind === "refused" && result.reply.code === 421;
}
