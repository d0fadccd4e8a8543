/** The port to what is kept of people who went back. Every method is one transaction, durable when it resolves. */
import type { ContentId, MailboxId } from "#mailbox/ids";
import type { Outcome } from "#mailbox/problem";
import type { Found, KeptHere, MailboxReturn, SentMessage } from "./mailbox-return.ts";

/** A message that was sent, seen in the old maildrop. */
export interface Seen {
  readonly content: ContentId;
  readonly how: Found;
  /** See `SentMessage`. */
  readonly seenAs: string | null;
}

/** A content of a mailbox on its way to the queue. */
export interface ToSend {
  readonly content: ContentId;
  /** Octets at its start that are not sent (Return-Path and its like). */
  readonly skipped: number;
  readonly size: number;
  readonly isEightBit: boolean;
  readonly messageId: string | null;
  /** See `SentMessage`. */
  readonly sha256: string;
}

export interface ReturnStore {
  /**
   * The mailbox is not admitted from this commit on, its transfer is `returned`, and nothing but its own sessions
   * puts anything into it. Done again it changes how the return is done. `not-permitted` when it is not admitted and
   * has not gone back, or has no transfer.
   */
  begin(way: MailboxReturn): Promise<Outcome<void>>;
  /** Of an address; null when its owner is here, or never was. */
  of(address: string): Promise<MailboxReturn | null>;
  /** Of a domain, in address order. */
  all(domain: string): Promise<readonly MailboxReturn[]>;
  /** Those that are sending or proving. */
  unfinished(): Promise<readonly MailboxReturn[]>;
  /** Keeps how far it is, and the words beside its transfer; nothing when its owner has come over again. */
  progress(way: MailboxReturn, words: string): Promise<void>;
  /**
   * Its owner may come over again: the next admission does it. Where no migration is on any more the mailbox is
   * admitted at once. `not-found` when there is nothing to be undone.
   * @returns whether the mailbox is admitted now
   */
  permit(mailbox: MailboxId): Promise<Outcome<boolean>>;

  /** In the order of arrival, after a content (exclusive, 0 for the start); of all that is in the mailbox. */
  contents(mailbox: MailboxId, after: number, limit: number): Promise<readonly KeptHere[]>;
  /** Messages that the old server has and that were deleted here. */
  deletedHere(mailbox: MailboxId): Promise<number>;
  /**
   * Queues a content for the old server, unless it is queued or was accepted there; its mark is known in the mailbox
   * from then on, so that it is never stored here a second time. `not-found` when it is gone, or its owner is here.
   * @returns whether it was queued by this call
   */
  send(way: MailboxReturn, message: ToSend, now: number): Promise<Outcome<boolean>>;
  /** Everything that was ever sent after somebody, in the order of arrival. */
  sent(mailbox: MailboxId): Promise<readonly SentMessage[]>;
  /** These were seen in the old maildrop. */
  found(seen: readonly Seen[]): Promise<void>;
}
