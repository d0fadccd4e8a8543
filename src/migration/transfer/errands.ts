import type { ContentId } from "#mailbox/ids";
import { PairsInStep } from "../identity/in-step.ts";
import { type Identified, nameOf } from "../identity/listing.ts";
import type { Comparison, Doubtful, KnownRow, Paired } from "../identity/plan.ts";
import { inTellingOrder } from "../identity/recognition.ts";
import type { ListedMessage } from "../old-server/old-server.ts";
import { RemoteInStep } from "./remote-in-step.ts";

/** One message to fetch, and what for: for a row, as a new message, or to tell what it is. */
export type Errand =
  | { readonly kind: "row"; readonly listed: Identified; readonly row: KnownRow }
  | { readonly kind: "fresh"; readonly listed: Identified }
  | { readonly kind: "doubtful"; readonly listed: Identified; readonly doubtful: Doubtful };

/** What tells the order in which messages are fetched. */
export interface ErrandOrder {
  /** Epoch milliseconds: rows whose next try is later are only fetched when somebody waits for them. */
  readonly now: number;
  /** Octets; larger messages come after all others. */
  readonly bigMessage: number;
  /** Messages (`nameOf`) at which a connection broke: they come last. */
  readonly suspects: ReadonlySet<string>;
}

const little = { messages: 250, octets: 1024 * 1024 };

/**
 * What is left to fetch in one session: first what somebody waits for, then new mail in its old order (it is
 * stored in that order), then the rest: newest first, doubtful ones, and at last those that made trouble and
 * big ones, the smallest of them first.
 */
export class Errands {
  readonly #left = new Map<number, Errand>();
  readonly #byContent = new Map<ContentId, Errand>();
  readonly #urgent = new Set<number>();
  /** What has an errand of its own, in its order, and how many of it go before the plain old mail of a large maildrop. */
  readonly #order: readonly Errand[];
  readonly #before: number;
  readonly #plain: RemoteInStep | null;
  readonly #octets: number;
  #position = 0;
  #doubtful = 0;
  #news = 0;

  constructor(comparison: Comparison, order: ErrandOrder) {
    const { now, bigMessage, suspects } = order;
    const { paired } = comparison;
    this.#plain = paired instanceof PairsInStep ? new RemoteInStep(paired, order) : null;
    const rows: Errand[] = [];
    for (const { row, listed } of this.#plain?.apart ?? paired)
      if (row.state === "remote" && row.isWanted) rows.push({ kind: "row", row, listed });
    for (const errand of rows) {
      if (errand.kind === "row" && errand.row.content !== null)
        this.#byContent.set(errand.row.content, errand);
    }
    const due = rows.filter((errand) => errand.kind === "row" && errand.row.nextTry <= now);
    const fresh: Errand[] = comparison.fresh.map((listed) => ({ kind: "fresh", listed }));
    const doubtful: Errand[] = inTellingOrder(comparison.doubtful).map((one) => ({
      kind: "doubtful",
      doubtful: one,
      listed: one.listed,
    }));
    const newestFirst = due.toSorted((a, b) => b.listed.message.number - a.listed.message.number);
    const rank = (errand: Errand): number => {
      if (suspects.has(nameOf(errand.listed))) return 3;
      if (errand.kind !== "row") return 0;
      if (errand.row.failures > 0) return 2;
      return errand.listed.size > bigMessage ? 1 : 0;
    };
    this.#order = [...fresh, ...newestFirst, ...doubtful]
      .map((errand) => ({ errand, rank: rank(errand) }))
      .sort((a, b) => a.rank - b.rank || (a.rank === 0 ? 0 : a.errand.listed.size - b.errand.listed.size))
      .map(({ errand }) => errand);
    for (const errand of this.#order) this.#left.set(errand.listed.message.number, errand);
    this.#octets = this.#order.reduce((sum, { listed }) => sum + listed.size, 0);
    this.#before = fresh.filter((errand) => rank(errand) === 0).length;
    this.#doubtful = doubtful.length;
    this.#news = fresh.length + doubtful.length;
  }

  /** How many are left, without those that nobody waits for and that are not due. */
  get size(): number {
    return this.#left.size + (this.#plain?.size ?? 0);
  }
  get urgent(): number {
    return this.#urgent.size;
  }
  /** Whether there was so little at the beginning that fetching it takes no longer than coming again for it. */
  get isLittle(): boolean {
    return this.#plain === null && this.#order.length <= little.messages && this.#octets <= little.octets;
  }
  /** Whether somebody waits for it. */
  isUrgent({ listed }: Errand): boolean {
    return this.#urgent.has(listed.message.number);
  }
  /** Whether it is known of every listed message what it is. */
  get areDoubtsSettled(): boolean {
    return this.#doubtful === 0;
  }

  /** Puts the message of a remote content before everything else; false when it is not listed. */
  hurry(content: ContentId): boolean {
    const errand = this.#byContent.get(content) ?? errandOf(this.#plain?.ofContent(content));
    if (!errand) return false;
    const { number } = errand.listed.message;
    if (this.#plain?.take(number)) this.#byContent.set(content, errand);
    this.#left.set(number, errand);
    this.#urgent.add(number);
    return true;
  }

  /** Whether something is left that is not old mail to copy: new mail, or what has to be told apart from it. */
  get hasNews(): boolean {
    return this.#news > 0;
  }

  /**
   * The next messages to fetch; the urgent ones come first.
   * @param onlyNews leaves out old mail that nobody waits for
   */
  next(most: number, onlyUrgent: boolean, onlyNews = false): readonly ListedMessage[] {
    const messages: ListedMessage[] = [];
    for (const number of this.#urgent) {
      const errand = this.#left.get(number);
      if (errand && messages.length < most) messages.push(errand.listed.message);
    }
    if (onlyUrgent) return messages;
    for (const errand of this.#inOrder(onlyNews)) {
      if (messages.length >= most) break;
      const { message } = errand.listed;
      if (!this.#urgent.has(message.number) && !(onlyNews && errand.kind === "row")) messages.push(message);
    }
    return messages;
  }

  /** What is left, whether somebody waits for it or not. */
  *#inOrder(onlyNews: boolean): Generator<Errand> {
    while (this.#position < this.#order.length && !this.#isLeft(this.#position)) this.#position++;
    yield* this.#own(this.#position, this.#before);
    if (!onlyNews) for (const pair of this.#plain ?? []) yield { kind: "row", ...pair };
    yield* this.#own(Math.max(this.#position, this.#before), this.#order.length);
  }

  *#own(from: number, to: number): Generator<Errand> {
    for (let at = from; at < to; at++) {
      const errand = this.#order[at];
      if (errand && this.#isLeft(at)) yield errand;
    }
  }

  #isLeft(at: number): boolean {
    const errand = this.#order[at];
    return errand !== undefined && this.#left.has(errand.listed.message.number);
  }

  get(message: ListedMessage): Errand | undefined {
    return this.#left.get(message.number) ?? errandOf(this.#plain?.get(message.number));
  }

  /** It is fetched, or will not be in this session. */
  settle(errand: Errand, isDoubtSettled: boolean): void {
    const { number } = errand.listed.message;
    if (!this.#left.delete(number) && !this.#plain?.take(number)) return;
    this.#urgent.delete(number);
    if (errand.kind !== "row") this.#news--;
    if (errand.kind === "row" && errand.row.content !== null) this.#byContent.delete(errand.row.content);
    if (errand.kind === "doubtful" && isDoubtSettled) this.#doubtful--;
  }
}

function errandOf(pair: Paired | null | undefined): Errand | undefined {
  return pair ? { kind: "row", ...pair } : undefined;
}
