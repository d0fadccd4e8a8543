import type { RemoteDomain, UnknownUsers } from "#directory/domain";
import type { Clock } from "#jobs/clock";
import type { Outcome } from "#mailbox/problem";
import type { Log } from "#observe/log";
import type { SealingKeys } from "../admission/sealing-keys.ts";
import type { MailboxFindings } from "../check.ts";
import type { Ledger } from "../ledger.ts";
import type { Outbound } from "../outbound.ts";
import type { CutoverStore } from "./cutover.ts";

/** Whether everything arrived: a fresh listing of every old maildrop, held against what is here. */
export interface Proof {
  /**
   * Compares and issues the domain's certificate; `blockers` names what is not accounted for, and is empty when
   * every sum closes.
   * @param giveUp addresses that are given up by name
   */
  certify(
    domain: string,
    giveUp: readonly string[],
    signal: AbortSignal,
  ): Promise<Outcome<{ readonly certificate: string; readonly blockers: readonly string[] }>>;
}

/** Domains, as a cutover changes them. */
export interface CutoverDomains {
  /** Null when it is not a local domain here. */
  unknownUsers(domain: string): Promise<UnknownUsers | null>;
  /** Refused, with names, while people would be cut off who are not given up (directory/administration). */
  setUnknownUsers(domain: string, rule: UnknownUsers, giveUp: readonly string[]): Promise<Outcome<void>>;
  deliverOf(route: string): Promise<RemoteDomain["deliver"] | null>;
  setDeliver(route: string, deliver: RemoteDomain["deliver"]): Promise<Outcome<void>>;
  /** Local domains whose unknown users are piped through this remote domain. */
  pipedThrough(route: string): Promise<readonly string[]>;
}

/** People of a domain who have no home here yet. */
export interface CutoverPeople {
  /** Whom the old server has accepted mail for. */
  missing(domain: string): Promise<readonly { readonly address: string; readonly messages: number }[]>;
  /** Whose mailbox is only prepared. */
  prepared(domain: string): Promise<readonly string[]>;
}

/** What a cutover needs of the rest of the house. */
export interface CutoverTools {
  readonly store: CutoverStore;
  readonly ledger: Pick<Ledger, "migration" | "setMigration" | "transfers">;
  readonly keys: SealingKeys;
  readonly domains: CutoverDomains;
  readonly people: CutoverPeople;
  readonly outbound: Outbound;
  readonly proof: Proof;
  /** Sweeps every mailbox of the domain. */
  readonly check: (domain: string) => Promise<readonly MailboxFindings[]>;
  /** Ends the migration (migration/ending). */
  readonly end: (domain: string, giveUp: readonly string[]) => Promise<Outcome<void>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: CutoverLimits;
}

/** Milliseconds. */
export interface CutoverLimits {
  /** How long the old server has to put what it accepted last into its maildrops. */
  readonly quiet: number;
  /** Between two looks at what a step waits for. */
  readonly look: number;
  /** A step that waits for longer is refused: mail for unknown users cannot be deferred for ever. */
  readonly patience: number;
}

const minutes = 60_000;

/** What holds unless the configuration says otherwise. */
export const usualCutoverLimits: CutoverLimits = {
  quiet: 5 * minutes,
  look: 1000,
  patience: 60 * minutes,
};
