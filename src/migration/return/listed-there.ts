/**
 * What came from the old server is not sent back as long as it is there still. The last sweep may be long ago, so the
 * old maildrop is listed once more before its word is taken; what is missing is believed to be gone only when it is
 * missing again so much later as for every sweep, because a maildrop that is locked or moved looks empty for a while.
 */
import { createHash } from "node:crypto";
import { SettledHash } from "#mail/settled-hash";
import { identify } from "../identity/listing.ts";
import { type Comparison, compareListing, type Paired } from "../identity/plan.ts";
import { Recognition } from "../identity/recognition.ts";
import type { LedgerRow } from "../ledger.ts";
import type { Migration, Transfer } from "../migration.ts";
import { type OldServerSession, OldServerTrouble } from "../old-server/old-server.ts";
import { openSealed } from "../transfer/old-login.ts";
import type { TransferTools } from "../transfer/transfer-tools.ts";

/** Where such a listing stands, as it is kept. */
export interface ListedThere {
  /** When the session began that showed it, epoch milliseconds; null: it could not be had yet. */
  readonly at: number | null;
  /** Why it could not be had, for people. */
  readonly problem: string | null;
  /** Whether asking again may help. */
  readonly isOver: boolean;
  readonly tries: number;
  /** Messages that were not in it, and may only not have been shown: it is taken again then. */
  readonly missing: number;
  readonly again: number | null;
}

interface Listing {
  readonly migration: Migration | null;
  readonly transfer: Transfer;
  readonly before: ListedThere | null;
  readonly signal: AbortSignal;
}

/** Lists the old maildrop and notes in the ledger what is there and what is not. Nothing is changed there. */
export async function listThere(
  tools: TransferTools,
  { migration, transfer, before, signal }: Listing,
): Promise<ListedThere> {
  const tries = (before?.tries ?? 0) + 1;
  const not = (problem: string, isOver: boolean): ListedThere => ({
    ...{ at: before?.at ?? null, missing: before?.missing ?? 0, again: null },
    ...{ problem, isOver, tries },
  });
  if (!migration) return not("the migration has ended", true);
  const patience = { purpose: "prompt", whileWaiting: signal, signal } as const;
  const opening = await openSealed(tools, migration, transfer, patience);
  if (opening.kind === "bad") return not(opening.reason, true);
  if (opening.kind === "stopped") return not("the server is stopping", false);
  if (opening.kind === "trouble") return not(opening.trouble.reason, false);
  const { session, place, since } = opening;
  try {
    const rows = await tools.ledger.rows(transfer.mailbox);
    const comparison = compareListing(identify(await session.list()), rows);
    const known = await recogniseAll(session, comparison, signal);
    if (known === null) return not("not every message there could be read", false);
    const isKnown = new Set(known.map(({ row }) => row.id));
    const unseen = comparison.unseen.filter(({ id }) => !isKnown.has(id));
    const seen = [...comparison.paired, ...known].map(({ row }) => row);
    const back = seen.filter(({ missingSince }) => missingSince !== null);
    const renamed = known.map(({ row, listed: { uidl, size, occurrence } }) => ({
      row: row.id,
      uidl,
      size,
      occurrence,
    }));
    if (renamed.length > 0) await tools.ledger.reidentify(transfer.mailbox, renamed);
    const newly = unseen.filter(({ missingSince }) => missingSince === null);
    if (back.length > 0) await tools.ledger.missing(idsOf(back), null);
    if (newly.length > 0) await tools.ledger.missing(idsOf(newly), since);
    return {
      at: since,
      problem: null,
      isOver: true,
      tries,
      ...uncertain(unseen, since, tools.limits.goneFor),
    };
  } catch (error) {
    if (error instanceof OldServerTrouble) return not(error.message, false);
    throw error;
  } finally {
    await session[Symbol.asyncDispose]();
    place[Symbol.dispose]();
  }
}

function idsOf(rows: readonly Pick<LedgerRow, "id">[]): readonly number[] {
  return rows.map(({ id }) => id);
}

/** Of those that are missing: how many are here and may still come back, and when the last of them is gone for certain. */
function uncertain(
  unseen: readonly LedgerRow[],
  at: number,
  goneFor: number,
): Pick<ListedThere, "missing" | "again"> {
  const since = unseen
    .filter(({ state, content }) => state === "copied" && content !== null)
    .map(({ missingSince }) => missingSince ?? at)
    .filter((missing) => at - missing <= goneFor);
  // A millisecond later: what is missing for exactly so long is not certain yet.
  return { missing: since.length, again: since.length === 0 ? null : Math.max(...since) + goneFor + 1 };
}

/** Reads what only its content can tell: messages that are known. Null when not all of it could be read. */
async function recogniseAll(
  session: OldServerSession,
  { doubtful }: Comparison,
  signal: AbortSignal,
): Promise<readonly Paired[] | null> {
  const recognition = new Recognition();
  const known: Paired[] = [];
  const byNumber = new Map(doubtful.map((one) => [one.listed.message.number, one]));
  const hashes = new Map<
    number,
    { readonly all: ReturnType<typeof createHash>; readonly settled: SettledHash }
  >();
  let left = doubtful.length;
  await session.fetch({
    messages: doubtful.map(({ listed }) => listed.message),
    begin({ number }) {
      const reading = { all: createHash("sha256"), settled: new SettledHash() };
      hashes.set(number, reading);
      return {
        async write(chunk) {
          reading.all.update(chunk);
          reading.settled.write(chunk);
        },
      };
    },
    async end({ number }, trouble) {
      const one = byNumber.get(number);
      const reading = hashes.get(number);
      hashes.delete(number);
      if (trouble || !one || !reading) return;
      const what = recognition.recognise(one, reading.all.digest("hex"), reading.settled.digest());
      if (what.kind === "known") known.push({ row: what.row, listed: one.listed });
      left--;
    },
    mayGoOn: () => !signal.aborted,
  });
  return left === 0 ? known : null;
}
