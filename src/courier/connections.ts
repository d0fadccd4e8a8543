/** Connections to other servers: one from the pool, or a new one that has proved not to lead back to us. */
import type { SmtpClient, SmtpPeer } from "#clients/smtp-client";
import type { SmtpTimeLimits } from "#clients/smtp-limits";
import { openSmtp } from "#clients/smtp-opening";
import { SmtpPool } from "#clients/smtp-pool";
import type { TlsPolicy } from "#mail/next-hop";
import { type Obstacle, ourselves } from "./candidates.ts";
import { remoteReply, troubleReply } from "./reply-meaning.ts";

export interface ConnectionSettings {
  /** Our public name, said in EHLO. */
  readonly heloName: string;
  /** Stands in the greeting of this very server. */
  readonly instanceId: string;
  readonly limits: SmtpTimeLimits;
}

export type Connected =
  | { readonly kind: "connected"; readonly client: SmtpClient; readonly isReused: boolean }
  | { readonly kind: "obstacle"; readonly obstacle: Obstacle };

export class Connections implements AsyncDisposable {
  readonly #settings: ConnectionSettings;
  readonly #pool = new SmtpPool();

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
  }

  /** A connection ready for a transaction; give it back afterwards. */
  async take(peer: SmtpPeer, tls: TlsPolicy, signal: AbortSignal): Promise<Connected> {
    const idle = this.#pool.take(keyOf(peer, tls));
    return idle ? { kind: "connected", client: idle, isReused: true } : await this.open(peer, tls, signal);
  }

  /** A new connection. */
  async open(peer: SmtpPeer, tls: TlsPolicy, signal: AbortSignal): Promise<Connected> {
    const { heloName, instanceId, limits } = this.#settings;
    const opening = await openSmtp(peer, { heloName, tls, limits }, signal);
    switch (opening.kind) {
      case "open":
        if (instanceId === "" || !opening.client.greeting.includes(instanceId))
          return { kind: "connected", client: opening.client, isReused: false };
        await opening.client[Symbol.asyncDispose]();
        return {
          kind: "obstacle",
          obstacle: ourselves(peer.host, `${peer.host} greets as this server itself`),
        };
      case "refused": {
        const permanent = opening.reply.code >= 500;
        const reply = remoteReply(peer.host, opening.reply);
        return { kind: "obstacle", obstacle: { reply, permanent, policy: permanent } };
      }
      case "trouble":
        return {
          kind: "obstacle",
          obstacle: { reply: troubleReply(null, opening.trouble), permanent: false, policy: false },
        };
    }
  }

  /** Keeps the connection for the next message, or closes it where it cannot be used again. */
  give(tls: TlsPolicy, client: SmtpClient): void {
    this.#pool.give(keyOf(client.peer, tls), client);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }
}

function keyOf(peer: SmtpPeer, tls: TlsPolicy): string {
  return JSON.stringify([peer.address, peer.port, peer.host, tls]);
}
