/**
 * What a long listing means where it goes in step with the ledger, which is the usual case: every message has a
 * unique-id of its own, and stands in the order of the rows. The two are held against each other piece by piece, and
 * what is known afterwards takes some octets for each message instead of several objects. Where they do not go in
 * step nothing is said, and `plan` compares them as a whole; both come to the same.
 */
import type { ContentId } from "#mailbox/ids";
import type { LedgerRow } from "../ledger.ts";
import type { PackedListing } from "../old-server/packed-listing.ts";
import { type Identified, identifiedAt } from "./listing.ts";
import type { Comparison, Doubtful, KnownRow, Paired, Pairs } from "./plan.ts";

/** What there is to know of most rows. */
const plain = { copied: 1, remote: 2, unwanted: 3 } as const;

/** Pairs of rows and listed messages in the order of both, made whenever somebody looks at them. */
export class PairsInStep implements Pairs {
  readonly #listing: PackedListing;
  readonly #ids: Float64Array;
  /** 0: none. */
  readonly #contents: Float64Array;
  /** 0: it is among the odd ones. */
  readonly #states: Uint8Array;
  readonly #odd = new Map<number, KnownRow>();
  #length = 0;

  constructor(listing: PackedListing) {
    this.#listing = listing;
    this.#ids = new Float64Array(listing.length);
    this.#contents = new Float64Array(listing.length);
    this.#states = new Uint8Array(listing.length);
  }

  get length(): number {
    return this.#length;
  }

  /** @returns false, and takes nothing, where the row is not the next listed message */
  add(row: LedgerRow): boolean {
    const place = this.#length;
    if (place >= this.#listing.length || row.occurrence !== 0) return false;
    if (row.uidl !== this.#listing.uidlAt(place) || row.size !== this.#listing.sizeAt(place)) return false;
    this.#ids[place] = row.id;
    this.#contents[place] = row.content ?? 0;
    const state = plainStateOf(row);
    if (state === null) this.#odd.set(place, row);
    else this.#states[place] = plain[state];
    this.#length++;
    return true;
  }

  /** The pair at a place of the listing. */
  at(place: number): Paired {
    const listed = identifiedAt(this.#listing, place);
    const odd = this.#odd.get(place);
    if (odd) return { row: odd, listed };
    const content = (this.#contents[place] || null) as ContentId | null;
    const { uidl, size, occurrence } = listed;
    const row: KnownRow = {
      ...{ id: this.#ids[place] ?? 0, uidl, size, occurrence, content },
      state: this.#states[place] === plain.copied ? "copied" : "remote",
      ...{ failures: 0, nextTry: 0, missingSince: null, isWanted: content !== null },
    };
    return { row, listed };
  }

  /** Whether there is nothing more to say of the pair at a place than that its content is to be fetched. */
  isPlainRemote(place: number): boolean {
    return this.#states[place] === plain.remote;
  }

  /** Octets, as listed. */
  sizeAt(place: number): number {
    return this.#listing.sizeAt(place);
  }

  /** The place of a message number; -1 where no row goes with it. */
  placeOfNumber(number: number): number {
    const place = this.#listing.placeOfNumber(number);
    return place < this.#length ? place : -1;
  }

  /** The place of a content; -1 where no listed message has it. */
  placeOfContent(content: ContentId): number {
    return this.#contents.indexOf(content);
  }

  /** Whether a row that goes with a message has the unique-id. */
  hasUidl(uidl: string): boolean {
    const place = this.#listing.placeOfUidl(uidl);
    return place >= 0 && place < this.#length;
  }

  /** Those of whose rows more is to be known. */
  *odd(): Generator<Paired> {
    for (const place of this.#odd.keys()) yield this.at(place);
  }

  *[Symbol.iterator](): Generator<Paired> {
    for (let place = 0; place < this.#length; place++) yield this.at(place);
  }
}

function plainStateOf(row: LedgerRow): keyof typeof plain | null {
  if (row.missingSince !== null || row.state === "skipped") return null;
  if (row.state === "copied") return "copied";
  if (row.failures !== 0 || row.nextTry !== 0) return null;
  return row.isWanted ? "remote" : "unwanted";
}

/** What goes in step, and every unique-id that the old server ever had. */
export interface StepComparison extends Comparison {
  readonly paired: PairsInStep;
  readonly uidlsEver: UidlsEver;
}

/** Unique-ids that were ever listed; some may be added. */
export interface UidlsEver extends Iterable<string> {
  has(uidl: string): boolean;
  add(uidl: string): unknown;
}

/**
 * @param ledger all rows of the mailbox, in id order
 * @returns null where they do not go in step
 */
export async function compareInStep(
  listing: PackedListing,
  ledger: AsyncIterable<readonly LedgerRow[]>,
): Promise<StepComparison | null> {
  if (!listing.isOrderly) return null;
  const paired = new PairsInStep(listing);
  /** Rows that no message of the listing shows, and of them those that are none of what may come. */
  const unseen: LedgerRow[] = [];
  const given = new Set<string>();
  let present = 0;
  for await (const rows of ledger) {
    for (const row of rows) {
      if (!isGivenUp(row)) {
        if (row.missingSince === null) present++;
        if (paired.add(row)) continue;
        unseen.push(row);
      } else given.add(row.uidl);
      // It stands elsewhere, or in another size: that is not for here.
      if (row.uidl === "" || row.occurrence !== 0 || listing.placeOfUidl(row.uidl) >= 0) return null;
      if (unseen.length > mostUnseen) return null;
    }
  }
  if (paired.length === 0) return null;
  const vanished = unseen.reduce((count, { missingSince }) => count + (missingSince === null ? 1 : 0), 0);
  const appeared = listing.length - paired.length;
  if (vanished > present / 2 && appeared >= vanished / 2) return null;
  const came: Identified[] = [];
  for (let place = paired.length; place < listing.length; place++) came.push(identifiedAt(listing, place));
  const doubtful: Doubtful[] =
    unseen.length === 0 ? [] : came.map((listed) => ({ listed, candidates: unseen }));
  for (const { uidl } of unseen) given.add(uidl);
  return {
    paired,
    fresh: unseen.length === 0 ? came : [],
    doubtful,
    unseen,
    misplaced: [],
    isUnstable: false,
    uidlsEver: uidlsEverOf(paired, given),
  };
}

/** More rows than this that nothing shows are many: then `plan` has to see all of them. */
const mostUnseen = 20_000;

/** Given up because it was gone: it is none of the messages that come later, whatever their names (see `plan`). */
function isGivenUp(row: LedgerRow): boolean {
  return row.state === "skipped" && row.missingSince !== null && row.sha256 === null;
}

/** @param more unique-ids of rows that go with no message */
function uidlsEverOf(paired: PairsInStep, more: Set<string>): UidlsEver {
  return {
    has: (uidl) => paired.hasUidl(uidl) || more.has(uidl),
    add: (uidl) => more.add(uidl),
    *[Symbol.iterator]() {
      for (const { row } of paired) yield row.uidl;
      yield* more;
    },
  };
}
