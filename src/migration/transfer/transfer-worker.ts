/**
 * The one task that deals with one mailbox's old maildrop. Whatever is wanted of it (a first copy, a sweep, a
 * check, a message that somebody reads) becomes a visit, and visits come one after the other: there is never
 * more than one connection for a mailbox, and sweeps never overlap.
 */
import { StoreUnavailable } from "#mailbox/content";
import type { ContentId } from "#mailbox/ids";
import { failed, type Outcome } from "#mailbox/problem";
import { isOver, type Migration, type Transfer } from "../migration.ts";
import type { Listing } from "../old-server/old-server.ts";
import { newMemory } from "./mailbox-memory.ts";
import { type Opened, type Opening, openProved, openSealed } from "./old-login.ts";
import { afterBadLogin, afterBreak, type Moment, type TransferChange } from "./outcome.ts";
import { ReadThrough } from "./read-through.ts";
import { changeTransfer, recordVisit } from "./record.ts";
import type { TransferTools } from "./transfer-tools.ts";
import { Visit } from "./visit.ts";
import type { VisitReport } from "./visit-report.ts";

/** What a check of one mailbox came to; `stored` counts the new messages that it brought. */
export type Checked =
  | { readonly kind: "visited"; readonly report: VisitReport; readonly stored: number }
  | { readonly kind: "not-visited"; readonly reason: string };

interface Check extends PromiseWithResolvers<Checked> {
  stored: number;
}

/** A session that is there already: an admission's, with its listing, or one that proved a new password. */
interface Handed extends Opened {
  readonly listing: Listing | null;
}

interface WorkerOptions {
  readonly tools: TransferTools;
  readonly transfer: Transfer;
  readonly migration: () => Promise<Migration | null>;
  /** Milliseconds between two sweeps, as the number of mailboxes allows. */
  readonly sweepInterval: () => number;
  /** Told after each visit that took a listing. */
  readonly visited: (transfer: Transfer, migration: Migration, report: VisitReport) => Promise<void>;
  /** Told when it has nothing to do any more: another mailbox may have its turn. */
  readonly idle: () => void;
}

/** After trouble the old server is left in peace for so long, whoever reads. Milliseconds. */
const peace = 5000;

export class TransferWorker implements AsyncDisposable {
  readonly memory = newMemory();
  readonly #options: WorkerOptions;
  readonly #readThrough: ReadThrough;
  readonly #stop = new AbortController();
  /** Aborted when somebody begins to wait, so that the wait for a copier's place ends. */
  #hurry = new AbortController();
  #handed: Handed | null = null;
  #checks: Check[] = [];
  #isDue = false;
  #visit: Visit | null = null;
  #running: Promise<void> | null = null;
  #quiet = { until: 0, reason: "" };
  #pausedFor: string | null = null;

  constructor(options: WorkerOptions) {
    this.#options = options;
    const { clock, limits } = options.tools;
    this.#readThrough = new ReadThrough(clock, limits.readThrough, (content) => {
      this.#visit?.asked(content);
      this.#hurry.abort();
      this.#run();
    });
  }

  get domain(): string {
    return this.#options.transfer.domain;
  }
  get isRunning(): boolean {
    return this.#running !== null;
  }

  /** Goes on with a session that was opened elsewhere; it is ended when there is one already. */
  async takeOver(opened: Opened, listing: Listing | null): Promise<void> {
    if (this.#handed || this.#visit || this.#stop.signal.aborted) return await close(opened);
    this.#handed = { ...opened, listing };
    this.#hurry.abort();
    this.#run();
  }

  /** Its time has come: copy what is left, and sweep. */
  due(): void {
    if (this.#options.tools.clock.now() < this.#quiet.until) return;
    this.#isDue = true;
    this.#run();
  }

  /** A visit that begins now or later and takes a whole listing. */
  async check(): Promise<Checked> {
    const check: Check = { ...Promise.withResolvers<Checked>(), stored: 0 };
    this.#checks.push(check);
    this.#run();
    return await check.promise;
  }

  /** Copies and sweeps no more; what somebody opens is still read. */
  async pause(reason: string): Promise<void> {
    this.#pausedFor = reason;
    this.#visit?.pause();
    const { tools, transfer } = this.#options;
    await changeTransfer(tools, transfer, { state: "paused", reason, nextTry: 0, failures: 0 });
  }

  /**
   * Goes on after a pause, or at once after trouble; the ledger has been told.
   * @param acceptsOther takes what the maildrop shows, though it may be another account's
   */
  goOn(acceptsOther: boolean): void {
    this.memory.acceptsOther ||= acceptsOther;
    this.#pausedFor = null;
    this.#quiet = { until: 0, reason: "" };
    this.due();
  }

  /** Brings one remote content ahead of everything else (mailbox/remote-content). */
  async bring(content: ContentId): Promise<Outcome<void>> {
    if (this.#stop.signal.aborted) return failed("temporary", "The server is stopping.");
    const { until, reason } = this.#quiet;
    if (!this.#visit && !this.#handed && this.#options.tools.clock.now() < until) {
      return failed("temporary", `Try again later: ${reason}.`);
    }
    return await this.#readThrough.ask(content);
  }

  /** Tries a password that was good here; when the old server takes it, it is kept and the move goes on. */
  async tryPassword(password: Uint8Array): Promise<Opening["kind"]> {
    const { tools, transfer } = this.#options;
    const migration = await this.#options.migration();
    if (!migration) return "stopped";
    const opening = await openProved(tools, migration, transfer, password, this.#stop.signal);
    if (opening.kind === "open") await this.takeOver(opening, null);
    return opening.kind;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#readThrough.answerAll(failed("temporary", "The server is stopping."));
    await this.#running;
    await this.#dropHanded();
  }

  get #isWanted(): boolean {
    if (this.#stop.signal.aborted) return false;
    const isAsked = this.#readThrough.size > 0 || this.#checks.length > 0;
    return isAsked || this.#handed !== null || this.#isDue;
  }

  #run(): void {
    this.#running ??= this.#visitAll();
  }

  async #visitAll(): Promise<void> {
    await Promise.resolve();
    try {
      while (this.#isWanted) await this.#visitOnce();
      this.#giveUp("the server is stopping", 0);
    } catch (error) {
      const { log } = this.#options.tools;
      const { address } = this.#options.transfer;
      if (error instanceof StoreUnavailable) log.warn({ err: error, address }, "a transfer cannot go on now");
      else log.error({ err: error, address }, "a transfer failed inside");
      this.#isDue = false;
      this.#giveUp("the server cannot go on with it now", peace);
      await this.#dropHanded();
    } finally {
      this.#running = null;
      this.#options.idle();
    }
  }

  async #visitOnce(): Promise<void> {
    const { tools } = this.#options;
    this.#isDue = false;
    const migration = await this.#options.migration();
    const transfer = await tools.ledger.transfer(this.#options.transfer.mailbox);
    if (!migration || !transfer || isOver(transfer)) {
      await this.#dropHanded();
      return this.#giveUp("the migration has ended", peace);
    }
    const handed = this.#handed;
    this.#handed = null;
    const opening = handed ?? (await this.#open(migration, transfer));
    if (opening.kind === "bad") {
      const change = afterBadLogin(transfer, opening.reason, this.#moment());
      return await this.#endWithout(transfer, change, change.nextTry - tools.clock.now());
    }
    if (opening.kind === "trouble") {
      const change = afterBreak(transfer, opening.trouble, false, this.#moment());
      return await this.#endWithout(transfer, change, peace);
    }
    if (opening.kind === "open")
      await this.#visitOpened(migration, transfer, opening, handed?.listing ?? null);
  }

  async #open(migration: Migration, transfer: Transfer): Promise<Opening> {
    for (;;) {
      this.#hurry = new AbortController();
      const isPrompt = this.#readThrough.size > 0;
      const opening = await openSealed(this.#options.tools, migration, transfer, {
        purpose: isPrompt ? "prompt" : "background",
        // A copier that still waits for its place goes again, ahead, when somebody begins to read.
        whileWaiting: isPrompt ? this.#stop.signal : AbortSignal.any([this.#stop.signal, this.#hurry.signal]),
        signal: this.#stop.signal,
      });
      const isAgain = opening.kind === "stopped" && !this.#stop.signal.aborted && !this.#handed;
      if (isAgain) continue;
      if (opening.kind === "open") await this.#dropHanded();
      return opening;
    }
  }

  async #visitOpened(
    migration: Migration,
    transfer: Transfer,
    opened: Opened,
    listing: Listing | null,
  ): Promise<void> {
    const { tools } = this.#options;
    const checks = this.#checks.splice(0);
    this.memory.loginDelay = opened.session.loginDelay ?? this.memory.loginDelay;
    let report: VisitReport;
    try {
      if (transfer.state === "waiting" || transfer.state === "needs-password") {
        const { nextTry, failures } = transfer;
        await changeTransfer(tools, transfer, { state: "copying", reason: null, nextTry, failures });
      }
      this.#visit = new Visit({
        tools,
        transfer,
        migration,
        opened,
        listing,
        memory: this.memory,
        readThrough: this.#readThrough,
        isThorough: checks.length > 0,
        signal: this.#stop.signal,
      });
      report = await this.#visit.run();
      await recordVisit(tools, transfer, report, this.#moment(), opened.session.facts);
      if (report.stop !== null) await this.pause(report.stop);
      if (report.mustLookAgain) this.#isDue = true;
      // Said while the visit was being written down.
      if (this.#pausedFor !== null) await this.pause(this.#pausedFor);
    } catch (error) {
      this.#checks.push(...checks);
      throw error;
    } finally {
      this.#visit = null;
      await close(opened);
    }
    for (const check of checks) check.stored += report.landed.stored;
    if (report.end === "yielded" && this.#pausedFor === null) this.#checks.push(...checks);
    else for (const check of checks) check.resolve({ kind: "visited", report, stored: check.stored });
    if (report.trouble && report.trouble.trouble !== "no-room") {
      this.#answerReaders(report.trouble.reason, peace);
    } else this.#quiet = { until: 0, reason: "" };
    if (report.listing) await this.#options.visited(transfer, migration, report);
  }

  async #endWithout(transfer: Transfer, change: TransferChange, quiet: number): Promise<void> {
    await changeTransfer(this.#options.tools, transfer, change);
    this.#giveUp(change.reason ?? "", quiet);
  }

  /** Nobody who waits now will be served. @param quiet milliseconds of peace for the old server */
  #giveUp(reason: string, quiet: number): void {
    for (const check of this.#checks.splice(0)) check.resolve({ kind: "not-visited", reason });
    if (this.#readThrough.size > 0 || quiet > 0) this.#answerReaders(reason, quiet);
  }

  #answerReaders(reason: string, quiet: number): void {
    this.#quiet = { until: this.#options.tools.clock.now() + quiet, reason };
    this.#readThrough.answerAll(failed("temporary", `Try again later: ${reason}.`));
  }

  async #dropHanded(): Promise<void> {
    const handed = this.#handed;
    this.#handed = null;
    if (handed) await close(handed);
  }

  #moment(): Moment {
    const { clock, random } = this.#options.tools;
    return {
      now: clock.now(),
      random: random(),
      sweepInterval: this.#options.sweepInterval(),
      loginDelay: this.memory.loginDelay,
    };
  }
}

/** QUIT, and the place is free. */
async function close({ session, place }: Opened): Promise<void> {
  await session[Symbol.asyncDispose]();
  place[Symbol.dispose]();
}
