import type { MailboxId } from "#mailbox/ids";
import { compareInStep, type UidlsEver } from "../identity/in-step.ts";
import {
  type Identified,
  type IdentifiedListing,
  identified,
  identify,
  repeatedUidls,
} from "../identity/listing.ts";
import { type Comparison, compareListing } from "../identity/plan.ts";
import type { Ledger, LedgerRow } from "../ledger.ts";
import type { Listing } from "../old-server/old-server.ts";
import { PackedListing } from "../old-server/packed-listing.ts";

/** What the ledger of a mailbox says before its old maildrop is listed. */
export interface KnownRows {
  /** Null: there are too many to have them all in memory without need. */
  readonly rows: readonly LedgerRow[] | null;
  /** Messages that were not taken, with a reason. */
  readonly skipped: number;
  /** Old mail is left, and of it some may be fetched now. */
  readonly hasRemote: boolean;
  readonly isDue: boolean;
}

/**
 * @param most so many rows are kept
 * @param now epoch milliseconds
 */
export async function knownRows(
  ledger: Pick<Ledger, "pieces">,
  mailbox: MailboxId,
  most: number,
  now: number,
): Promise<KnownRows> {
  let rows: LedgerRow[] | null = [];
  let [skipped, hasRemote, isDue] = [0, false, false];
  for await (const piece of ledger.pieces(mailbox)) {
    for (const row of piece) {
      if (row.state === "skipped" && row.sha256 === null) skipped++;
      if (row.state !== "remote" || !row.isWanted) continue;
      hasRemote = true;
      isDue ||= row.nextTry <= now;
    }
    if (rows && rows.length + piece.length <= most) rows.push(...piece);
    else rows = null;
  }
  return { rows, skipped, hasRemote, isDue };
}

/** A listing, held against the ledger. */
export interface Compared {
  readonly listed: IdentifiedListing;
  readonly comparison: Comparison;
  /** Unique-ids that the old server ever used for this mailbox. */
  readonly uidlsEver: UidlsEver;
  /** Those that it shows for several messages now. */
  readonly uidlsRepeated: ReadonlySet<string>;
  /** Everything as objects; null where the two go in step, so that nobody needs to look at each. */
  readonly whole: { readonly rows: readonly LedgerRow[]; readonly listed: readonly Identified[] } | null;
}

/**
 * @param rows null: there are very many
 * @param trusted see `compareListing`
 */
export async function compared(
  ledger: Pick<Ledger, "pieces" | "rows">,
  mailbox: MailboxId,
  rows: readonly LedgerRow[] | null,
  listing: Listing,
  trusted: ReadonlySet<string>,
): Promise<Compared> {
  if (rows === null && listing instanceof PackedListing) {
    const inStep = await compareInStep(listing, ledger.pieces(mailbox));
    if (inStep) {
      const { uidlsEver } = inStep;
      const uidlsRepeated = new Set<string>();
      return { listed: identified(listing), comparison: inStep, uidlsEver, uidlsRepeated, whole: null };
    }
  }
  const all = rows ?? (await ledger.rows(mailbox));
  const listed = identify(listing);
  return {
    listed,
    comparison: compareListing(listed, all, trusted),
    uidlsEver: new Set(all.map((row) => row.uidl)),
    uidlsRepeated: repeatedUidls(listed),
    whole: { rows: all, listed },
  };
}
