/**
 * The port through which accepted mail is kept until it has left, or has been put into a mailbox here.
 * Every method is one transaction. A recipient is in the queue, delivered or reported, never between.
 */
import type { EnvelopeRecipient } from "#mail/envelope";
import type { StagedContent } from "#mailbox/content";
import type { MailboxId } from "#mailbox/ids";
import type { Outcome } from "#mailbox/problem";

/** How a queued recipient leaves. `to` names a remote domain (pipe) or the recipient's own domain (relay). */
export interface Via {
  readonly kind: "pipe" | "relay";
  readonly to: string;
}

/** What is known of a queued message beside its recipients. */
export interface QueuedMessage {
  /** Short random id; it stands in our Received header and in the log. */
  readonly id: string;
  /** "" is the null reverse-path. */
  readonly reversePath: string;
  readonly body: "7BIT" | "8BITMIME";
  readonly smtpUtf8: boolean;
  readonly envelopeId: string | null;
  readonly ret: "FULL" | "HDRS" | null;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** Octets of the content, our trace header included. */
  readonly size: number;
  /** Octets at the start of the content that are our own trace header: a relay sends what comes after. */
  readonly traceLength: number;
  /** For the Received header of a relay: who gave us the message. */
  readonly helo: string;
  readonly peerAddress: string;
  /** "ESMTPSA" and so on (RFC 3848). */
  readonly protocol: string;
  /** The mailbox that submitted it; null when it came from outside. */
  readonly authenticated: string | null;
  /** It is sent on behalf of nobody who could be told of a failure: instead of failing it is held, for an administrator. */
  readonly mustArrive?: boolean;
}

/** A recipient to be queued. */
export interface NewQueued extends EnvelopeRecipient {
  readonly via: Via;
  /** When to give up, epoch milliseconds. */
  readonly expires: number;
  /** Its first attempt is begun by the commit that queues it, as `QueueStore.begin` begins others. */
  readonly begins?: boolean;
}

/** A recipient to be delivered here. */
export interface LocalRecipient {
  readonly mailbox: MailboxId;
  readonly address: string;
}

/** Everything that a 250 promises, in one commit. */
export interface Intake {
  readonly message: QueuedMessage;
  readonly content: StagedContent;
  readonly local: readonly LocalRecipient[];
  readonly queued: readonly NewQueued[];
}

export interface QueuedRecipient {
  /** Unique among all recipients ever queued; the loop mark is made of it. */
  readonly id: string;
  readonly message: QueuedMessage;
  readonly address: string;
  readonly notify: EnvelopeRecipient["notify"];
  readonly originalRecipient: string | null;
  readonly via: Via;
  readonly attempts: number;
  readonly nextTry: number;
  readonly expires: number;
  readonly held: boolean;
  /** Last answer of the other side, or what went wrong, for `queue show`; null before the first attempt. */
  readonly lastReply: string | null;
  /** An attempt ended without an answer to the end of the data: the next hop may have the message. */
  readonly mayHaveArrived: boolean;
  /** Whether a DSN about the delay was sent. */
  readonly delayReported: boolean;
}

/** A report that goes out with the commit that causes it: a message of ours with the null reverse-path. */
export type Report = Intake;

/** What one attempt came to, for one recipient. */
export type AttemptResult =
  | { readonly kind: "delivered"; readonly recipient: string; readonly report: Report | null }
  | {
      readonly kind: "deferred";
      readonly recipient: string;
      readonly reply: string;
      readonly nextTry: number;
      readonly mayHaveArrived: boolean;
      /** A DSN about the delay, when one is due. */
      readonly report: Report | null;
      /** No further attempt is made until somebody asks for one. */
      readonly held?: boolean;
    }
  | { readonly kind: "failed"; readonly recipient: string; readonly report: Report | null };

/** Totals of the queue for one destination. */
export interface QueueTotals {
  readonly via: Via;
  readonly recipients: number;
  readonly oldest: number;
}

export interface QueueStore {
  /**
   * Commits a message for all its recipients. Durable when it resolves; throws StoreUnavailable.
   * @returns the queued recipients, in the order of `queued`, as `due` would give them
   */
  intake(intake: Intake): Promise<readonly QueuedRecipient[]>;

  /**
   * Recipients due at `now`, not held and not begun, oldest due first.
   * @param except destinations that have all the attempts they may have: without them a long queue for one
   * slow server would hide what waits for the others
   */
  due(now: number, limit: number, except?: readonly Via[]): Promise<readonly QueuedRecipient[]>;
  /** When the next one is due; null when nothing waits. */
  nextDue(): Promise<number | null>;
  /**
   * Marks attempts as begun, durably, before the first octet goes out; those gone, held or begun already are
   * left out.
   */
  begin(recipients: readonly string[]): Promise<readonly string[]>;
  /** Ends attempts that were begun. */
  finish(results: readonly AttemptResult[]): Promise<void>;
  /** Gives back attempts that were begun and never started a dialogue. */
  release(recipients: readonly string[], nextTry: number): Promise<void>;
  /**
   * Delivers a queued recipient into a mailbox here: entry made and queue row gone in one commit. When the
   * sweep has already brought this very message (its mark is known in the mailbox), nothing is added.
   */
  deliverHere(
    recipient: string,
    mailbox: MailboxId,
    now: number,
  ): Promise<Outcome<"delivered" | "already-here">>;
  /** At start: attempts that a crash cut off are due again, and may have arrived. */
  recover(now: number): Promise<number>;
  /** Makes everything queued through a destination due now (its server came back, a route changed). */
  hurry(via: Via, now: number): Promise<void>;

  recipient(id: string): Promise<QueuedRecipient | null>;
  /** In id order, after an id (exclusive, "" for the start). */
  list(after: string, limit: number): Promise<readonly QueuedRecipient[]>;
  totals(): Promise<readonly QueueTotals[]>;
  /** The octets of a queued message from octet `from` on; null when it is gone. */
  read(message: string, from: number): Promise<AsyncIterable<Uint8Array> | null>;
  /** Holds it back, or lets it go: then it is due now. An attempt under way goes on. */
  hold(recipient: string, held: boolean, now: number): Promise<Outcome<void>>;
  /** Makes it due now; a hold ends, because the attempt would not come otherwise. */
  retry(recipient: string, now: number): Promise<Outcome<void>>;
  drop(recipient: string): Promise<Outcome<void>>;
}
