/** Check mailboxes: visits every old maildrop of a domain now, and says what each had. */
import type { MailboxId } from "#mailbox/ids";
import type { BegunCheck } from "./checks.ts";
import type { Ledger } from "./ledger.ts";
import type { Transfer } from "./migration.ts";
import type { Checked } from "./transfer/transfer-worker.ts";

/** What the check of one mailbox found. */
export interface MailboxFindings {
  readonly address: string;
  /** New messages that it brought over. */
  readonly found: number;
  /** Messages on the old server. */
  readonly listed: number;
  /** Why not everything that is there is here; null when it is. */
  readonly problem: string | null;
  /** Whether the problem may be over at the next try: the old server could not be asked, or was left too early. */
  readonly isPassing: boolean;
}

interface CheckTools {
  readonly ledger: Pick<Ledger, "transfers" | "transfer">;
  readonly transfers: { check(mailbox: MailboxId): Promise<Checked> };
}

const page = 500;

/** All transfers of a domain, in address order. */
export async function allTransfers(
  ledger: Pick<Ledger, "transfers">,
  domain: string,
): Promise<readonly Transfer[]> {
  const all: Transfer[] = [];
  for (;;) {
    const some = await ledger.transfers(domain, all.at(-1)?.address ?? "", page);
    all.push(...some);
    if (some.length < page) return all;
  }
}

/** Starts a check of every mailbox of a domain at once; each resolves with its own findings. In address order. */
export async function checkMailboxes(tools: CheckTools, domain: string): Promise<readonly BegunCheck[]> {
  const transfers = await allTransfers(tools.ledger, domain);
  return transfers.map((transfer) => ({
    address: transfer.address,
    findings: checkMailbox(tools, transfer),
  }));
}

async function checkMailbox(
  { ledger, transfers }: CheckTools,
  { mailbox, address, state, reason }: Transfer,
): Promise<MailboxFindings> {
  if (state === "settled") {
    const problem = "its move ended with an earlier migration: nothing more is brought over for it";
    return { ...notVisited, address, problem };
  }
  if (state === "returned") {
    return { ...notVisited, address, problem: "its owner went back to the old server" };
  }
  if (state === "paused") {
    return { ...notVisited, address, problem: `it is paused${reason === null ? "" : `: ${reason}`}` };
  }
  const checked = await transfers.check(mailbox);
  if (checked.kind === "not-visited") {
    return { ...notVisited, address, problem: checked.reason, isPassing: true };
  }
  const { report, stored } = checked;
  const after = await ledger.transfer(mailbox);
  const isAllHere = after !== null && after.messagesHere >= after.messages;
  const left = isAllHere ? null : (after?.reason ?? "messages are still on the old server");
  return {
    address,
    found: stored,
    listed: report.listed,
    problem: report.trouble?.reason ?? report.leftReason ?? left,
    isPassing: report.trouble !== null,
  };
}

const notVisited = { found: 0, listed: 0, isPassing: false };
