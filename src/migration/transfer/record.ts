/** Writes down what became of a transfer. */
import type { Transfer, TransferState } from "../migration.ts";
import type { OldServerFacts } from "../proof/certificate.ts";
import { afterBreak, afterVisit, type Moment, type TransferChange } from "./outcome.ts";
import type { TransferTools } from "./transfer-tools.ts";
import type { VisitReport } from "./visit-report.ts";

const standing: ReadonlySet<TransferState> = new Set(["paused", "settled", "returned"]);

type RecordTools = Pick<TransferTools, "ledger" | "log">;

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
  const { arrived, stored } = report.landed;
  if (report.trouble) {
    const change = afterBreak(transfer, report.trouble, arrived + stored > 0, moment);
    return await changeTransfer(tools, transfer, change);
  }
  const now = await tools.ledger.transfer(transfer.mailbox);
  const isAllHere = now !== null && now.messagesHere >= now.messages;
  const remote = isAllHere ? [] : await tools.ledger.remoteRows(transfer.mailbox);
  const isNew =
    met !== null && report.listing !== null && JSON.stringify(met) !== JSON.stringify(transfer.met);
  await changeTransfer(tools, transfer, { ...afterVisit(report, remote, moment), ...(isNew ? { met } : {}) });
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
