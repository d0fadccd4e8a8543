import type { ContentId, MailboxId } from "#mailbox/ids";
import type { Outcome } from "#mailbox/problem";
import type { TransferTools } from "../transfer/transfer-tools.ts";
import type { ReturnStore } from "./return-store.ts";

/** What a way back needs of the rest of the house, beside what transfers need. */
export interface ReturnTools extends TransferTools {
  readonly store: ReturnStore;
  /** Octets of a content that is here; null when it is gone. */
  readonly read: (content: ContentId) => Promise<AsyncIterable<Uint8Array> | null>;
  /** The mailbox of an address, admitted or not; null when there is none. */
  readonly mailbox: (
    address: string,
  ) => Promise<{ readonly id: MailboxId; readonly admitted: boolean } | null>;
  /**
   * Where mail for an address goes while nobody of that name is here: a remote domain, and the recipient as the pipe
   * has it. A problem where it does not go to the old server, or could not reach it.
   */
  readonly wayOut: (address: string) => Promise<Outcome<WayOut>>;
  /** Whether a cutover of the domain is running, or being undone. */
  readonly isCuttingOver: (domain: string) => Promise<boolean>;
  /** No session of the mailbox goes on. */
  readonly endSessions: (mailbox: MailboxId) => void;
  /** Ends the work of its transfer. */
  readonly leave: (mailbox: MailboxId) => Promise<void>;
  /** The queue has something to send. */
  readonly wakeQueue: () => void;
  readonly times: ReturnTimes;
}

export interface WayOut {
  readonly route: string;
  readonly recipient: string;
}

/** Milliseconds, and a count. */
export interface ReturnTimes {
  /** Between two looks at what is still queued. */
  readonly look: number;
  /** The same while nothing gets on: something is held, or the old server does not answer. */
  readonly patience: number;
  /** The old server puts what it took into its maildrop; then it is looked for, ever less often. */
  readonly settling: number;
  readonly longestPause: number;
  /** So often it is looked for in vain. */
  readonly looks: number;
  /** Messages that wait in the queue for one mailbox at once. */
  readonly queued: number;
}

const seconds = 1000;

/** About a quarter of an hour in all. */
export const usualReturnTimes: ReturnTimes = {
  look: 1 * seconds,
  patience: 10 * seconds,
  settling: 2 * seconds,
  longestPause: 120 * seconds,
  looks: 14,
  queued: 500,
};
