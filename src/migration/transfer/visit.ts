/**
 * One session with one old maildrop, from login to QUIT: see what changed, take what is not here, serve those
 * who wait for a message first. It relies on the ledger alone for what was done before, so that it can be cut
 * off anywhere, and promises that nothing is taken twice.
 */
import { StoreUnavailable } from "#mailbox/content";
import type { ContentId } from "#mailbox/ids";
import { nameOf } from "../identity/listing.ts";
import type { LedgerRow } from "../ledger.ts";
import type { Migration, Transfer } from "../migration.ts";
import { type Listing, OldServerTrouble } from "../old-server/old-server.ts";
import type { Landed } from "./arrivals.ts";
import { CarefulStart } from "./careful-start.ts";
import type { Copier } from "./copier.ts";
import { takesWhatIsRead } from "./first-readings.ts";
import { knownRows } from "./known-rows.ts";
import { type MailboxMemory, remember } from "./mailbox-memory.ts";
import { askNames } from "./names.ts";
import type { Opened } from "./old-login.ts";
import { Pace } from "./pace.ts";
import type { ReadThrough } from "./read-through.ts";
import { type Stock, takeStock } from "./stock.ts";
import { answerStray } from "./strays.ts";
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
  readonly listing: Listing | null;
  /** Lists even where STAT says that nothing changed. */
  readonly isThorough: boolean;
  readonly signal: AbortSignal;
}

const nothingLanded: Landed = { arrived: 0, stored: 0, alreadyHere: 0, octets: 0 };

export class Visit {
  readonly #options: VisitOptions;
  readonly #began: number;
  readonly #stat: string;
  readonly #careful: CarefulStart;
  readonly #pace: Pace;
  #stock: Stock | null = null;
  #listing: Listing | null;
  #skipped = 0;
  /** Old mail was left at the beginning. */
  #hasRemote = false;
  /** Why nothing that is listed is believed to be this mailbox's. */
  #stranger: string | null = null;

  constructor(options: VisitOptions) {
    const { tools, transfer, migration, opened, memory, signal } = options;
    this.#options = options;
    this.#began = opened.since;
    const { messages, octets } = opened.session.stat;
    this.#stat = `${messages}/${octets}`;
    const { readings } = tools;
    const { loginDelay } = memory;
    this.#careful = new CarefulStart({ readings, migration, mailbox: transfer.mailbox, loginDelay });
    const isPaused = transfer.state === "paused";
    const { place } = opened;
    this.#pace = new Pace({ tools, migration, place, careful: this.#careful, isPaused, signal });
    this.#listing = options.listing;
  }

  /** Nothing is fetched any more but what somebody waits for. */
  pause(): void {
    this.#pace.pause();
    this.#stock?.copier.interrupt();
  }

  /** Somebody began to wait for a content. */
  asked(content: ContentId): void {
    if (this.#stock?.errands.hurry(content)) this.#stock.copier.interrupt();
    // Unanswered it is looked at again between two rounds; in one of them it may have to wait long.
    else void this.#answerStray(content).catch(() => undefined);
    this.#pace.wake();
  }

  async #answerStray(content: ContentId): Promise<void> {
    const { tools, readThrough } = this.#options;
    if (this.#stock) await answerStray(readThrough, tools.ledger, this.#stock, content);
  }

  async run(): Promise<VisitReport> {
    try {
      const { tools, transfer } = this.#options;
      const { ledger, limits } = tools;
      const [known] = await Promise.all([
        knownRows(ledger, transfer.mailbox, limits.ledgerInMemory, this.#began),
        this.#careful.load(),
      ]);
      this.#skipped = known.skipped;
      // Whoever asks meanwhile need not count them once more.
      this.#options.memory.skipped = this.#skipped;
      this.#hasRemote = known.hasRemote;
      if (!this.#needsListing(known.isDue)) return this.#report("complete", null);
      this.#listing ??= await this.#options.opened.session.list();
      const stock = await this.#takeStock(known.rows, this.#listing);
      if (stock.kind === "stock") return await this.#fetchAll(stock);
      this.#stranger = stock.reason;
      return this.#report("broken", { trouble: "refused", reason: stock.reason });
    } catch (error) {
      await this.#stock?.arrivals.settle();
      if (error instanceof OldServerTrouble) {
        return this.#report("broken", { trouble: error.trouble, reason: error.message });
      }
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#options.opened.session.abandon();
      return this.#report("broken", { trouble: "store", reason: error.message });
    }
  }

  /** @param isDue old mail may be fetched now */
  #needsListing(isDue: boolean): boolean {
    const { tools, transfer, memory, readThrough, isThorough } = this.#options;
    if (isThorough || this.#listing || readThrough.size > 0 || transfer.lastStat !== this.#stat) return true;
    const { lastListing } = memory;
    if (this.#careful.isOwed) return true;
    if (lastListing === null || this.#began - lastListing >= tools.limits.listingInterval) return true;
    // What may not be copied now is no reason to list it.
    if (this.#pace.allowance.outOfHours) return false;
    return isDue;
  }

  #takeStock(rows: readonly LedgerRow[] | null, listing: Listing): ReturnType<typeof takeStock> {
    const { opened, ...options } = this.#options;
    const { session } = opened;
    const stocking = { ...options, session, careful: this.#careful, pace: this.#pace, began: this.#began };
    return takeStock(stocking, rows, listing);
  }

  async #fetchAll(stock: Stock): Promise<VisitReport> {
    this.#stock = stock;
    const { errands, copier, arrivals, sweep } = stock;
    const { session } = this.#options.opened;
    const { signal, tools } = this.#options;
    this.#pace.begin();
    await this.#fetchInRounds(stock);
    await arrivals.settle();
    this.#tellSizes(copier);
    if (signal.aborted) return this.#report("yielded", null);
    if (copier.broken) await this.#noteBreak(stock);
    if (arrivals.failure) {
      if (!(arrivals.failure instanceof StoreUnavailable)) throw arrivals.failure;
      session.abandon();
      return this.#report("broken", { trouble: "store", reason: arrivals.failure.message });
    }
    if (errands.areDoubtsSettled) await sweep.noteUnseen(copier.recognition);
    if (copier.broken) return this.#report("broken", copier.broken);
    const shortage = tools.shortage();
    if (errands.size > 0 && shortage !== null && !this.#pace.isPaused) {
      return this.#report("broken", { trouble: "no-room", reason: shortage });
    }
    const isHeld = this.#pace.allowance.outOfHours !== null && !errands.hasNews;
    if (this.#careful.mustLookAgain || (errands.size > 0 && !isHeld)) return this.#report("yielded", null);
    this.#remember(stock);
    if (!this.#pace.isPaused) await this.#askNames(stock);
    return this.#report("complete", null);
  }

  /** Until nothing is left, the connection or the store fails, or the visit has to end. */
  async #fetchInRounds({ errands, copier, arrivals }: Stock): Promise<void> {
    const { readThrough, tools, signal, isThorough } = this.#options;
    const { session } = this.#options.opened;
    const pace = this.#pace;
    while (!copier.broken && !arrivals.failure && !signal.aborted) {
      for (const content of readThrough.wanted) await this.#answerStray(content);
      if (errands.size === 0 || pace.mustEnd || this.#careful.mustLookAgain) return;
      const reach = pace.reach(errands);
      const isAlone = !pace.isPaused && this.#careful.allows === "one";
      if (reach === "urgent" && errands.urgent === 0) {
        // Who checks mailboxes waits for what may come now, not for the hour of copying.
        const isOverNow = isThorough && pace.allowance.outOfHours !== null;
        if (this.#stop === null && !isOverNow && (await pace.linger(errands))) continue;
        return;
      }
      const round = copier.round(reach, isAlone ? 1 : undefined);
      await watched(round, { tools, session, copier, readThrough, signal });
      this.#careful.ended(copier.lastRead, isAlone);
    }
  }

  /** What cannot be had is to be known by its name at least. */
  async #askNames({ copier, copied }: Stock): Promise<void> {
    const { tools, migration, transfer, memory, opened } = this.#options;
    const [{ named }, { session }, { mailbox }] = [memory, opened, transfer];
    const asking = { tools, migration, mailbox, named, session };
    await askNames(asking, copier.unnamed, copied, () => !this.#pace.mustEnd);
  }

  /** A message at which the connection broke comes last from now on: it may be the reason. */
  async #noteBreak({ copier, arrivals }: Stock): Promise<void> {
    const { tools, memory } = this.#options;
    const { suspect, suspectHeading } = copier;
    if (!suspect || arrivals.failure) return;
    remember(memory.suspects, nameOf(suspect.listed));
    if (suspect.kind !== "row") return;
    const reason = `the connection broke at this message: ${copier.broken?.reason}`;
    await tools.ledger.fetchFailed(suspect.row.id, reason, tools.clock.now(), suspectHeading);
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

  #remember({ misplaced, copier }: Stock): void {
    const { memory } = this.#options;
    for (const name of [...misplaced, ...copier.looked]) remember(memory.trusted, name);
    memory.lastListing = this.#began;
  }

  /** Why nothing more may be copied of this mailbox until an administrator says so; null: nothing speaks against it. */
  get #stop(): string | null {
    if (this.#stranger !== null) return this.#stranger;
    if (this.#pace.isPaused || !this.#careful.takes || !this.#stock?.errands.size) return null;
    return takesWhatIsRead;
  }

  #report(end: VisitReport["end"], trouble: VisitReport["trouble"]): VisitReport {
    this.#options.memory.skipped = this.#skipped;
    const { copier, sweep, errands, arrivals } = this.#stock ?? {};
    const leftReason =
      copier && copier.failing > 0
        ? `${copier.failing} messages could not be fetched, for instance: ${copier.lastReason}`
        : (sweep?.missingReason ?? null);
    const isLeft = errands ? errands.size > 0 : this.#hasRemote;
    const hold = isLeft && !this.#pace.isPaused ? this.#pace.allowance.hold : null;
    return {
      end,
      trouble,
      began: this.#began,
      stat: this.#stat,
      listed: this.#listing?.length ?? this.#options.opened.session.stat.messages,
      landed: arrivals?.landed ?? nothingLanded,
      leftReason: this.#stop ?? leftReason,
      hold,
      mustLookAgain: this.#careful.mustLookAgain,
      stop: this.#stop,
      notes: end === "broken" ? null : (this.#stock?.notes() ?? null),
      listing: this.#listing,
    };
  }
}
