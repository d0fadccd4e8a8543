/**
 * What a listing of the old server means, compared with the ledger. Pure.
 *
 * Unique-ids decide where they are there, unique and steady. Where they are missing, repeated or changed,
 * order decides as long as nothing speaks against it, and otherwise the contents: such messages are
 * `doubtful`, are fetched, and `recognition` tells which of the rows they are. Nothing is ever taken twice
 * on a guess, and nothing left out on one.
 */
import type { LedgerRow } from "../ledger.ts";
import { Grouped } from "./grouped.ts";
import { type Identified, nameOf } from "./listing.ts";
import { outOfOrder } from "./order.ts";

/** What is to be known of a row whose message is listed. */
export type KnownRow = Omit<LedgerRow, "sha256" | "settledSha256" | "reason">;

/** A row and the listed message that shows it. */
export interface Paired {
  readonly row: KnownRow;
  readonly listed: Identified;
}

/** Many of them. */
export interface Pairs extends Iterable<Paired> {
  readonly length: number;
}

/** A listed message that only its content can tell, and the rows that it may be. */
export interface Doubtful {
  readonly listed: Identified;
  readonly candidates: readonly LedgerRow[];
}

/** The identities given to messages are those the ledger is to know them by. */
export interface Comparison {
  readonly paired: Pairs;
  /** Never seen before, in the old order. */
  readonly fresh: readonly Identified[];
  readonly doubtful: readonly Doubtful[];
  /** Rows that nothing in the listing shows, unless a doubtful message turns out to be one. */
  readonly unseen: readonly LedgerRow[];
  /** Messages (`nameOf`) in an unexpected place: to be trusted once everything doubtful is settled. */
  readonly misplaced: readonly string[];
  /** The server has changed its unique-ids: an administrator should know. */
  readonly isUnstable: boolean;
}

/** One that has everything as objects. */
export interface WholeComparison extends Comparison {
  readonly paired: readonly Paired[];
}

/** So many messages in an unexpected order are looked at; more of them are the server's way of listing. */
const mostOutOfPlace = 20;

/**
 * @param ledger all rows of the mailbox
 * @param trusted messages (`nameOf`) whose unexpected place in the order has a known reason
 */
export function compareListing(
  listing: readonly Identified[],
  ledger: readonly LedgerRow[],
  trusted: ReadonlySet<string> = new Set(),
): WholeComparison {
  // A row given up because it was gone is none of the messages that come later, whatever their names.
  const rows = ledger.filter(
    (row) => row.state !== "skipped" || row.missingSince === null || row.sha256 !== null,
  );
  const byUidl = new Grouped(rows, (row) => row.uidl);
  const nextOf = new Map<string, number>();
  for (const { uidl, occurrence } of ledger) {
    nextOf.set(uidl, Math.max(nextOf.get(uidl) ?? 0, occurrence + 1));
  }
  let fresh: Identified[] = [];
  const doubtful: Doubtful[] = [];
  let paired: Paired[] = [];
  // Most unique-ids stand for one message: what is made for each of them is let go at once.
  for (const [uidl, listed] of new Grouped(listing, (one) => one.uidl)) {
    const part = compareGroup(uidl, listed, byUidl.get(uidl), nextOf.get(uidl) ?? 0);
    for (const one of part.fresh) fresh.push(one);
    for (const one of part.doubtful) doubtful.push(one);
    for (const one of part.paired) paired.push(one);
  }
  const seen = new Set(paired.map(({ row }) => row.id));
  const present = rows.filter((row) => row.missingSince === null);
  const vanished = present.filter((row) => !seen.has(row.id));
  const appeared = fresh.length + doubtful.length;
  if (vanished.length > present.length / 2 && appeared >= vanished.length / 2) {
    return unstable(listing, rows, nextOf);
  }
  const gone = rows.filter((row) => !seen.has(row.id));
  if (gone.length > 0) {
    // What came is fetched anyway, and its content may be one of those that went: that only some of them went may
    // mean that a change of the unique-ids was interrupted in the middle, here or there, and a maildrop that listed
    // empty for a while may come back with others.
    doubtful.push(...fresh.map((listed) => ({ listed, candidates: gone })));
    fresh = [];
  }

  const misplaced = outOfPlace(paired, trusted);
  // The content of a remote row is fetched anyway, whosever it is.
  const suspicious = misplaced.filter(({ row }) => row.state === "copied");
  paired = paired.filter((pair) => !suspicious.includes(pair));
  const claimed = new Set(paired.map(({ row }) => row.id));
  return {
    paired,
    fresh: inOldOrder(fresh),
    doubtful: [
      ...doubtful,
      ...suspicious.map(({ row, listed }) => ({
        listed: { ...listed, occurrence: nextOf.get(row.uidl) ?? 0 },
        candidates: byUidl.get(row.uidl),
      })),
    ].sort((a, b) => a.listed.message.number - b.listed.message.number),
    unseen: rows.filter((row) => !claimed.has(row.id)),
    misplaced: misplaced.map(({ row }) => nameOf(row)),
    isUnstable: false,
  };
}

type Part = Pick<WholeComparison, "paired" | "fresh" | "doubtful">;

/** Messages and rows of one unique-id; "" stands for all that have none. */
function compareGroup(
  uidl: string,
  listed: readonly Identified[],
  rows: readonly LedgerRow[],
  next: number,
): Part {
  const renumbered = listed.map((one, index) => ({ ...one, occurrence: next + index }));
  const allDoubtful = (candidates: readonly LedgerRow[]): Part => ({
    paired: [],
    fresh: [],
    doubtful: renumbered.map((one) => ({ listed: one, candidates })),
  });
  if (rows.length === 0) return { paired: [], fresh: renumbered, doubtful: [] };
  const [only, another] = rows;
  // A steady unique-id that was away for a while is the same message come back.
  if (uidl !== "" && listed.length === 1 && only && !another) {
    if (only.size === listed[0]?.size) return { paired: pairUp([only], listed), fresh: [], doubtful: [] };
    return allDoubtful(rows);
  }
  const before = rows.filter((row) => row.missingSince === null).sort((a, b) => a.occurrence - b.occurrence);
  if (!before.every((row, index) => row.size === listed[index]?.size)) return allDoubtful(rows);
  const paired = pairUp(before, listed);
  const added = renumbered.slice(before.length);
  if (before.length === rows.length) return { paired, fresh: added, doubtful: [] };
  const away = rows.filter((row) => row.missingSince !== null);
  return { paired, fresh: [], doubtful: added.map((one) => ({ listed: one, candidates: away })) };
}

/** Row by row, as far as both go. */
function pairUp(rows: readonly LedgerRow[], listed: readonly Identified[]): Paired[] {
  const pairs: Paired[] = [];
  for (const [index, row] of rows.entries()) {
    const shown = listed[index];
    if (shown) pairs.push({ row, listed: shown });
  }
  return pairs;
}

function unstable(
  listing: readonly Identified[],
  rows: readonly LedgerRow[],
  nextOf: ReadonlyMap<string, number>,
): WholeComparison {
  const doubtful = listing.map((listed) => ({
    listed: { ...listed, occurrence: (nextOf.get(listed.uidl) ?? 0) + listed.occurrence },
    candidates: rows,
  }));
  return { paired: [], fresh: [], doubtful, unseen: rows, misplaced: [], isUnstable: true };
}

/**
 * Pairs whose message stands where a new one would: its unique-id may have been given out again. The ledger is
 * in the old order.
 */
function outOfPlace(paired: readonly Paired[], trusted: ReadonlySet<string>): readonly Paired[] {
  const byUidl = new Grouped(paired, ({ row }) => row.uidl);
  const single = paired
    .filter(({ row }) => byUidl.isAlone(row.uidl))
    .sort((a, b) => a.listed.message.number - b.listed.message.number);
  const odd = outOfOrder(single.map(({ row }) => row.id)).flatMap((index) => single[index] ?? []);
  return odd.length > mostOutOfPlace ? [] : odd.filter(({ row }) => !trusted.has(nameOf(row)));
}

function inOldOrder(listed: readonly Identified[]): readonly Identified[] {
  return [...listed].sort((a, b) => a.message.number - b.message.number);
}
