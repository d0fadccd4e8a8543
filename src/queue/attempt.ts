/** One attempt, begun already: routed again, made, and settled. */
import type { MailboxId } from "#mailbox/ids";
import type { Delivery, Hop, RemoteReply } from "./courier.ts";
import type { Destinations } from "./destinations.ts";
import { tellDeliveredHere } from "./events.ts";
import type { Job } from "./jobs.ts";
import { outgoingTrace } from "./outgoing-trace.ts";
import { persist } from "./persist.ts";
import type { QueuedRecipient } from "./queue-store.ts";
import { deliveredReport } from "./report.ts";
import type { QueueServices } from "./services.ts";
import { settle } from "./settle.ts";
import { ownTroubleDelay } from "./trouble.ts";

/** A remote domain that holds its mail is looked at again so often, in milliseconds. */
const holdDelay = 5 * 60_000;
/** A recipient that waits for a sweep before it is delivered here. */
const doubtDelay = 5_000;

export class Attempts {
  readonly #services: QueueServices;
  readonly #destinations: Destinations;
  readonly #wake: () => void;
  /** Recipients that the old server may have, by id: since when a sweep would find them there. */
  readonly #doubts = new Map<string, number>();

  readonly #aftermaths = new Set<Promise<void>>();

  /** @param wake called when others than those of an attempt have become due */
  constructor(services: QueueServices, destinations: Destinations, wake: () => void) {
    this.#services = services;
    this.#destinations = destinations;
    this.#wake = wake;
  }

  /**
   * Makes an attempt to its end. Throws only when it is given up while the store cannot be written.
   * @param leave called when the other server has nothing more to do with it, and only its record is still to be kept
   * @returns whether it may have left something in the queue that becomes due
   */
  async make(job: Job, signal: AbortSignal, leave: () => void): Promise<boolean> {
    const { clock, log } = this.#services;
    let deliveries: readonly Delivery[] | null;
    try {
      deliveries = await this.#attempt(job, signal);
    } catch (error) {
      // No octet has left: the courier does not throw.
      log.error({ error, via: job.via }, "an attempt could not be made");
      await this.#release(job, clock.now() + ownTroubleDelay, signal);
      return true;
    }
    if (!deliveries) return true;
    leave();
    const settled = await settle(this.#services, job, deliveries, signal);
    const aftermath: Promise<void> = settled.aftermath.finally(() => this.#aftermaths.delete(aftermath));
    this.#aftermaths.add(aftermath);
    return settled.leavesWork;
  }

  /** Resolves once nothing is left of the attempts that were made. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#aftermaths);
  }

  /** @returns null when the attempt is over: delivered here, or put back */
  async #attempt(job: Job, signal: AbortSignal): Promise<readonly Delivery[] | null> {
    const { reroute, domain, clock } = this.#services;
    const [first] = job.recipients;
    if (first && job.via.kind === "pipe") {
      const mailbox = await reroute(first.address);
      if (mailbox !== null) return await this.#deliverHere(job, first, mailbox, signal);
    }
    const found = await domain(job.via.to);
    const remote = found?.kind === "remote" ? found : null;
    if (remote?.deliver === "hold") {
      await this.#release(job, clock.now() + holdDelay, signal);
      return null;
    }
    if (!remote && job.via.kind === "pipe")
      return allDeferred(job, ownReply("4.4.4", `there is no remote domain ${job.via.to}`));
    const suspended = this.#destinations.suspended(job.via.to, clock.now());
    if (suspended) return allDeferred(job, suspended);
    const { hosts = [], tls = { mode: "opportunistic" } } = remote ?? {};
    return await this.#deliver(job, { name: job.via.to, hosts, tls }, signal);
  }

  async #deliver(job: Job, hop: Hop, signal: AbortSignal): Promise<readonly Delivery[]> {
    const { courier, store, hostname, markKey, clock } = this.#services;
    const [first] = job.recipients;
    if (!first) return [];
    const { message } = first;
    const deliveries = await courier.deliver(
      {
        hop,
        message,
        recipients: job.recipients,
        trace: outgoingTrace(job.recipients, hostname, markKey),
        content: async () => {
          const content = await store.read(message.id, message.traceLength);
          if (content === null) throw new Error(`the queue has no message ${message.id}`);
          return content;
        },
      },
      signal,
    );
    const unreached = deliveries.find(({ reply }) => isUnreached(reply));
    if (unreached && !signal.aborted) this.#destinations.unreached(hop.name, unreached.reply, clock.now());
    else if (deliveries.some(({ reply }) => reply.host !== null)) await this.#isBack(hop.name);
    return deliveries;
  }

  /** What waits for a server that was away need not wait for its time. */
  async #isBack(name: string): Promise<void> {
    if (!this.#destinations.reached(name)) return;
    const { store, clock, log } = this.#services;
    log.info({ destination: name }, "a destination can be reached again");
    try {
      for (const kind of ["pipe", "relay"] as const) await store.hurry({ kind, to: name }, clock.now());
      this.#wake();
    } catch (error) {
      log.warn({ error, destination: name }, "what waits for a destination could not be hurried");
    }
  }

  async #deliverHere(
    job: Job,
    recipient: QueuedRecipient,
    mailbox: MailboxId,
    signal: AbortSignal,
  ): Promise<readonly Delivery[] | null> {
    const { store, clock, log } = this.#services;
    if (!(await this.#mayDeliverHere(recipient, mailbox))) {
      await this.#release(job, clock.now() + doubtDelay, signal);
      return null;
    }
    const { message } = recipient;
    const wanted = recipient.notify?.includes("SUCCESS") && message.reversePath !== "";
    const content = wanted ? await store.read(message.id, message.traceLength) : null;
    const report = wanted ? await deliveredReport(this.#services, message, [recipient], content) : null;
    try {
      const outcome = await store.deliverHere(recipient.id, mailbox, clock.now());
      if (!outcome.ok) return allDeferred(job, ownReply("4.2.0", outcome.problem.text));
      this.#doubts.delete(recipient.id);
      tellDeliveredHere(this.#services, recipient, outcome.value);
      if (report) await store.intake(report);
      return null;
    } catch (error) {
      // The store may have done it all the same: whatever is left of the recipient is tried again.
      log.error(
        { error, recipient: recipient.id },
        "a recipient could not be delivered here, or not be reported on",
      );
      await this.#release(job, clock.now() + ownTroubleDelay, signal);
      return null;
    } finally {
      await report?.content[Symbol.asyncDispose]();
    }
  }

  /**
   * Where the old server may have the message already, the owner's sweep has to bring it first: it is then
   * known by its mark, and not delivered a second time. Once it expires it is delivered all the same.
   */
  async #mayDeliverHere(recipient: QueuedRecipient, mailbox: MailboxId): Promise<boolean> {
    const { isCaughtUp, piped, clock } = this.#services;
    const now = clock.now();
    if (!recipient.mayHaveArrived || now >= recipient.expires) return true;
    const since = this.#doubts.get(recipient.id);
    if (since !== undefined) return await isCaughtUp(mailbox, since);
    this.#doubts.set(recipient.id, now);
    piped(recipient.via.to, recipient.address);
    return await isCaughtUp(mailbox, now);
  }

  async #release(job: Job, nextTry: number, signal: AbortSignal): Promise<void> {
    const ids = job.recipients.map(({ id }) => id);
    await persist(this.#services, () => this.#services.store.release(ids, nextTry), signal);
  }
}

function allDeferred(job: Job, reply: RemoteReply): readonly Delivery[] {
  return job.recipients.map(({ id }) => ({ kind: "deferred", recipient: id, reply, mayHaveArrived: false }));
}

function ownReply(enhanced: string, text: string): RemoteReply {
  return { host: null, code: null, enhanced, text };
}

/** No server answered: not its name, not the network, not TLS. */
function isUnreached({ host, enhanced }: RemoteReply): boolean {
  return host === null && /^4\.[47]\./.test(enhanced);
}
