/**
 * The way back of one person: their mail goes to the old server again, what came here since the move is sent after
 * it, and the old maildrop is looked at until all of it is there. It relies on the store, the queue behind it and the
 * old server behind its port, and promises: from one commit on nothing new comes here; every message is sent once,
 * whatever crashes; nothing of the mailbox here is changed, so that its owner may come over again any day.
 */
import { Alarm } from "#jobs/alarm";
import { StoreUnavailable } from "#mailbox/content";
import type { MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import { goneBefore } from "./choice.ts";
import type { MailboxReturn } from "./mailbox-return.ts";
import { atTheStart, planReturn, type ReturnPlan } from "./plan.ts";
import { mayReturn } from "./refusal.ts";
import { type ReturnReport, reportOf } from "./return-report.ts";
import { type Memory, ReturnStep } from "./return-step.ts";
import type { ReturnTools, WayOut } from "./return-tools.ts";

export interface ReturnOptions {
  /** Also what lies in Sent, Drafts, Trash and Junk. */
  readonly allFolders: boolean;
}

/** What would happen, and where to. */
export interface PlannedReturn extends WayOut {
  readonly plan: ReturnPlan;
}

/** After trouble of our own it goes on so much later. Milliseconds. */
const afterTrouble = 10_000;

export class Returns implements AsyncDisposable {
  readonly #tools: ReturnTools;
  readonly #alarm: Alarm;
  readonly #stop = new AbortController();
  /** What is done for each address: one thing after the other. */
  readonly #turns = new Map<string, Promise<unknown>>();
  /** Steps that are under way or have their turn coming. */
  readonly #steps = new Map<string, Promise<void>>();
  readonly #memories = new Map<MailboxId, Memory>();
  /** What stays here of mailboxes that are away: while they are, nothing in them changes. */
  readonly #plans = new Map<MailboxId, ReturnPlan>();
  #running: Promise<void> | null = null;

  constructor(tools: ReturnTools) {
    this.#tools = tools;
    this.#alarm = new Alarm(tools.clock);
  }

  /** Goes on with what was begun, now and from now on. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Says in figures what `begin` would do; changes nothing. @param address as a key */
  async plan(address: string, { allFolders }: ReturnOptions): Promise<Outcome<PlannedReturn>> {
    const may = await mayReturn(this.#tools, address);
    if (!may.ok) return may;
    const { mailbox, transfer, way, begun } = may.value;
    const since = begun?.startedAt ?? this.#tools.clock.now();
    const rules = {
      allFolders: allFolders || (begun?.allFolders ?? false),
      movedAt: transfer.startedAt,
      goneBefore: since - this.#tools.limits.goneFor,
    };
    return done({ ...way, plan: await planReturn(this.#tools.store, mailbox, rules) });
  }

  /**
   * Its mail is piped again from this commit on; the rest follows by itself. Begun again it sends what is left, and
   * looks again for what was not found.
   */
  async begin(address: string, { allFolders }: ReturnOptions): Promise<Outcome<ReturnReport>> {
    return await this.#inTurn(address, () => this.#begin(address, allFolders));
  }

  /** Where a way back stands. */
  async show(address: string): Promise<Outcome<ReturnReport>> {
    const way = await this.#tools.store.of(address);
    return way ? done(await this.#report(way)) : failed("not-found", notAway(address));
  }

  /**
   * Its owner may come over again: the next login here, on the old server's word, brings the same mailbox and what
   * the old server has got meanwhile. Until then everything stays as it is.
   * @returns whether the mailbox is here again at once, because the migration has ended
   */
  async permit(address: string): Promise<Outcome<boolean>> {
    const { store, log } = this.#tools;
    const way = await store.of(address);
    const permitted = way ? await store.permit(way.mailbox) : failed("not-found", notAway(address));
    if (permitted.ok) log.info({ address }, "may come over again");
    return permitted;
  }

  /** Does what there is to do for a mailbox at this moment, and resolves when it is done. Never two at once. */
  goOn(address: string): Promise<void> {
    let step = this.#steps.get(address);
    if (!step) {
      step = this.#inTurn(address, () => this.#step(address)).finally(() => this.#steps.delete(address));
      this.#steps.set(address, step);
    }
    return step;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await Promise.allSettled(this.#turns.values());
  }

  async #begin(address: string, allFolders: boolean): Promise<Outcome<ReturnReport>> {
    const { store, clock, log } = this.#tools;
    const may = await mayReturn(this.#tools, address);
    if (!may.ok) return may;
    const { mailbox, transfer, begun } = may.value;
    const now = clock.now();
    const way: MailboxReturn = {
      ...{ mailbox, address, domain: transfer.domain, ...may.value.way },
      startedAt: begun?.startedAt ?? now,
      allFolders: allFolders || (begun?.allFolders ?? false),
      ...{
        phase: "sending",
        reason: null,
        sentAt: null,
        lookedAt: null,
        looks: 0,
        listedThere: null,
        nextTry: now,
        mayCome: false,
      },
    };
    const began = await store.begin(way);
    if (!began.ok) return began;
    log.info({ address, route: way.route }, "went back to the old server: its mail is piped again");
    this.#memories.delete(mailbox);
    this.#plans.delete(mailbox);
    await this.#tools.leave(mailbox);
    this.#tools.endSessions(mailbox);
    this.#alarm.wake();
    return done(await this.#report(way));
  }

  async #inTurn<T>(address: string, act: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(address) ?? Promise.resolve();
    const turn = before.then(act, act);
    this.#turns.set(address, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(address) === turn) this.#turns.delete(address);
    }
  }

  async #step(address: string): Promise<void> {
    const way = await this.#tools.store.of(address);
    if (!way) return;
    let memory = this.#memories.get(way.mailbox);
    if (!memory) {
      memory = { at: atTheStart, others: new Set(), hasListed: false };
      this.#memories.set(way.mailbox, memory);
    }
    await new ReturnStep(this.#tools, way, memory, this.#stop.signal).take();
    if (memory.hasListed) this.#plans.delete(way.mailbox);
    memory.hasListed = false;
  }

  async #run(): Promise<void> {
    const { clock, log, times } = this.#tools;
    while (!this.#stop.signal.aborted) {
      let until: number | null = null;
      try {
        const ways = await this.#tools.store.unfinished();
        const due = ways.filter(({ nextTry }) => nextTry <= clock.now());
        for (const { address } of due) this.#goOnAlone(address);
        const next = Math.min(...ways.map(({ nextTry }) => nextTry));
        if (ways.length > 0) until = Math.max(next, clock.now() + times.look);
      } catch (error) {
        if (!(error instanceof StoreUnavailable))
          log.error({ err: error }, "looking for returns failed inside");
        until = clock.now() + afterTrouble;
      }
      await this.#alarm.sleep(until, this.#stop.signal);
    }
  }

  #goOnAlone(address: string): void {
    this.goOn(address).catch((error: unknown) => {
      const { log } = this.#tools;
      if (error instanceof StoreUnavailable) log.warn({ err: error, address }, "a way back cannot go on now");
      else log.error({ err: error, address }, "a way back failed inside");
    });
  }

  async #report(way: MailboxReturn): Promise<ReturnReport> {
    const { store, ledger, limits } = this.#tools;
    const { mailbox, allFolders } = way;
    const movedAt = (await ledger.transfer(mailbox))?.startedAt ?? 0;
    const rules = { allFolders, movedAt, goneBefore: goneBefore(way, limits.goneFor) };
    const plan = this.#plans.get(mailbox) ?? (await planReturn(store, mailbox, rules));
    this.#plans.set(mailbox, plan);
    return reportOf(way, await store.sent(mailbox), plan);
  }
}

function notAway(address: string): string {
  return `${address} did not go back to the old server.`;
}
