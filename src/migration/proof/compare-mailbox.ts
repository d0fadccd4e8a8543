/**
 * Compares one mailbox with its old maildrop: a visit that lists the whole of it and brings what is missing, then
 * one state of the ledger, held against that very listing.
 */
import type { Clock } from "#jobs/clock";
import { headingLine } from "#mail/message-heading";
import type { MailboxId } from "#mailbox/ids";
import { identifyEach } from "../identity/listing.ts";
import type { Ledger } from "../ledger.ts";
import type { Transfer } from "../migration.ts";
import type { Checked } from "../transfer/transfer-worker.ts";
import { type Accounted, type Accounts, accountFor, accountForKnown } from "./accounts.ts";
import type { MailboxProof } from "./certificate.ts";
import { count, goneCountOf } from "./counts.ts";
import { escaped } from "./leaf-line.ts";
import type { LedgerView } from "./proof-row.ts";
import type { ProofStore } from "./proof-store.ts";
import { hashesOf } from "./proved-messages.ts";
import { inTurns } from "./turns.ts";

export interface ComparingTools {
  readonly store: Pick<ProofStore, "view">;
  readonly ledger: Pick<Ledger, "retryRows">;
  readonly transfers: { check(mailbox: MailboxId): Promise<Checked> };
  readonly clock: Clock;
  /** What vanished from listings may be back after so long, milliseconds: as long an empty one proves nothing. */
  readonly goneFor: number;
}

export interface Compared {
  readonly proof: MailboxProof;
  readonly accounts: Accounts;
  /** See `ProvedMessages`. */
  readonly key: string;
}

/** A listing to be compared with, or why there is none. */
type Visited =
  | { readonly kind: "listed"; readonly report: VisitedReport; readonly left: string | null }
  | { readonly kind: "not-listed"; readonly problem: string };
type VisitedReport = Extract<Checked, { kind: "visited" }>["report"];

/** Takes a whole listing of the old maildrop, and everything that is missing here. */
export async function visit(tools: ComparingTools, transfer: Transfer): Promise<Visited> {
  const { state, reason, mailbox } = transfer;
  const none = (problem: string): Visited => ({ kind: "not-listed", problem });
  if (state === "settled") return none("its move ended with an earlier migration");
  if (state === "returned") return none("its owner went back to the old server");
  if (state === "paused") return none(`it is paused${reason === null ? "" : `: ${reason}`}`);
  // What was put off for later is asked for now.
  if (transfer.messagesHere < transfer.messages) await tools.ledger.retryRows(mailbox, null);
  const checked = await tools.transfers.check(mailbox);
  if (checked.kind === "not-visited") return none(checked.reason);
  const { report } = checked;
  if (report.end !== "complete" || report.listing === null) {
    return none(report.trouble?.reason ?? "the visit to the old server came to no end");
  }
  return { kind: "listed", report, left: report.leftReason };
}

/** Accounts for what a visit has listed; without a listing for what the ledger knows, and it does not close. */
export async function compare(
  tools: ComparingTools,
  transfer: Transfer,
  visited: Visited,
): Promise<Compared> {
  const view = await tools.store.view(transfer.mailbox);
  const accounts =
    visited.kind === "listed"
      ? await inTurns(accountFor(identifyEach(visited.report.listing ?? []), view.rows, visited.report.began))
      : await inTurns(accountForKnown(view.rows));
  const { root, key } = await inTurns(hashesOf(accounts));
  const proof = proofOf(transfer, accounts, view, tools.clock.now());
  const problem = problemOf(tools, visited, accounts, proof.closes);
  return {
    accounts,
    key,
    proof: {
      ...proof,
      root,
      problem,
      closes: proof.closes && problem === null,
      listedAt: visited.kind === "listed" ? visited.report.began : null,
    },
  };
}

/** A mailbox as the ledger knows it, without a visit and without hashes: what the last listing showed. */
export async function known(tools: ComparingTools, transfer: Transfer): Promise<Compared> {
  const view = await tools.store.view(transfer.mailbox);
  const accounts = await inTurns(accountForKnown(view.rows));
  const proof = proofOf(transfer, accounts, view, tools.clock.now());
  const problem = transfer.state === "following" || transfer.state === "settled" ? null : transfer.reason;
  return { accounts, key: "", proof: { ...proof, problem, listedAt: transfer.lastSweep } };
}

const fewReasons = 3;

function proofOf(
  { address, loginName }: Transfer,
  accounts: Accounts,
  { cameHere }: LedgerView,
  now: number,
): MailboxProof {
  const counts = count(accounts, cameHere);
  const unaccounted = accounts.listed.filter(({ verdict }) => verdict.class === "unaccounted");
  const vanished = accounts.gone.filter((message) => goneCountOf(message) === "vanished");
  return {
    address,
    loginName,
    listedAt: null,
    comparedAt: now,
    counts,
    root: null,
    closes: unaccounted.length === 0 && vanished.length === 0,
    problem: null,
    reasons: [
      ...unaccounted.map((message) => `${nameFor(message)}: ${message.verdict.reason}`),
      ...vanished.map((message) => `${nameFor(message)}: the old server does not list it any more.`),
    ].slice(0, fewReasons),
  };
}

/** What keeps a mailbox from closing beyond the messages that are unaccounted for. */
function problemOf(
  { clock, goneFor }: ComparingTools,
  visited: Visited,
  { listed, gone }: Accounts,
  isAccountedFor: boolean,
): string | null {
  if (visited.kind === "not-listed") return `The old maildrop could not be listed: ${visited.problem}.`;
  const lately = gone.filter(({ since }) => clock.now() - since < goneFor).length;
  // A maildrop that is locked or moved looks empty for a while.
  if (lately > listed.length) {
    return `${lately} messages have vanished from the old server in the last minutes and ${listed.length} are left: compare it again in ${Math.ceil(goneFor / 60_000)} minutes.`;
  }
  return isAccountedFor && visited.left !== null ? `Not everything could be fetched: ${visited.left}.` : null;
}

function nameFor({ uidl, size, heading }: Pick<Accounted, "uidl" | "size" | "heading">): string {
  const name = uidl === "" ? "a message without a unique-id" : `message ${escaped(uidl, "latin1")}`;
  return `${name} (${size} octets${heading ? `; ${headingLine(heading)}` : ""})`;
}
