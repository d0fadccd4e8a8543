/** Changing what a running move may take of the old server. */
import type { Clock } from "#jobs/clock";
import { done, failed, type Outcome } from "#mailbox/problem";
import { allTransfers } from "../check.ts";
import type { Ledger } from "../ledger.ts";
import { isOutOfHours, type LimitsInForce } from "./limits-in-force.ts";
import { type MigrationLimits, noLimits } from "./migration-limits.ts";

interface LimitingTools {
  readonly ledger: Pick<Ledger, "migration" | "migrations" | "limitMigration" | "transfers" | "setTransfer">;
  readonly inForce: LimitsInForce;
  readonly clock: Pick<Clock, "now">;
}

/**
 * Limits that hold from now on, for what is under way too; whoever waited for the hour only is looked at anew.
 * @param changed those left out stay as they are
 */
export async function changeLimits(
  { ledger, inForce, clock }: LimitingTools,
  domain: string,
  changed: Partial<MigrationLimits>,
): Promise<Outcome<void>> {
  const migration = await ledger.migration(domain);
  if (!migration) return failed("not-found", `${domain} is not migrating.`);
  const kept = await ledger.limitMigration(domain, { ...noLimits, ...migration.limits, ...changed });
  if (!kept.ok) return kept;
  inForce.take(await ledger.migrations());
  if (changed.copyHours === undefined) return done(undefined);
  for (const { mailbox, state, reason, failures } of await allTransfers(ledger, domain)) {
    if (state !== "copying" || !isOutOfHours(reason)) continue;
    await ledger.setTransfer(mailbox, { state, reason: null, failures, nextTry: clock.now() });
  }
  return done(undefined);
}
