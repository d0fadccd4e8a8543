/** How far a domain's move is: every mailbox, and who has not come yet. */
import type { MailboxId } from "#mailbox/ids";
import { allTransfers } from "./check.ts";
import type { Ledger } from "./ledger.ts";
import { zoneName } from "./limits/copy-hours.ts";
import type { LimitsInForce } from "./limits/limits-in-force.ts";
import type { Migration, Transfer } from "./migration.ts";
import type { NameLeads } from "./name-leads.ts";
import type { OldServerAddress } from "./old-server/old-server.ts";
import type { StillToCome } from "./people/people.ts";

export interface TransferStatus extends Transfer {
  /** Octets a second over the last minute; null when nothing is being copied. */
  readonly rate: number | null;
  /** Since when nothing comes although something is left (ten minutes at least); null when it moves. */
  readonly stalledSince: number | null;
  /** Messages on the old server that were not taken, each with its reason in the ledger. */
  readonly skipped: number;
}

/** Trouble of an old server that several people met (migration/old-server/circuit-breaker). */
export interface OldServerTroubleSeen {
  /** Epoch milliseconds. */
  readonly since: number;
  readonly reason: string;
}

/** What a move may take of its old server now. */
export interface LimitsStatus {
  /** Octets a second of copying, of all moves from this old server together; null: no limit. */
  readonly bandwidth: number | null;
  /** Connections at once, of all moves from this old server together. */
  readonly connections: number;
  /** When old mail is copied, and the time zone that counts; null: always. */
  readonly copyHours: string | null;
  readonly timeZone: string;
  /** When old mail may be copied again, epoch milliseconds; null: now. */
  readonly opensAt: number | null;
}

/** A domain's move without the people in it: what is the same however many they are. */
export interface MoveStatus {
  readonly domain: string;
  /** Null when the domain does not migrate (any more). */
  readonly migration: Migration | null;
  readonly limits: LimitsStatus | null;
  /** Since when its old server is in trouble, and which; null when it is not. */
  readonly trouble: OldServerTroubleSeen | null;
  /** Where the names of the move lead, seen from here; null when the domain does not migrate. */
  readonly names: NameLeads | null;
  /** What else an administrator should know, for people. */
  readonly notes: readonly string[];
}

export interface MigrationStatus extends MoveStatus {
  readonly transfers: readonly TransferStatus[];
  readonly missing: readonly StillToCome[];
}

interface MoveTools {
  readonly ledger: Pick<Ledger, "migration">;
  readonly notes: (domain: string) => readonly string[];
  readonly trouble: (server: OldServerAddress) => OldServerTroubleSeen | null;
  readonly inForce: Pick<LimitsInForce, "at" | "outOfHours">;
  readonly names: (domain: string, oldServer: OldServerAddress) => Promise<NameLeads>;
}

interface StatusTools extends MoveTools {
  readonly ledger: Pick<Ledger, "migration" | "transfers">;
  readonly transfers: {
    rate(mailbox: MailboxId): number | null;
    stalledSince(transfer: Transfer): number | null;
    skipped(mailbox: MailboxId): Promise<number>;
  };
  readonly missing: (domain: string) => Promise<readonly StillToCome[]>;
}

/** Asks the ledger, and what the rooms around it have seen. */
export async function moveStatus(
  { ledger, notes, trouble, names, inForce }: MoveTools,
  domain: string,
): Promise<MoveStatus> {
  const migration = await ledger.migration(domain);
  return {
    domain,
    migration,
    limits: migration && {
      ...inForce.at(migration.oldServer),
      copyHours: migration.limits?.copyHours ?? null,
      timeZone: zoneName(),
      opensAt: inForce.outOfHours(domain)?.until ?? null,
    },
    trouble: migration && trouble(migration.oldServer),
    names: migration && (await names(domain, migration.oldServer)),
    notes: notes(domain),
  };
}

/** Everything, with each mailbox: asks the ledger, and the workers for what only they know. */
export async function migrationStatus(tools: StatusTools, domain: string): Promise<MigrationStatus> {
  const { ledger, transfers, missing } = tools;
  const move = moveStatus(tools, domain);
  const statuses: TransferStatus[] = [];
  for (const transfer of await allTransfers(ledger, domain)) {
    const { mailbox } = transfer;
    statuses.push({
      ...transfer,
      rate: transfers.rate(mailbox),
      stalledSince: transfers.stalledSince(transfer),
      skipped: await transfers.skipped(mailbox),
    });
  }
  return { ...(await move), transfers: statuses, missing: await missing(domain) };
}

/**
 * Whether a mailbox has everything that its old server had at a time: nothing of it is remote, and a sweep that
 * began after that time found everything taken.
 * @param since epoch milliseconds
 */
export async function isCaughtUp(
  ledger: Pick<Ledger, "transfer">,
  mailbox: MailboxId,
  since: number,
): Promise<boolean> {
  const transfer = await ledger.transfer(mailbox);
  if (!transfer || transfer.state === "settled") return true;
  const { messages, messagesHere, lastSweep } = transfer;
  return messagesHere >= messages && lastSweep !== null && lastSweep >= since;
}
