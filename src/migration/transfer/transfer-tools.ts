import type { Clock } from "#jobs/clock";
import type { ContentStage } from "#mailbox/content";
import type { Log } from "#observe/log";
import type { SealingKeys } from "../admission/sealing-keys.ts";
import type { SameMaildrops } from "../identity/same-maildrop.ts";
import type { Ledger } from "../ledger.ts";
import type { LimitsInForce } from "../limits/limits-in-force.ts";
import type { ConnectionBudgets } from "../old-server/connections.ts";
import type { OldServer } from "../old-server/old-server.ts";
import type { FirstReadings } from "./first-readings.ts";
import type { HeaderLooks } from "./header-looks.ts";

/** What moving one mailbox needs of the rest of the house. */
export interface TransferTools {
  readonly ledger: Ledger;
  readonly oldServer: OldServer;
  readonly budgets: ConnectionBudgets;
  readonly inForce: LimitsInForce;
  readonly keys: SealingKeys;
  readonly stage: ContentStage;
  readonly sameMaildrops: SameMaildrops;
  readonly readings: FirstReadings;
  readonly headerLooks: HeaderLooks;
  readonly clock: Clock;
  /** A number in [0, 1), for spreading delays. */
  readonly random: () => number;
  /** A unique-id of our own, never to be met again. */
  readonly newUidl: () => string;
  /** Queue-recipient ids of our own authentic marks in a message that begins with these octets. */
  readonly marksOf: (header: Uint8Array) => readonly string[];
  /**
   * Why copying has to wait because room is scarce, for people; null where there is enough. What is left is for
   * new mail and for what somebody reads.
   */
  readonly shortage: () => string | null;
  readonly log: Log;
  /** Told how each visit of an old maildrop ended. */
  readonly visited?: (end: "complete" | "yielded" | "broken") => void;
  readonly limits: TransferLimits;
}

/** Milliseconds, octets and counts. */
export interface TransferLimits {
  /** Connections to one old server at once. */
  readonly connections: number;
  /** How often the ledger is asked who is due. */
  readonly look: number;
  /** Between two sweeps of a mailbox. */
  readonly sweepInterval: number;
  /** A whole listing is taken at least so often, even when STAT has not changed. */
  readonly listingInterval: number;
  /** How long a copier may go on while other mailboxes wait for their turn. */
  readonly slice: number;
  /** How long one session may last: the old maildrop may be locked as long, and shows nothing new. */
  readonly longestVisit: number;
  /** How long an idle session is kept for the next message that somebody reads. */
  readonly linger: number;
  /** A session that gives nothing for so long while somebody waits is given up. */
  readonly stall: number;
  /** How long somebody who reads a remote message waits for it. */
  readonly readThrough: number;
  /** A listed message that is gone must be missing from listings so far apart to be given up. */
  readonly goneFor: number;
  /** A message up to this size is kept in memory on its way, a larger one is staged: the store's own limit. */
  readonly smallMessage: number;
  /** Above this size a message comes after all others. */
  readonly bigMessage: number;
  /** Octets on their way into the store, beyond which the copier waits. */
  readonly inFlight: number;
  /** A commit takes at most so many messages, or so many octets. */
  readonly commitMessages: number;
  readonly commitOctets: number;
  /** Rows of a mailbox's ledger that a session keeps in memory as they are; a longer one is read piece by piece. */
  readonly ledgerInMemory: number;
}

const seconds = 1000;
const minutes = 60 * seconds;

/** What holds unless the configuration says otherwise. */
export const usualLimits: TransferLimits = {
  connections: 10,
  look: 1 * seconds,
  sweepInterval: 5 * minutes,
  listingInterval: 60 * minutes,
  slice: 30 * seconds,
  longestVisit: 10 * minutes,
  linger: 10 * seconds,
  stall: 30 * seconds,
  readThrough: 45 * seconds,
  goneFor: 15 * minutes,
  smallMessage: 32 * 1024,
  bigMessage: 1024 * 1024,
  inFlight: 8 * 1024 * 1024,
  commitMessages: 256,
  commitOctets: 1024 * 1024,
  ledgerInMemory: 10_000,
};
