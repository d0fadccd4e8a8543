/** What the queue needs from the rest of the house to run by itself. */
import type { Domain } from "#directory/domain";
import type { Clock } from "#jobs/clock";
import type { ContentStage } from "#mailbox/content";
import type { MailboxId } from "#mailbox/ids";
import type { Log } from "#observe/log";
import type { Metrics } from "#observe/metrics";
import type { Destination } from "#routing/destination";
import type { KnownRecipients } from "#routing/known-recipients";
import type { Courier } from "./courier.ts";
import type { QueueStore } from "./queue-store.ts";

/** The server behind a pipe refuses us, and mail is held back because of it. */
export interface PolicyAlarm {
  readonly route: string;
  readonly recipient: string;
  readonly reply: string;
}

export interface QueueServices {
  readonly store: QueueStore;
  readonly courier: Courier;
  /** For the reports that go out. */
  readonly stage: ContentStage;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Short random ids of letters, digits, "-" and "_". */
  readonly newId: () => string;
  readonly log: Log;
  readonly metrics?: Metrics;
  readonly hostname: string;
  /** The key of the loop marks (`#mail/loop-mark`). */
  readonly markKey: Uint8Array;
  /** How long a report is tried, in milliseconds. */
  readonly giveUpAfter: number;
  /** The domain of that name, to find the hosts of remote ones. */
  readonly domain: (name: string) => Promise<Domain | null>;
  /** The admitted mailbox that a piped recipient has here by now; null: the pipe stays (see `reroute.ts`). */
  readonly reroute: (address: string) => Promise<MailboxId | null>;
  /**
   * Whether a mailbox has everything that its old server had at a time (epoch milliseconds): its transfer has
   * nothing remote left and a sweep has ended that began after it.
   */
  readonly isCaughtUp: (mailbox: MailboxId, since: number) => Promise<boolean>;
  /** Where a report for this address goes; empty: nowhere. */
  readonly routeReport: (address: string) => Promise<readonly Destination[]>;
  /** Something was, or may have been, delivered behind a pipe: for the migration to sweep. */
  readonly piped: (route: string, recipient: string) => void;
  readonly knownRecipients: Pick<KnownRecipients, "accepted">;
  readonly alarm: (alarm: PolicyAlarm) => void;
}
