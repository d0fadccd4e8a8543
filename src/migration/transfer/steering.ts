/** What an administrator does to transfers that run by themselves: pause, resume, try again now. */
import type { Clock } from "#jobs/clock";
import type { MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import { allTransfers } from "../check.ts";
import type { Ledger } from "../ledger.ts";
import type { Transfer, TransferState } from "../migration.ts";
import type { FirstReadings } from "./first-readings.ts";

export interface SteeringTools {
  readonly ledger: Pick<Ledger, "migration" | "transfers" | "setTransfer" | "retryRows">;
  readonly transfers: {
    pause(mailbox: MailboxId, reason: string): Promise<void>;
    /** `acceptsOther`: what the old maildrop shows is taken, though it may be another account's. */
    goOn(mailbox: MailboxId, acceptsOther?: boolean): Promise<void>;
  };
  readonly readings: Pick<FirstReadings, "decide">;
  readonly clock: Pick<Clock, "now">;
}

/** What is to be done; `message` names one message of one mailbox by its unique-id on the old server. */
export type Steering =
  | { readonly act: "pause" }
  /** `takeWhatDeletes`: the old server may delete or hide what is read; it is copied all the same, for the whole domain. */
  | { readonly act: "resume"; readonly takeWhatDeletes?: boolean }
  | { readonly act: "retry"; readonly message: string | null };

/** Whom it is done to: everybody of a domain who is being moved, or one person. */
export interface Steered {
  readonly domain: string;
  readonly address: string | null;
}

const paused = "by the administrator";

function mayGoOn(state: TransferState): boolean {
  return state !== "paused" && state !== "settled" && state !== "returned";
}

/**
 * Steers transfers; doing it twice is doing it once.
 * @returns how many of them it changed
 */
export async function steer(
  tools: SteeringTools,
  { domain, address }: Steered,
  steering: Steering,
): Promise<Outcome<number>> {
  const migration = await tools.ledger.migration(domain);
  if (!migration) return failed("not-found", `${domain} is not migrating.`);
  const all = await allTransfers(tools.ledger, domain);
  const meant = all.filter((transfer) => address === null || transfer.address === address);
  if (address !== null && meant.length === 0) return failed("not-found", `${address} is not being moved.`);
  if (steering.act === "retry") return await retry(tools, meant, steering.message, address);
  const wanted = meant.filter(({ state }) =>
    steering.act === "pause" ? mayGoOn(state) : state === "paused",
  );
  if (steering.act === "resume") {
    await tools.readings.decide(migration, steering.takeWhatDeletes ? "accept" : "look-again");
  }
  for (const transfer of wanted) {
    if (steering.act === "pause") await tools.transfers.pause(transfer.mailbox, paused);
    else await resume(tools, transfer);
  }
  return done(wanted.length);
}

async function resume(
  { ledger, transfers, clock }: SteeringTools,
  { mailbox, reason }: Transfer,
): Promise<void> {
  const nextTry = clock.now();
  // Copying, not what it was: the next visit tells.
  await ledger.setTransfer(mailbox, {
    state: "copying",
    reason: null,
    nextTry,
    failures: 0,
    isToldApart: true,
  });
  // Not where it was paused for another reason: what it did not know of is not accepted by it.
  await transfers.goOn(mailbox, reason !== paused);
}

async function retry(
  { ledger, transfers, clock }: SteeringTools,
  meant: readonly Transfer[],
  message: string | null,
  address: string | null,
): Promise<Outcome<number>> {
  const [only] = meant;
  if (address !== null && only?.state === "paused") {
    return failed("in-use", `${address} is paused: "migration resume ${address}" first.`);
  }
  const wanted = meant.filter(({ state }) => mayGoOn(state));
  for (const { mailbox, state, reason } of wanted) {
    const rows = await ledger.retryRows(mailbox, message);
    if (message !== null && rows === 0) {
      return failed("not-found", `No message ${message} of ${address} waits on the old server.`);
    }
    await ledger.setTransfer(mailbox, { state, reason, nextTry: clock.now(), failures: 0 });
    await transfers.goOn(mailbox);
  }
  return done(wanted.length);
}
