/**
 * From the old server's session into the store: fetched messages are handed over in the order in which they
 * come, many to a commit. While one commit is on its way the next is gathered, so that batches grow with
 * the load and a message that came alone waits for nobody; a batch that is full waits for no commit, so that
 * neither the store nor the session is idle, and what somebody waits for goes ahead alone. Only so many octets are on their way at once.
 */
import type { Clock } from "#jobs/clock";
import type { ContentId, MailboxId } from "#mailbox/ids";
import type { Identified } from "../identity/listing.ts";
import type { Arrived, Ledger, LedgerRow, Swept } from "../ledger.ts";
import type { Fetched } from "./incoming.ts";
import type { TransferLimits } from "./transfer-tools.ts";

/** A fetched message and what it is: the remote content of a row, or a new message. */
export type Arrival = {
  readonly fetched: Fetched;
  readonly marks: readonly string[];
  readonly wasRead?: boolean;
} & (
  | { readonly kind: "row"; readonly row: Pick<LedgerRow, "id" | "content">; readonly isWaitedFor?: boolean }
  | { readonly kind: "new"; readonly listed: Identified; readonly entryUidl: string }
);

/** What was committed so far. */
export interface Landed {
  /** Remote contents that came, and new messages that were stored or were here already by their mark. */
  readonly arrived: number;
  readonly stored: number;
  readonly alreadyHere: number;
  readonly octets: number;
}

interface ArrivalsOptions {
  readonly ledger: Ledger;
  readonly mailbox: MailboxId;
  readonly clock: Clock;
  readonly limits: Pick<TransferLimits, "inFlight" | "commitMessages" | "commitOctets">;
  /** Told after each commit. */
  readonly committed: (arrivals: readonly Arrival[], octets: number) => void;
}

export class Arrivals {
  readonly #options: ArrivalsOptions;
  #gathered: Arrival[] = [];
  /** Remote contents that were fetched and are not committed yet. */
  readonly #onTheWay = new Set<ContentId>();
  #inFlight = 0;
  readonly #commits = new Set<Promise<void>>();
  #isAboutToSend = false;
  /** Resolved whenever octets have left. */
  #room = Promise.withResolvers<void>();
  #failure: Error | null = null;
  #landed: Landed = { arrived: 0, stored: 0, alreadyHere: 0, octets: 0 };

  constructor(options: ArrivalsOptions) {
    this.#options = options;
  }

  /** Why nothing can be committed any more; null while all is well. */
  get failure(): Error | null {
    return this.#failure;
  }
  get landed(): Landed {
    return this.#landed;
  }

  /** Whether a remote content was fetched and only waits for its commit. */
  isOnTheWay(content: ContentId): boolean {
    return this.#onTheWay.has(content);
  }

  /** Takes a message over; resolves when another may come. */
  async add(arrival: Arrival): Promise<void> {
    if (this.#failure) {
      await arrival.fetched[Symbol.asyncDispose]();
      return;
    }
    const content = contentOf(arrival);
    if (content !== null) this.#onTheWay.add(content);
    this.#inFlight += arrival.fetched.inMemory;
    if (isWaitedFor(arrival)) this.#begin([arrival]);
    else {
      this.#gathered.push(arrival);
      this.#sendSoon();
    }
    while (this.#inFlight > this.#options.limits.inFlight) await this.#room.promise;
  }

  /** Resolves when everything is committed, or cannot be. */
  async settle(): Promise<void> {
    for (this.#send(); this.#commits.size > 0; this.#send()) await Promise.all(this.#commits);
  }

  /** Leaves the caller's turn first, so that messages of one turn share a commit. */
  #sendSoon(): void {
    if (this.#isAboutToSend) return;
    this.#isAboutToSend = true;
    queueMicrotask(() => {
      this.#isAboutToSend = false;
      this.#send();
    });
  }

  #send(): void {
    for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch()) this.#begin(batch);
  }

  #begin(batch: readonly Arrival[]): void {
    const commit: Promise<void> = this.#take(batch).finally(() => {
      this.#commits.delete(commit);
      this.#send();
    });
    this.#commits.add(commit);
  }

  async #take(batch: readonly Arrival[]): Promise<void> {
    const octets = batch.reduce((sum, { fetched }) => sum + fetched.size, 0);
    const inMemory = batch.reduce((sum, { fetched }) => sum + fetched.inMemory, 0);
    if (!this.#failure) {
      try {
        await this.#commit(batch, octets);
      } catch (error) {
        this.#failure = error instanceof Error ? error : new Error(String(error));
      }
    }
    this.#leaveTheWay(batch);
    for (const { fetched } of batch) await fetched[Symbol.asyncDispose]();
    this.#inFlight -= inMemory;
    this.#room.resolve();
    this.#room = Promise.withResolvers();
  }

  async #commit(batch: readonly Arrival[], octets: number): Promise<void> {
    const { ledger, mailbox, clock } = this.#options;
    const rows: Arrived[] = [];
    const swept: Swept[] = [];
    for (const arrival of batch) {
      const { marks } = arrival;
      const { content } = arrival.fetched;
      if (arrival.kind === "row")
        rows.push({ row: arrival.row.id, content, marks, wasRead: arrival.wasRead ?? false });
      else {
        const { uidl, size, occurrence } = arrival.listed;
        swept.push({ uidl, size, occurrence, entryUidl: arrival.entryUidl, content, marks });
      }
    }
    if (rows.length > 0) await ledger.arrive(mailbox, rows, clock.now(), batch.some(isWaitedFor));
    const adopted =
      swept.length > 0 ? await ledger.adopt(mailbox, swept, clock.now()) : { stored: 0, alreadyHere: 0 };
    this.#landed = {
      arrived: this.#landed.arrived + rows.length,
      stored: this.#landed.stored + adopted.stored,
      alreadyHere: this.#landed.alreadyHere + adopted.alreadyHere,
      octets: this.#landed.octets + octets,
    };
    // Before anyone is told: who asks from now on finds it in the ledger.
    this.#leaveTheWay(batch);
    this.#options.committed(batch, octets);
  }

  #leaveTheWay(batch: readonly Arrival[]): void {
    for (const arrival of batch) {
      const content = contentOf(arrival);
      if (content !== null) this.#onTheWay.delete(content);
    }
  }

  /**
   * Nothing while something is under way that the next messages should wait for: company, or, where they are new,
   * those that are to be stored before them.
   */
  #nextBatch(): readonly Arrival[] {
    const { commitMessages, commitOctets } = this.#options.limits;
    let count = 0;
    let octets = 0;
    let isFull = false;
    let mustWait = false;
    for (const { fetched, kind } of this.#gathered) {
      isFull = count > 0 && (count >= commitMessages || octets + fetched.inMemory > commitOctets);
      if (isFull) break;
      count++;
      octets += fetched.inMemory;
      mustWait ||= kind === "new";
    }
    isFull ||= count >= commitMessages;
    if (this.#commits.size > 0 && (mustWait || !isFull)) return [];
    return this.#gathered.splice(0, count);
  }
}

function isWaitedFor(arrival: Arrival): boolean {
  return arrival.kind === "row" && arrival.isWaitedFor === true;
}

function contentOf(arrival: Arrival): ContentId | null {
  return arrival.kind === "row" ? arrival.row.content : null;
}
