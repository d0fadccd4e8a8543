/**
 * The courier: takes a message to another server by SMTP, to the fixed hosts of a remote domain in their
 * order, or to the mail exchangers of a domain. It relies on `clients/` for the dialogue and on the resolver for
 * names, keeps connections for a few seconds between messages, refuses to talk to this server itself, and
 * answers with one result per recipient. What a result means for the queue is the queue's business.
 */
import { deliveryLimits, type SmtpTimeLimits } from "#clients/smtp-limits";
import type { Consignment, Courier, Delivery } from "#queue/courier";
import { type CandidateSettings, candidates } from "./candidates.ts";
import { Connections } from "./connections.ts";
import { deliverTo } from "./delivery.ts";
import type { KnownGood } from "./known-good.ts";

export interface SmtpCourierSettings extends Omit<CandidateSettings, "mxPort"> {
  /** Our public name, said in EHLO. */
  readonly heloName: string;
  /** Stands in our own greeting, so that this server is known wherever it is met. */
  readonly instanceId: string;
  /** Shared with the recipient check. */
  readonly knownGood: KnownGood;
  /** 25 unless a test says otherwise. */
  readonly mxPort?: number;
  readonly limits?: SmtpTimeLimits;
}

export class SmtpCourier implements Courier, AsyncDisposable {
  readonly #settings: SmtpCourierSettings;
  readonly #connections: Connections;

  constructor(settings: SmtpCourierSettings) {
    this.#settings = settings;
    this.#connections = new Connections({ limits: deliveryLimits, ...settings });
  }

  async deliver(consignment: Consignment, signal: AbortSignal): Promise<readonly Delivery[]> {
    const { knownGood, heloName } = this.#settings;
    const servers = candidates(consignment.hop, { mxPort: 25, ...this.#settings });
    return await deliverTo(
      servers,
      consignment,
      { connections: this.#connections, knownGood, heloName },
      signal,
    );
  }

  /** Closes idle connections; deliveries under way are ended by their own signal. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connections[Symbol.asyncDispose]();
  }
}
