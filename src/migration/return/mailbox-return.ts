/** One person's way back to the old server, as plain data. */
import type { ContentId, MailboxId } from "#mailbox/ids";
import type { ListedThere } from "./listed-there.ts";

/**
 * sending: what came here since the move is on its way to the old server. proving: all of it was accepted there, and
 * is looked for in the old maildrop. proved: all of it is there. unproved: it was looked for as long as it is worth
 * it, or cannot be looked for, for the reason that stands beside it; asking again looks again.
 */
export type ReturnPhase = "sending" | "proving" | "proved" | "unproved";

/** It lies in the store from the commit on that gives the mailbox back, until its owner comes over again. */
export interface MailboxReturn {
  readonly mailbox: MailboxId;
  readonly address: string;
  readonly domain: string;
  /** Where its mail goes: the remote domain of the pipe, and the recipient as the pipe has it. */
  readonly route: string;
  readonly recipient: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Also what lies in Sent, Drafts, Trash and Junk is sent. */
  readonly allFolders: boolean;
  readonly phase: ReturnPhase;
  /** Why it does not go on, or could not be proved, for people; null when nothing is wrong. */
  readonly reason: string | null;
  /** When everything had been accepted by the old server, and when it was looked for last; epoch milliseconds. */
  readonly sentAt: number | null;
  readonly lookedAt: number | null;
  /** How often it was looked for since everything was accepted. */
  readonly looks: number;
  /** What the old maildrop showed of the mail that came from it; null until it was listed for this way back. */
  readonly listedThere?: ListedThere | null;
  /** When it goes on by itself, epoch milliseconds. */
  readonly nextTry: number;
  /** The next login, on the old server's word, brings the person over again. */
  readonly mayCome: boolean;
}

/** A content of the mailbox, as a return sees it. */
export interface KeptHere {
  readonly content: ContentId;
  /** Octets; null while they are on the old server only. */
  readonly size: number | null;
  readonly messageId: string | null;
  /** `old-server`: it came from there. `here`: it never was there. */
  readonly origin: "here" | "old-server";
  /** Since when the old server does not list it (any more), epoch milliseconds; null while it does, or never had it. */
  readonly goneSince: number | null;
  readonly entries: readonly KeptEntry[];
  /** What became of it on an earlier way back; null when it was never sent. */
  readonly sent: SentState | null;
}

export interface KeptEntry {
  readonly folder: string;
  readonly specialUse: string | null;
  /** `\Deleted`. */
  readonly isDeleted: boolean;
  readonly internalDate: number | null;
}

/** `came-back`: it was still queued when its owner came over again, and is here. `dropped`: by an administrator. */
export type SentState = "queued" | "accepted" | "came-back" | "dropped";

/** A message that was given to the queue for the old server. */
export interface SentMessage {
  readonly content: ContentId;
  /** Queue-recipient id. */
  readonly recipient: string;
  readonly state: SentState;
  readonly octets: number;
  readonly messageId: string | null;
  /** Of what lies below its trace fields (mail/below-trace). */
  readonly sha256: string;
  /** How it was seen in the old maildrop; null: not seen (yet). */
  readonly found: Found | null;
  /** What it is called there (identity/listing: nameOf); null where it was not seen, or has no unique-id. */
  readonly seenAs: string | null;
  /** Of one that is queued: whether it is held back, and what the other side said last. */
  readonly held: boolean;
  readonly lastReply: string | null;
}

/** `same`: octet for octet below the trace. `changed`: with our mark, and other octets. */
export type Found = "same" | "changed";
