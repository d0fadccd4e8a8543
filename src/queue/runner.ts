/**
 * The queue at work: takes what is due, makes attempts, a bounded number of them at once to each destination and
 * in all, and sleeps until the next is due or somebody wakes it. It relies on the store for what is durable
 * and on the courier for the dialogue. It promises that an attempt is begun durably before it starts, that
 * a slow or dead destination holds up no other, and that stopping it loses nothing: what is under way gets
 * a moment to end, then is cut off, and is settled either way.
 */
import { setMaxListeners } from "node:events";
import { Alarm } from "#jobs/alarm";
import { Attempts } from "./attempt.ts";
import { type DestinationLimits, Destinations, usualLimits } from "./destinations.ts";
import { type Job, jobsOf, Ready } from "./jobs.ts";
import type { Intake, NewQueued, QueuedRecipient, Via } from "./queue-store.ts";
import type { QueueServices } from "./services.ts";

export interface RunnerSettings extends DestinationLimits {
  /** What is under way when the runner stops may take so long to end, in milliseconds. */
  readonly grace: number;
}

/** Recipients taken from the store at a time. */
const pageSize = 500;
/** Longest sleep: the queue looks after itself now and then, whatever it was told. */
const longestSleep = 60_000;
/** Shortest sleep while something is due that cannot start. */
const shortestSleep = 1_000;
/** Between two looks past destinations that are full. */
const pause = 100;

export class QueueRunner implements AsyncDisposable {
  readonly #services: QueueServices;
  readonly #grace: number;
  readonly #destinations: Destinations;
  readonly #attempts: Attempts;
  readonly #alarm: Alarm;
  /** Ends the loop; then, after the grace, what is under way. */
  readonly #stopping = new AbortController();
  readonly #cutOff = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #loop: Promise<void> | null = null;
  readonly #ready = new Ready();
  /** Whether the store may have something due that was not read. */
  #isUnread = true;
  /** Epoch milliseconds before which the store is not read again: see `round`. */
  #nextRead = 0;
  /** Destinations that were full, and so left out, when the store was read last. */
  #leftOut: ReadonlySet<string> = new Set();

  /** Whether the last attempts that were to begin had been begun by somebody else. */
  #isContended = false;

  constructor(services: QueueServices, settings: RunnerSettings = { ...usualLimits, grace: 5_000 }) {
    this.#services = services;
    this.#grace = settings.grace;
    this.#destinations = new Destinations(settings);
    this.#attempts = new Attempts(services, this.#destinations, () => this.wake());
    this.#alarm = new Alarm(services.clock);
    setMaxListeners(0, this.#cutOff.signal, this.#stopping.signal);
  }

  /** Takes up what a crash cut off, and goes to work. Throws StoreUnavailable. */
  async start(): Promise<void> {
    const { store, clock, log } = this.#services;
    const recovered = await store.recover(clock.now());
    if (recovered > 0) log.warn({ recovered }, "attempts that were cut off are due again");
    this.#loop ??= this.#run();
  }

  /**
   * Commits a message for all its recipients (`QueueStore.intake`). Whoever finds a place free leaves at once: the
   * attempt begins with that commit. The others wait for a place; in neither case are they read from the store again.
   */
  async intake(arrived: Intake): Promise<void> {
    const places: Via[] = [];
    const queued = arrived.queued.map((recipient) => this.#placed(recipient, places));
    let recipients: readonly QueuedRecipient[];
    try {
      recipients = await this.#services.store.intake({ ...arrived, queued });
    } catch (error) {
      for (const { to } of places) this.#giveBack(to);
      throw error;
    }
    const begun = jobsOf(recipients.filter((_, index) => queued[index]?.begins));
    // Not before whoever gave us the message has its answer.
    if (begun.length > 0) setImmediate(() => this.#leave(begun));
    const others = recipients.filter((_, index) => !queued[index]?.begins);
    if (others.length > 0) this.#waitForPlace(others);
  }

  #waitForPlace(recipients: readonly QueuedRecipient[]): void {
    const isRoom = this.#ready.size + recipients.length <= pageSize;
    const isOldest = recipients.every(({ via }) => !this.#leftOut.has(via.to));
    // What is older and still in the store goes first; and only so many are kept in memory.
    if (isRoom && isOldest) this.#ready.add(recipients);
    else this.#isUnread = true;
    this.#alarm.wake();
  }

  /** The recipient as beginning, if there is a place for it, which is taken then and noted in `places`. */
  #placed(recipient: NewQueued, places: Via[]): NewQueued {
    const { kind, to } = recipient.via;
    if (this.#loop === null || this.#stopping.signal.aborted) return recipient;
    // Whatever has waited longer goes first.
    if (this.#ready.has(to) || this.#leftOut.has(to)) return recipient;
    // By relay the recipients of one message leave together.
    const isShared = kind === "relay" && places.some((place) => place.kind === "relay" && place.to === to);
    if (!isShared) {
      if (!this.#destinations.take(to)) return recipient;
      places.push({ kind, to });
    }
    return { ...recipient, begins: true };
  }

  /** What cannot start any more is found begun, and due, by the next start of the program. */
  #leave(jobs: readonly Job[]): void {
    if (this.#stopping.signal.aborted) return;
    for (const job of jobs) this.#start(job);
  }

  /** Something was queued, released or made due. */
  wake(): void {
    this.#isUnread = true;
    this.#alarm.wake();
  }

  /** Stops taking, lets what is under way end for a moment, cuts off the rest, and settles it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    const ended = new AbortController();
    const all = Promise.allSettled(this.#running).then(() => ended.abort());
    await this.#services.clock.wait(this.#grace, ended.signal);
    this.#cutOff.abort();
    await all;
    await this.#attempts.ended();
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#services;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      let until: number;
      try {
        if (await this.#round()) continue;
        until = await this.#nextLook();
      } catch (error) {
        log.error({ error }, "the queue could not be read or begun, and is tried again");
        until = clock.now() + shortestSleep;
      }
      await this.#alarm.sleep(until, signal);
      if (clock.now() >= until) this.#isUnread = true;
    }
  }

  /** Starts what there is a place for. @returns whether anything was started */
  async #round(): Promise<boolean> {
    let jobs = this.#ready.take(this.#destinations);
    const now = this.#services.clock.now();
    if (jobs.length === 0 && this.#isUnread && this.#destinations.free > 0 && now >= this.#nextRead) {
      await this.#read(now);
      jobs = this.#ready.take(this.#destinations);
    }
    if (jobs.length === 0) return false;
    const begun = await this.#begin(jobs);
    this.#isContended = begun.size === 0;
    for (const job of jobs) {
      const recipients = job.recipients.filter(({ id }) => begun.has(id));
      if (recipients.length > 0) this.#start({ ...job, recipients });
      else this.#destinations.giveBack(job.via.to);
    }
    return true;
  }

  async #read(now: number): Promise<void> {
    const full = this.#destinations.full();
    this.#isUnread = false;
    this.#leftOut = new Set(full.map(({ to }) => to));
    // Looking past a long queue takes the store a while: not for every message that comes in.
    this.#nextRead = full.length > 0 ? now + pause : 0;
    const due = await this.#services.store.due(now, pageSize, full);
    this.#ready.add(due);
    if (due.length === pageSize) this.#isUnread = true;
  }

  async #begin(jobs: readonly Job[]): Promise<ReadonlySet<string>> {
    try {
      const ids = jobs.flatMap(({ recipients }) => recipients.map(({ id }) => id));
      return new Set(await this.#services.store.begin(ids));
    } catch (error) {
      for (const job of jobs) this.#destinations.giveBack(job.via.to);
      this.#isUnread = true;
      throw error;
    }
  }

  #start(job: Job): void {
    const { log } = this.#services;
    let hasPlace = true;
    const leave = (): void => {
      if (hasPlace) this.#giveBack(job.via.to);
      hasPlace = false;
    };
    const making = this.#attempts.make(job, this.#cutOff.signal, leave).catch((error: unknown) => {
      log.error({ error, via: job.via }, "an attempt was given up unsettled");
      return true;
    });
    const running: Promise<void> = making.then((leavesWork) => {
      this.#running.delete(running);
      leave();
      if (leavesWork) this.#alarm.wake();
    });
    this.#running.add(running);
  }

  /** The place goes to whoever waits for one. Where nobody does, the queue sleeps on. */
  #giveBack(to: string): void {
    this.#destinations.giveBack(to);
    if (this.#leftOut.has(to) && !this.#ready.has(to)) this.#isUnread = true;
    if (this.#isUnread || !this.#ready.isEmpty) this.#alarm.wake();
  }

  /** Until when there is nothing to do unless somebody wakes us, epoch milliseconds. */
  async #nextLook(): Promise<number> {
    const now = this.#services.clock.now();
    if (this.#destinations.free <= 0) {
      // Whoever gives a place back wakes us, and then anything may be due.
      this.#isUnread = true;
      return now + longestSleep;
    }
    if (this.#isUnread) return Math.max(now, this.#nextRead);
    const next = await this.#services.store.nextDue();
    const latest = now + longestSleep;
    if (next === null || next > now) return Math.min(latest, next ?? latest);
    // What is due and did not start waits for a place, and whoever gives one up wakes us; or somebody else has
    // begun it; or it became due just now.
    this.#isUnread = this.#ready.isEmpty && this.#leftOut.size === 0 && !this.#isContended;
    return this.#isUnread ? now : now + shortestSleep;
  }
}
