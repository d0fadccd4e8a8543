/**
 * Holds a listing of the old server against the ledger: every listed message has one verdict, every row answers for
 * at most one message. Pure.
 *
 * After a whole visit the ledger knows each message by the identity that the listing shows. So unique-id and size
 * decide; messages that are equal in both are told apart by nothing but their order, which counts for as much here.
 */
import type { MessageHeading } from "#mail/message-heading";
import type { ContentId } from "#mailbox/ids";
import { type Identified, nameOf } from "../identity/listing.ts";
import type { OldIdentity } from "../ledger.ts";
import type { ProofRow } from "./proof-row.ts";
import { unknownVerdict, type Verdict, verdictOf } from "./verdict.ts";

/** A listed message and what became of it. `occurrence`: how many before it in this listing have its unique-id. */
export interface Accounted extends OldIdentity {
  readonly verdict: Verdict;
  /** Its content while it is here. */
  readonly content: ContentId | null;
  /** What it says of itself, where it is not here, or no more there; null where that is not known. */
  readonly heading: MessageHeading | null;
}

/** A message that the old server does not list (any more). */
export interface Gone extends Accounted {
  /** When it was first missing, epoch milliseconds. */
  readonly since: number;
}

export interface Accounts {
  /** In the old order. */
  readonly listed: readonly Accounted[];
  readonly gone: readonly Gone[];
}

/** So many steps between two occasions for others to have their turn. */
const stepsAtOnce = 500;

/**
 * @param began when the session began in which the listing was taken: rows that were missing by then are not in it
 */
export function* accountFor(
  listing: Iterable<Identified>,
  rows: readonly ProofRow[],
  began: number,
): Generator<void, Accounts> {
  const byName = new Map<string, ProofRow[]>();
  let steps = 0;
  for (const row of rows) {
    if (++steps % stepsAtOnce === 0) yield;
    if (row.missingSince !== null && row.missingSince <= began) continue;
    const alike = byName.get(nameOf(row));
    if (alike) alike.push(row);
    else byName.set(nameOf(row), [row]);
  }
  for (const alike of byName.values()) {
    // The first of them is taken first.
    if (alike.length > 1) alike.sort((a, b) => b.occurrence - a.occurrence);
  }
  const taken = new Set<number>();
  const listed: Accounted[] = [];
  for (const { uidl, size, occurrence } of listing) {
    if (++steps % stepsAtOnce === 0) yield;
    const row = byName.get(nameOf({ uidl, size }))?.pop();
    if (row) taken.add(row.id);
    listed.push({ uidl, size, occurrence, ...outcomeOf(row) });
  }
  const gone: Gone[] = [];
  for (const row of rows) {
    if (++steps % stepsAtOnce === 0) yield;
    // A row that is neither listed nor missing came after the listing.
    if (taken.has(row.id) || row.missingSince === null) continue;
    gone.push(goneOf(row, row.missingSince));
  }
  return { listed, gone };
}

/** The same without a listing: what the last one showed is what is not missing. */
export function* accountForKnown(rows: readonly ProofRow[]): Generator<void, Accounts> {
  const listed: Accounted[] = [];
  const gone: Gone[] = [];
  const seen = new Map<string, number>();
  let steps = 0;
  for (const row of rows) {
    if (++steps % stepsAtOnce === 0) yield;
    if (row.missingSince !== null) {
      gone.push(goneOf(row, row.missingSince));
      continue;
    }
    const { uidl, size } = row;
    const occurrence = seen.get(uidl) ?? 0;
    seen.set(uidl, occurrence + 1);
    listed.push({ uidl, size, occurrence, ...outcomeOf(row) });
  }
  return { listed, gone };
}

function outcomeOf(row: ProofRow | undefined): Pick<Accounted, "verdict" | "content" | "heading"> {
  if (!row) return { verdict: unknownVerdict, content: null, heading: null };
  const verdict = verdictOf(row);
  return { verdict, content: verdict.class === "here" ? row.content : null, heading: row.heading ?? null };
}

function goneOf(row: ProofRow, since: number): Gone {
  const { uidl, size } = row;
  // Below 0 another message goes by that identity now.
  return { uidl, size, occurrence: Math.max(row.occurrence, 0), ...outcomeOf(row), since };
}
