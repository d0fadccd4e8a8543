/** Whether somebody can go back, and what is in the way. */
import type { MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { Migration, Transfer } from "../migration.ts";
import type { MailboxReturn } from "./mailbox-return.ts";
import type { ReturnTools, WayOut } from "./return-tools.ts";

/** Somebody who can go back, or is on the way. */
export interface MayReturn {
  readonly migration: Migration;
  readonly transfer: Transfer;
  readonly mailbox: MailboxId;
  readonly way: WayOut;
  /** What was begun earlier. */
  readonly begun: MailboxReturn | null;
}

/** @param address as a key */
export async function mayReturn(
  { ledger, mailbox, store, wayOut, isCuttingOver }: ReturnTools,
  address: string,
): Promise<Outcome<MayReturn>> {
  const domain = address.slice(address.lastIndexOf("@") + 1);
  const migration = await ledger.migration(domain);
  if (!migration) {
    return failed("not-permitted", `${domain} is not migrating: there is no old server to go back to.`);
  }
  if (await isCuttingOver(domain)) {
    return failed("in-use", `A cutover of ${domain} is under way: wait for its end, or undo it first.`);
  }
  const known = await mailbox(address);
  const begun = await store.of(address);
  if (!known || (!known.admitted && !begun)) {
    return failed("not-found", `${address} has not moved here: its mail is on the old server already.`);
  }
  const transfer = await ledger.transfer(known.id);
  if (!transfer) {
    return failed("not-permitted", `${address} was made here and has no old mailbox to go back to.`);
  }
  const way = await wayOut(address);
  return way.ok ? done({ migration, transfer, mailbox: known.id, way: way.value, begun }) : way;
}
