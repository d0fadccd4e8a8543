/** Writes down what became of a transfer. */

import type { MailboxId } from "#mailbox/ids";
import { inWords } from "../identity/maildrop-notes.ts";
import type { Ledger } from "../ledger.ts";
import type { Transfer, TransferState } from "../migration.ts";
import type { OldServerFacts } from "../proof/certificate.ts";
import { afterBreak, afterVisit, type Moment, type TransferChange, type WaitingRow } from "./outcome.ts";
import type { TransferTools } from "./transfer-tools.ts";
import type { VisitReport } from "./visit-report.ts";

const standing: ReadonlySet<TransferState> = new Set(["paused", "settled", "returned"]);

type RecordTools = Pick<TransferTools, "ledger" | "log" | "visited">;

/**
 * After a visit: the state follows from the report and from what the ledger still lacks.
 * @param met what the old server said of itself
 */
export async function recordVisit(
  tools: RecordTools,
  transfer: Transfer,
  report: VisitReport,
  moment: Moment,
  met: OldServerFacts | null = null,
): Promise<void> {
  tools.visited?.(report.end);
  const { arrived, stored } = report.landed;
  if (report.trouble) {
    const change = afterBreak(transfer, report.trouble, arrived + stored > 0, moment);
    return await changeTransfer(tools, transfer, change);
  }
  const now = await tools.ledger.transfer(transfer.mailbox);
  const isAllHere = now !== null && now.messagesHere >= now.messages;
  // Whoever goes on soon asks nothing of what is left.
  const isOver = isAllHere || report.end === "yielded";
  const remote = isOver ? [] : await leftOver(tools.ledger, transfer.mailbox);
  await changeTransfer(tools, transfer, {
    ...afterVisit(report, remote, moment),
    ...(report.listing && met && isOther(met, transfer.met) ? { met } : {}),
    ...newNotes(tools, transfer, report),
  });
}

/** What is left, one row for all that wait alike: there may be very many. */
async function leftOver(
  ledger: Pick<Ledger, "remotePieces">,
  mailbox: MailboxId,
): Promise<readonly WaitingRow[]> {
  const rows = new Map<string, WaitingRow>();
  for await (const piece of ledger.remotePieces(mailbox))
    for (const { reason, nextTry } of piece) rows.set(`${nextTry} ${reason}`, { reason, nextTry });
  return [...rows.values()];
}

/** A transfer that is paused, settled or returned stays what it is, although its mail can be read. */
export async function changeTransfer(
  { ledger, log }: RecordTools,
  transfer: Pick<Transfer, "mailbox" | "address">,
  change: TransferChange,
): Promise<void> {
  const now = await ledger.transfer(transfer.mailbox);
  if (!now || standing.has(now.state)) return;
  await ledger.setTransfer(transfer.mailbox, change);
  if (change.state === now.state && change.reason === now.reason) return;
  const { state, reason, nextTry } = change;
  log.info({ address: transfer.address, state, reason, nextTry }, "transfer");
}

/** What is to be known of the maildrop, where that has changed. */
function newNotes(
  { log }: RecordTools,
  { address, notes: before }: Transfer,
  { notes }: VisitReport,
): Pick<TransferChange, "notes"> {
  if (notes === null || !isOther(notes, before ?? null)) return {};
  const words = inWords(notes);
  const isTold =
    notes.mostShown === (before?.mostShown ?? null) &&
    notes.withoutUidl > 0 === (before?.withoutUidl ?? 0) > 0;
  if (words.length > 0 && !isTold)
    log.warn({ address, notes: words }, "there is something about an old maildrop");
  return { notes };
}

function isOther(one: object, other: object | null | undefined): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}
