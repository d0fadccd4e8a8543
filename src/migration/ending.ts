/** The end of a domain's move: `migration off`, refused while anything could be lost by it. */
import type { Clock } from "#jobs/clock";
import { failed, type Outcome } from "#mailbox/problem";
import type { Log } from "#observe/log";
import type { SealingKeys } from "./admission/sealing-keys.ts";
import { allTransfers } from "./check.ts";
import type { Ledger } from "./ledger.ts";
import type { Migration, Transfer } from "./migration.ts";
import type { Outbound } from "./outbound.ts";

export interface EndingTools {
  readonly ledger: Pick<
    Ledger,
    "migration" | "endMigration" | "transfers" | "transfer" | "remoteRows" | "giveUp"
  >;
  readonly keys: SealingKeys;
  readonly outbound: Outbound;
  /** People known to the old server whose mail is still piped to it: without the migration they could not come over. */
  readonly cutOff: (domain: string) => Promise<readonly string[]>;
  readonly transfers: { close(domain: string): Promise<void>; open(domain: string): void };
  readonly admissions: { underWay(domain: string): number };
  /** Hashes what is only sealed: with the key it would be lost. */
  readonly hashes: { finish(domain: string): Promise<void> };
  readonly clock: Clock;
  readonly log: Log;
  /** Between two sweeps of a mailbox, milliseconds. */
  readonly sweepInterval: number;
}

/** A sweep counts for the end when it is not older than this, or than three intervals. Milliseconds. */
const fresh = 15 * 60_000;
const named = 20;

/**
 * Ends a migration: connections first, then the sealed passwords, then the key that opens them. No password here is
 * only sealed by then.
 * @param giveUp addresses that are given up by name: their remaining old mail, or that they have not come at all
 */
export async function endMigration(
  tools: EndingTools,
  domain: string,
  giveUp: readonly string[],
): Promise<Outcome<void>> {
  const { ledger, keys, transfers } = tools;
  const migration = await ledger.migration(domain);
  if (!migration) return failed("not-found", `${domain} is not migrating.`);
  const early = await refusal(tools, migration, giveUp);
  if (early) return early;
  await transfers.close(domain);
  try {
    // Once more, now that nothing moves: what was in flight has been written down.
    const refused = await refusal(tools, migration, giveUp);
    if (refused) return refused;
    await giveUpRemote(tools, domain, giveUp);
    // Giving up takes its time, and people may come until the end: nobody's mail ends with the migration unseen.
    const late = await refusal(tools, migration, giveUp);
    if (late) return late;
    await tools.hashes.finish(domain);
    const ended = await ledger.endMigration(domain);
    if (ended.ok) {
      await keys.destroy(migration.sealingKey);
      tools.log.info({ domain, givenUp: giveUp }, "the migration has ended; its old passwords are destroyed");
    }
    return ended;
  } finally {
    transfers.open(domain);
  }
}

async function refusal(
  tools: EndingTools,
  { domain }: Migration,
  giveUp: readonly string[],
): Promise<ReturnType<typeof failed> | null> {
  // Asked first: whoever is not under way any more is among the transfers, which are read after it.
  const underWay = tools.admissions.underWay(domain);
  const given = new Set(giveUp);
  const all = await allTransfers(tools.ledger, domain);
  const cutOff = await tools.cutOff(domain);
  const stranger = giveUp.find(
    (address) => !cutOff.includes(address) && !all.some((transfer) => transfer.address === address),
  );
  if (stranger !== undefined) return failed("not-found", `${stranger} is not being moved.`);
  if (underWay > 0)
    return failed("in-use", "Somebody is logging in for the first time: try again in a minute.");
  const waiting = await tools.outbound.waitingOf(domain);
  if (waiting > 0) {
    return failed(
      "in-use",
      `Mail for ${waiting} recipients of ${domain} waits in the queue to go to the old server.`,
    );
  }
  const left = all.filter(({ address }) => !given.has(address)).flatMap((one) => whyNot(tools, one) ?? []);
  if (left.length > 0) {
    const trouble = `Not everything is here: ${firstOf(left, "; ")}`;
    const advice = "Check mailboxes once more, or give people up by name.";
    return failed("in-use", `${trouble}. ${advice}`);
  }
  const away = cutOff.filter((address) => !given.has(address));
  if (away.length === 0) return null;
  const trouble = `Mail is still piped to the old server for people who have not come here yet: ${firstOf(away, ", ")}`;
  return failed("in-use", `${trouble}. Wait for them, or give them up by name.`);
}

/** The first of a list that may be long. */
function firstOf(rows: readonly string[], separator: string): string {
  const more = rows.length > named ? ` and ${rows.length - named} more` : "";
  return `${rows.slice(0, named).join(separator)}${more}`;
}

/** Why a transfer is not over; null when it is. */
function whyNot({ clock, sweepInterval }: EndingTools, transfer: Transfer): string | null {
  const { address, state, reason, messages, messagesHere, lastSweep } = transfer;
  if (state === "settled") return null;
  if (state === "returned") return `${address} went back to the old server`;
  if (messagesHere < messages) {
    const why = reason === null ? "" : ` (${reason})`;
    return `${address} has ${messages - messagesHere} messages on the old server${why}`;
  }
  if (state !== "following") return `${address} is ${state}${reason === null ? "" : ` (${reason})`}`;
  if (transfer.lacksPassword) return `${address} was brought here and has no password yet`;
  const oldest = clock.now() - Math.max(fresh, 3 * sweepInterval);
  return lastSweep === null || lastSweep < oldest ? `${address} has not been checked lately` : null;
}

/** Whose mail is given up has no entry left that can never be read. */
async function giveUpRemote(tools: EndingTools, domain: string, giveUp: readonly string[]): Promise<void> {
  for (const transfer of await allTransfers(tools.ledger, domain)) {
    if (!giveUp.includes(transfer.address)) continue;
    for (const row of await tools.ledger.remoteRows(transfer.mailbox)) {
      await tools.ledger.giveUp(row.id, "It was given up by the administrator when the migration ended.");
    }
  }
}
