/**
 * One session with one old maildrop, from login to QUIT: see what changed, take what is not here, serve those
 * who wait for a message first. It relies on the ledger alone for what was done before, so that it can be cut
 * off anywhere, and promises that nothing is taken twice.
 */
import { Alarm } from "#jobs/alarm";
import { StoreUnavailable } from "#mailbox/content";
import type { ContentId } from "#mailbox/ids";
import { done } from "#mailbox/problem";
import { identify, nameOf, repeatedUidls } from "../identity/listing.ts";
import { type MaildropNotes, notesOf } from "../identity/maildrop-notes.ts";
import { compareListing } from "../identity/plan.ts";
import type { LedgerRow } from "../ledger.ts";
import { CopyingAllowance } from "../limits/copying-allowance.ts";
import type { Migration, Transfer } from "../migration.ts";
import { type ListedMessage, OldServerTrouble } from "../old-server/old-server.ts";
import { Arrivals, type Landed } from "./arrivals.ts";
import { CarefulStart } from "./careful-start.ts";
import { Copier } from "./copier.ts";
import { Errands } from "./errands.ts";
import { takesWhatIsRead } from "./first-readings.ts";
import { type MailboxMemory, remember } from "./mailbox-memory.ts";
import type { Opened } from "./old-login.ts";
import type { ReadThrough } from "./read-through.ts";
import { strangerIn } from "./stranger.ts";
import { answerNotHad, answerStray } from "./strays.ts";
import { Sweep } from "./sweep.ts";
import type { TransferTools } from "./transfer-tools.ts";
import type { VisitReport } from "./visit-report.ts";
import { watched } from "./watch.ts";

export interface VisitOptions {
  readonly tools: TransferTools;
  readonly transfer: Transfer;
  readonly migration: Migration;
  readonly opened: Opened;
  readonly memory: MailboxMemory;
  readonly readThrough: ReadThrough;
  /** A listing that was taken on this session already. */
  readonly listing: readonly ListedMessage[] | null;
  /** Lists even where STAT says that nothing changed. */
  readonly isThorough: boolean;
  readonly signal: AbortSignal;
}

const nothingLanded: Landed = { arrived: 0, stored: 0, alreadyHere: 0, octets: 0 };

export class Visit {
  readonly #options: VisitOptions;
  readonly #began: number;
  readonly #stat: string;
  readonly #alarm: Alarm;
  readonly #careful: CarefulStart;
  readonly #allowance: CopyingAllowance;
  #errands: Errands | null = null;
  #copier: Copier | null = null;
  #arrivals: Arrivals | null = null;
  #sweep: Sweep | null = null;
  #listing: readonly ListedMessage[] | null;
  #fetchingSince = 0;
  #copyingSince: number | null = null;
  #skipped = 0;
  /** Old mail was left at the beginning. */
  #hasRemote = false;
  #isPaused: boolean;
  #misplaced: readonly string[] = [];
  /** What is to be known of the maildrop, once it is known of every message what it is. */
  #notes: () => MaildropNotes | null = () => null;
  /** Why nothing that is listed is believed to be this mailbox's. */
  #stranger: string | null = null;

  constructor(options: VisitOptions) {
    this.#options = options;
    this.#began = options.opened.since;
    const { messages, octets } = options.opened.session.stat;
    this.#stat = `${messages}/${octets}`;
    this.#alarm = new Alarm(options.tools.clock);
    this.#allowance = new CopyingAllowance(options.tools.inForce, options.migration, options.tools.clock);
    this.#careful = new CarefulStart({
      readings: options.tools.readings,
      migration: options.migration,
      mailbox: options.transfer.mailbox,
      loginDelay: options.memory.loginDelay,
    });
    this.#listing = options.listing;
    this.#isPaused = options.transfer.state === "paused";
  }

  /** Nothing is fetched any more but what somebody waits for. */
  pause(): void {
    this.#isPaused = true;
    this.#copier?.interrupt();
    this.#alarm.wake();
  }

  /** Somebody began to wait for a content. */
  asked(content: ContentId): void {
    if (this.#errands?.hurry(content)) this.#copier?.interrupt();
    // Unanswered it is looked at again between two rounds; in one of them it may have to wait long.
    else void this.#answerStray(content).catch(() => undefined);
    this.#alarm.wake();
  }

  async #answerStray(content: ContentId): Promise<void> {
    const { tools, readThrough } = this.#options;
    const errands = this.#errands;
    const arrivals = this.#arrivals;
    if (errands && arrivals) await answerStray(readThrough, tools.ledger, { errands, arrivals }, content);
  }

  async run(): Promise<VisitReport> {
    try {
      const [rows] = await Promise.all([
        this.#options.tools.ledger.rows(this.#options.transfer.mailbox),
        this.#careful.load(),
      ]);
      this.#skipped = rows.filter((row) => row.state === "skipped" && row.sha256 === null).length;
      // Whoever asks meanwhile need not count them once more.
      this.#options.memory.skipped = this.#skipped;
      this.#hasRemote = rows.some((row) => row.state === "remote" && row.isWanted);
      if (!this.#needsListing(rows)) return this.#report("complete", null);
      this.#listing ??= await this.#options.opened.session.list();
      await this.#takeStock(rows, this.#listing);
      if (this.#stranger !== null)
        return this.#report("broken", { trouble: "refused", reason: this.#stranger });
      return await this.#fetchAll();
    } catch (error) {
      await this.#arrivals?.settle();
      if (error instanceof OldServerTrouble) {
        return this.#report("broken", { trouble: error.trouble, reason: error.message });
      }
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#options.opened.session.abandon();
      return this.#report("broken", { trouble: "store", reason: error.message });
    }
  }

  #needsListing(rows: readonly LedgerRow[]): boolean {
    const { tools, transfer, memory, readThrough, isThorough } = this.#options;
    if (isThorough || this.#listing || readThrough.size > 0 || transfer.lastStat !== this.#stat) return true;
    const { lastListing } = memory;
    if (this.#careful.isOwed) return true;
    if (lastListing === null || this.#began - lastListing >= tools.limits.listingInterval) return true;
    // What may not be copied now is no reason to list it.
    if (this.#allowance.outOfHours) return false;
    return rows.some((row) => row.state === "remote" && row.isWanted && row.nextTry <= this.#began);
  }

  async #takeStock(rows: readonly LedgerRow[], listing: readonly ListedMessage[]): Promise<void> {
    const { tools, transfer, opened, memory, readThrough } = this.#options;
    const listed = identify(listing);
    const comparison = compareListing(listed, rows, memory.trusted);
    const learnt = this.#careful.listed(listed);
    if (learnt) await learnt;
    if (!memory.acceptsOther) {
      const { migration } = this.#options;
      const { session } = opened;
      this.#stranger = await strangerIn({ tools, transfer, migration, session, rows, listed, comparison });
      if (this.#stranger !== null) return;
    }
    memory.acceptsOther = false;
    const { limits, clock, ledger, log } = tools;
    if (comparison.isUnstable) {
      log.warn(
        { address: transfer.address },
        "the old server has changed its unique-ids: comparing contents",
      );
    }
    this.#errands = new Errands(comparison, {
      now: this.#began,
      bigMessage: limits.bigMessage,
      suspects: memory.suspects,
    });
    this.#arrivals = new Arrivals({
      ledger,
      clock,
      limits,
      mailbox: transfer.mailbox,
      committed: (arrivals, octets) => {
        memory.meter.add(octets, clock.now());
        for (const arrival of arrivals) {
          if (arrival.kind === "row" && arrival.row.content !== null) {
            readThrough.answer(arrival.row.content, done(undefined));
          }
        }
      },
    });
    this.#copier = new Copier({
      tools,
      session: opened.session,
      mailbox: transfer.mailbox,
      errands: this.#errands,
      arrivals: this.#arrivals,
      allowance: this.#allowance,
      uidlsEver: new Set(rows.map((row) => row.uidl)),
      uidlsRepeated: repeatedUidls(listed),
      seen: this.#options.migration.seen ?? "status",
      mustEnd: () => this.#mustEnd(),
      notHad: (errand, isGone) => answerNotHad(readThrough, errand, isGone),
    });
    this.#sweep = new Sweep({ tools, transfer, comparison, readThrough, began: this.#began });
    this.#misplaced = comparison.misplaced;
    const { recognition } = this.#copier;
    const errands = this.#errands;
    this.#notes = () =>
      errands.areDoubtsSettled ? notesOf({ listed, comparison, recognition }, transfer.notes ?? null) : null;
    await this.#sweep.noteSeen();
    if (this.#errands.areDoubtsSettled) await this.#sweep.noteUnseen(this.#copier.recognition);
  }

  async #fetchAll(): Promise<VisitReport> {
    const { readThrough } = this.#options;
    const { session } = this.#options.opened;
    const errands = this.#errands;
    const copier = this.#copier;
    const arrivals = this.#arrivals;
    const sweep = this.#sweep;
    if (!errands || !copier || !arrivals || !sweep) throw new Error("fetching without a listing");
    this.#fetchingSince = this.#options.tools.clock.now();
    while (!copier.broken && !arrivals.failure && !this.#options.signal.aborted) {
      for (const content of readThrough.wanted) await this.#answerStray(content);
      if (errands.size === 0 || this.#mustEnd() || this.#careful.mustLookAgain) break;
      const reach = this.#reach(errands);
      const isAlone = !this.#isPaused && this.#careful.allows === "one";
      if (reach === "urgent" && errands.urgent === 0) {
        // Who checks mailboxes waits for what may come now, not for the hour of copying.
        const isOverNow = this.#options.isThorough && this.#allowance.outOfHours !== null;
        if (this.#stop === null && !isOverNow && (await this.#linger(errands))) continue;
        break;
      }
      await watched(copier.round(reach, isAlone ? 1 : undefined), {
        tools: this.#options.tools,
        session,
        copier,
        readThrough,
        signal: this.#options.signal,
      });
      this.#careful.ended(copier.lastRead, isAlone);
    }
    await arrivals.settle();
    this.#tellSizes(copier);
    if (this.#options.signal.aborted) return this.#report("yielded", null);
    if (copier.broken) await this.#noteBreak(copier, arrivals);
    if (arrivals.failure) {
      if (!(arrivals.failure instanceof StoreUnavailable)) throw arrivals.failure;
      session.abandon();
      return this.#report("broken", { trouble: "store", reason: arrivals.failure.message });
    }
    if (errands.areDoubtsSettled) await sweep.noteUnseen(copier.recognition);
    if (copier.broken) {
      return this.#report("broken", copier.broken);
    }
    const shortage = this.#options.tools.shortage();
    if (errands.size > 0 && shortage !== null && !this.#isPaused) {
      return this.#report("broken", { trouble: "no-room", reason: shortage });
    }
    const isHeld = this.#allowance.outOfHours !== null && !errands.hasNews;
    if (this.#careful.mustLookAgain || (errands.size > 0 && !isHeld)) return this.#report("yielded", null);
    this.#remember(copier);
    return this.#report("complete", null);
  }

  /** Whether the visit has to end at the next message boundary. */
  #mustEnd(): boolean {
    const { tools, signal } = this.#options;
    const { place } = this.#options.opened;
    if (signal.aborted || place.mustYield) return true;
    const now = tools.clock.now();
    if (now - this.#fetchingSince > tools.limits.longestVisit) return true;
    const isSliceOver = this.#copyingSince !== null && now - this.#copyingSince > tools.limits.slice;
    return isSliceOver && (place.isContended || place.isNeeded);
  }

  /**
   * What may be fetched: more than what somebody waits for where there is room, a copier's place, and no pause; more
   * than new mail where the limits allow it.
   */
  #reach(errands: Errands): "all" | "news" | "urgent" {
    const { tools, opened } = this.#options;
    if (this.#isPaused || tools.shortage() !== null || this.#careful.allows === "none") return "urgent";
    if (!opened.place.becomeBackground()) return "urgent";
    this.#copyingSince ??= tools.clock.now();
    if (this.#allowance.hold === null) return "all";
    return errands.hasNews ? "news" : "urgent";
  }

  /** Waits with an idle session for the next message that somebody reads, for a copier's place, or for its octets. */
  async #linger(errands: Errands): Promise<boolean> {
    const { tools, signal } = this.#options;
    const { place } = this.#options.opened;
    const { linger, slice } = tools.limits;
    const isSoon = this.#allowance.hold?.reason === null;
    const until = tools.clock.now() + (isSoon ? Math.max(linger, slice) : linger);
    using _ = place.watch(() => this.#alarm.wake());
    while (!signal.aborted && !place.isNeeded && tools.clock.now() < until) {
      if (errands.urgent > 0 || this.#reach(errands) !== "urgent") return true;
      const again = this.#allowance.hold?.until ?? Number.POSITIVE_INFINITY;
      await this.#alarm.sleep(Math.min(until, again, tools.clock.now() + 1000), signal);
    }
    return false;
  }

  /** A message at which the connection broke comes last from now on: it may be the reason. */
  async #noteBreak(copier: Copier, arrivals: Arrivals): Promise<void> {
    const { tools, memory } = this.#options;
    const { suspect } = copier;
    if (!suspect || arrivals.failure) return;
    remember(memory.suspects, nameOf(suspect.listed));
    if (suspect.kind !== "row") return;
    const reason = `the connection broke at this message: ${copier.broken?.reason}`;
    await tools.ledger.fetchFailed(suspect.row.id, reason, tools.clock.now());
  }

  /** Sizes are hints: wrong ones change nothing, but estimates go by them. */
  #tellSizes({ wrongSizes, lastWrongSize }: Copier): void {
    if (wrongSizes === 0) return;
    const { tools, transfer } = this.#options;
    tools.log.info(
      { address: transfer.address, messages: wrongSizes, last: lastWrongSize },
      "sizes that the old server states differ from what came",
    );
  }

  #remember(copier: Copier): void {
    const { memory } = this.#options;
    for (const name of [...this.#misplaced, ...copier.looked]) remember(memory.trusted, name);
    memory.lastListing = this.#began;
  }

  /** Why nothing more may be copied of this mailbox until an administrator says so; null: nothing speaks against it. */
  get #stop(): string | null {
    if (this.#stranger !== null) return this.#stranger;
    if (this.#isPaused || !this.#careful.takes || !this.#errands?.size) return null;
    return takesWhatIsRead;
  }

  #report(end: VisitReport["end"], trouble: VisitReport["trouble"]): VisitReport {
    this.#options.memory.skipped = this.#skipped;
    const copier = this.#copier;
    const leftReason =
      copier && copier.failing > 0
        ? `${copier.failing} messages could not be fetched, for instance: ${copier.lastReason}`
        : (this.#sweep?.missingReason ?? null);
    const isLeft = this.#errands ? this.#errands.size > 0 : this.#hasRemote;
    const hold = isLeft && !this.#isPaused ? this.#allowance.hold : null;
    return {
      end,
      trouble,
      began: this.#began,
      stat: this.#stat,
      listed: this.#listing?.length ?? this.#options.opened.session.stat.messages,
      landed: this.#arrivals?.landed ?? nothingLanded,
      leftReason: this.#stop ?? leftReason,
      hold,
      mustLookAgain: this.#careful.mustLookAgain,
      stop: this.#stop,
      notes: end === "broken" ? null : this.#notes(),
      listing: this.#listing,
    };
  }
}
