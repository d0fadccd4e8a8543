/**
 * Fetches the messages of one old maildrop over one session and hands them on to the store. A message that
 * cannot be had is put off and the rest goes on; a broken connection ends the session. It stops at a message
 * boundary when somebody waits for another message, or when the visit has to end.
 */
import { backoff } from "#jobs/backoff";
import { type MessageHeading, readHeading } from "#mail/message-heading";
import { wasRead } from "#mail/read-state";
import { StoreUnavailable } from "#mailbox/content";
import type { MailboxId } from "#mailbox/ids";
import type { UidlsEver } from "../identity/in-step.ts";
import { isInternalData } from "../identity/internal-data.ts";
import { type Identified, nameOf, servedBeside } from "../identity/listing.ts";
import { Recognition } from "../identity/recognition.ts";
import type { Reidentified } from "../ledger.ts";
import type { CopyingAllowance } from "../limits/copying-allowance.ts";
import type { SeenPolicy } from "../migration.ts";
import type { FetchTrouble, ListedMessage, OldServerSession } from "../old-server/old-server.ts";
import type { Arrivals } from "./arrivals.ts";
import { Aside } from "./aside.ts";
import type { Errand, Errands } from "./errands.ts";
import { type Fetched, IncomingMessage } from "./incoming.ts";
import { Slab } from "./slab.ts";
import type { TransferTools } from "./transfer-tools.ts";

interface CopierOptions {
  readonly tools: TransferTools;
  readonly mailbox: MailboxId;
  readonly session: OldServerSession;
  readonly errands: Errands;
  readonly arrivals: Arrivals;
  /** Unique-ids that the old server ever used for this mailbox: each is taken over once. */
  readonly uidlsEver: UidlsEver;
  /** Those that the old server shows for several messages in this listing. */
  readonly uidlsRepeated: ReadonlySet<string>;
  readonly allowance: CopyingAllowance;
  /** Whether the visit has to end at the next message boundary. */
  readonly mustEnd: () => boolean;
  /** Which old messages are \Seen here. */
  readonly seen: SeenPolicy;
  /** Told when a message will not come now: `gone` when it never will. */
  readonly notHad: (errand: Errand, isGone: boolean) => void;
}

/** Messages given to the session at once; it asks before each of them whether to go on. */
const perRound = 1000;
/** Large messages that are synced while others are read. */
const finishing = 4;
/** Octets of messages between two looks at the room that is left. */
const betweenLooks = 1024 * 1024;
const againAfter = { first: 5 * 60_000, longest: 24 * 3_600_000 };

export class Copier {
  readonly recognition = new Recognition();
  /** Names of messages that were found known, or were stored out of their order. */
  readonly looked: string[] = [];
  /** Messages that could not be had this time, and why the last of them. */
  failing = 0;
  lastReason: string | null = null;
  /** Messages that came with another size than was stated, and the last of them. */
  wrongSizes = 0;
  lastWrongSize: { readonly uidl: string; readonly stated: number; readonly came: number } | null = null;
  /** How the connection broke, and at which message. */
  broken: FetchTrouble | null = null;
  /** The last message that came whole. */
  lastRead: Identified | null = null;
  suspect: Errand | null = null;
  /** What came of that message tells so much of it. */
  suspectHeading: MessageHeading | null = null;
  /** Messages that could not be had, and of which nothing came that tells what they are. */
  readonly unnamed: Errand[] = [];
  /** When the old server last gave something. */
  lastProgress: number;
  readonly #options: CopierOptions;
  readonly #incoming = new Map<number, IncomingMessage>();
  readonly #aside = new Aside(finishing);
  readonly #slab = new Slab();
  #known: Reidentified[] = [];
  #seenAgain: number[] = [];
  #isInterrupted = false;
  /** Octets fetched since the room that is left was looked at. */
  #sinceLook = Number.POSITIVE_INFINITY;

  constructor(options: CopierOptions) {
    this.#options = options;
    this.lastProgress = options.tools.clock.now();
  }

  /** Somebody waits for a message that was not asked for before. */
  interrupt(): void {
    this.#isInterrupted = true;
  }

  /**
   * Fetches until nothing is left, or until it must stop; urgent messages first, or alone; at most so many.
   * @param reach what may be fetched: all, all but old mail to copy, or what somebody waits for
   */
  async round(reach: "all" | "news" | "urgent", most = perRound): Promise<void> {
    const { errands, session, arrivals, mustEnd, allowance } = this.#options;
    const messages = errands.next(most, reach === "urgent", reach === "news");
    const queue = messages.values();
    let urgent = errands.urgent;
    this.#isInterrupted = false;
    this.lastProgress = this.#options.tools.clock.now();
    try {
      await session.fetch({
        messages,
        begin: (message) => this.#begin(message),
        end: (message, trouble) => this.#end(message, trouble),
        mayGoOn: () => {
          if (this.broken || arrivals.failure || mustEnd()) return false;
          const next = queue.next().value;
          if (urgent > 0) urgent--;
          else if (this.#isInterrupted || this.#isShort()) return false;
          // New mail counts without being asked for: a sweep waits for no copying.
          else if (next && errands.get(next)?.kind === "row") return allowance.ask(next);
          return true;
        },
      });
    } finally {
      allowance.settle();
      await this.#aside.settle();
    }
    await this.#tellKnown();
  }

  /** Whether room is scarce. Not asked of the system for every small message. */
  #isShort(): boolean {
    if (this.#sinceLook < betweenLooks) return false;
    this.#sinceLook = 0;
    return this.#options.tools.shortage() !== null;
  }

  #begin(message: ListedMessage): IncomingMessage {
    const { stage, limits, clock } = this.#options.tools;
    const came = (): void => {
      this.lastProgress = clock.now();
    };
    const incoming = new IncomingMessage(stage, limits.smallMessage, message.size ?? 0, came, this.#slab);
    this.#incoming.set(message.number, incoming);
    return incoming;
  }

  async #end(message: ListedMessage, trouble: FetchTrouble | null): Promise<void> {
    this.lastProgress = this.#options.tools.clock.now();
    this.#options.allowance.whole(message);
    const incoming = this.#incoming.get(message.number);
    this.#incoming.delete(message.number);
    const errand = this.#options.errands.get(message);
    if (trouble || !incoming || !errand) {
      await incoming?.abandon();
      if (!errand || !trouble) return;
      const heading = incoming ? readHeading(incoming.beginning) : null;
      if (trouble.scope === "message") return await this.#putOff(errand, trouble.reason, heading);
      this.broken ??= trouble;
      if (incoming && !this.suspect) {
        this.suspect = errand;
        this.suspectHeading = heading;
      }
      return;
    }
    // New and doubtful messages are taken one after the other, in their order.
    if (!incoming.isStaged || errand.kind !== "row") return await this.#finish(errand, incoming);
    await this.#aside.add(() => this.#finish(errand, incoming));
  }

  async #finish(errand: Errand, incoming: IncomingMessage): Promise<void> {
    try {
      await this.#take(errand, await incoming.finish());
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.broken ??= { scope: "connection", trouble: "down", reason: `our own store: ${error.message}` };
    }
  }

  async #take(errand: Errand, fetched: Fetched): Promise<void> {
    const { tools, errands, arrivals, notHad } = this.#options;
    this.#sinceLook += fetched.size;
    if (fetched.size === 0 && errand.listed.size > 0) {
      return await this.#putOff(errand, `the old server gave nothing of ${errand.listed.size} octets`);
    }
    this.lastRead = errand.listed;
    this.#compareSize(errand.listed, fetched.size);
    if (isInternalData(fetched.beginning)) {
      const reason = "internal data of the old server";
      const heading = readHeading(fetched.beginning);
      if (errand.kind === "row") await tools.ledger.giveUp(errand.row.id, reason, heading);
      else await tools.ledger.leaveOut(this.#options.mailbox, errand.listed, reason, heading);
      await fetched[Symbol.asyncDispose]();
      errands.settle(errand, true);
      return notHad(errand, true);
    }
    const marks = tools.marksOf(fetched.beginning);
    if (errand.kind === "row") {
      const isWaitedFor = errands.isUrgent(errand);
      errands.settle(errand, true);
      const wasRead = this.#wasRead(fetched);
      return await arrivals.add({ kind: "row", row: errand.row, fetched, marks, isWaitedFor, wasRead });
    }
    const { listed } = errand;
    if (errand.kind === "doubtful") {
      const what = this.recognition.recognise(errand.doubtful, fetched.sha256(), fetched.settledSha256());
      this.looked.push(nameOf(listed));
      errands.settle(errand, true);
      if (what.kind !== "new") {
        const { uidl, size, occurrence } = listed;
        this.#known.push({ row: what.row.id, uidl, size, occurrence });
        if (what.row.missingSince !== null) this.#seenAgain.push(what.row.id);
      }
      if (what.kind === "known") return await fetched[Symbol.asyncDispose]();
      if (what.kind === "arrives") {
        const wasRead = this.#wasRead(fetched);
        return await arrivals.add({ kind: "row", row: what.row, fetched, marks, wasRead });
      }
    } else errands.settle(errand, true);
    await arrivals.add({ kind: "new", listed, entryUidl: this.#entryUidl(listed), fetched, marks });
  }

  #compareSize({ message, uidl }: Identified, came: number): void {
    const stated = message.size;
    if (stated === null || stated === came) return;
    this.wrongSizes++;
    this.lastWrongSize = { uidl, stated, came };
  }

  /** Whether an old message is to be \Seen. */
  #wasRead({ beginning }: Fetched): boolean {
    const { seen } = this.#options;
    return seen === "all" || (seen === "status" && wasRead(beginning));
  }

  /**
   * The old unique-id where it can be served. When another message had it before, it is kept only if the old
   * server shows both at this moment, as it does with identical messages; else it is used again for another
   * one, which programs would take for the first.
   */
  #entryUidl({ uidl }: Identified): string {
    const { tools, uidlsEver, uidlsRepeated } = this.#options;
    if (uidlsEver.has(uidl) && !uidlsRepeated.has(uidl)) return tools.newUidl();
    if (!servedBeside(uidlsEver)(uidl)) return tools.newUidl();
    uidlsEver.add(uidl);
    return uidl;
  }

  async #putOff(errand: Errand, reason: string, heading: MessageHeading | null = null): Promise<void> {
    const { tools, errands, notHad } = this.#options;
    this.failing++;
    this.lastReason = reason;
    if (errand.kind === "row") {
      const delay = backoff(againAfter, errand.row.failures + 1, tools.random());
      await tools.ledger.fetchFailed(errand.row.id, reason, tools.clock.now() + delay, heading);
      if (heading === null) this.unnamed.push(errand);
    }
    errands.settle(errand, false);
    notHad(errand, false);
  }

  async #tellKnown(): Promise<void> {
    const { ledger } = this.#options.tools;
    const known = this.#known;
    const seenAgain = this.#seenAgain;
    this.#known = [];
    this.#seenAgain = [];
    if (known.length > 0) await ledger.reidentify(this.#options.mailbox, known);
    if (seenAgain.length > 0) await ledger.missing(seenAgain, null);
  }
}
