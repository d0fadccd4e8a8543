/**
 * The port to transfers and their ledger: one row per message ever seen on the old server. Every method
 * is one transaction; content and ledger row commit together.
 */
import type { MessageHeading } from "#mail/message-heading";
import type { StagedContent } from "#mailbox/content";
import type { ContentId, MailboxId } from "#mailbox/ids";
import type { Outcome } from "#mailbox/problem";
import type { MaildropNotes } from "./identity/maildrop-notes.ts";
import type { MigrationLimits } from "./limits/migration-limits.ts";
import type { Migration, Transfer, TransferState } from "./migration.ts";
import type { OldServerFacts } from "./proof/certificate.ts";

/** What became of a message of the old server. */
export type LedgerState =
  /** Listed here; its content is still only on the old server. */
  | "remote"
  /** Its content is (or was, until the person deleted it) here. */
  | "copied"
  /** Not taken, for the reason in the row: seen by mark to be here already, internal data, gone before it was copied … */
  | "skipped";

/** Identity on the old server: unique-id, listed size, and which of several with that unique-id, in its order. */
export interface OldIdentity {
  /** "" where the server gave none. */
  readonly uidl: string;
  /** As listed, in octets; 0 where the server said nothing. */
  readonly size: number;
  /** Unique among all rows of a mailbox with this unique-id. */
  readonly occurrence: number;
}

export interface LedgerRow extends OldIdentity {
  readonly id: number;
  readonly state: LedgerState;
  readonly content: ContentId | null;
  /** SHA-256 of the content, hex; null until copied. */
  readonly sha256: string | null;
  /** The same without what mail stores write into messages (mail/settled-hash); null where there is no such thing. */
  readonly settledSha256: string | null;
  readonly reason: string | null;
  /** Consecutive failures to fetch it, and when it may be tried again. */
  readonly failures: number;
  readonly nextTry: number;
  /** When it was first missing from a listing; null while it is listed. */
  readonly missingSince: number | null;
  /** True while any message entry refers to its content: only then is it fetched. */
  readonly isWanted: boolean;
}

/** A new row and the INBOX entry that shows it; `uidl` of the entry is the old one where it is usable. */
export interface NewListed extends OldIdentity {
  readonly entryUidl: string;
}

/** Everything that makes a person admitted, in one commit. */
export interface Admission {
  readonly address: string;
  readonly domain: string;
  /**
   * The password here from now on, sealed like the old one until it is hashed (admission/late-hashes). Null where an
   * administrator's login there brings it: nobody can log in with that here.
   */
  readonly unhashedPassword: Uint8Array | null;
  readonly sealedPassword: Uint8Array;
  readonly loginName: string;
  /** In the old order; read once, because it may be very long. */
  readonly listing: Iterable<NewListed>;
  readonly stat: string;
  /** Whether all of the listing is \Seen. */
  readonly allSeen?: boolean;
  /** What the old server said of itself. */
  readonly met?: OldServerFacts | null;
  /** The migration message, which comes after all old ones. */
  readonly welcome: StagedContent;
  readonly welcomeDate: number;
  readonly now: number;
  /** Whose login it was, for the audit record. */
  readonly by?: AdmittedBy;
}

/** Who let somebody in, and from where. */
export interface AdmittedBy {
  /** "person", or who brought the mailbox without them. */
  readonly actor: string;
  readonly remote: string | null;
  /** pop3, imap, submission, web. */
  readonly protocol: string | null;
}

/** Octets of one fetched message. Small ones come as they are and are digested where they are committed. */
export type FetchedContent = Uint8Array | StagedContent;

/** A message whose remote content has arrived. */
export interface Arrived {
  readonly row: number;
  readonly content: FetchedContent;
  /**
   * Queue-recipient ids of our own marks in its header. When one of them is in the mailbox already (delivered
   * by the queue, or piped to the old server twice after an unanswered attempt), it would be here twice: this
   * entry is expunged and the row skipped. Otherwise they are remembered, as in `adopt`.
   */
  readonly marks: readonly string[];
  /** It becomes \Seen, unless somebody has changed its flags here or moved it. */
  readonly wasRead?: boolean;
}

/** A known message that the old server shows under another identity from now on. */
export interface Reidentified extends OldIdentity {
  readonly row: number;
}

/** A message that a sweep found and fetched: entry, content and row appear together. */
export interface Swept extends OldIdentity {
  readonly entryUidl: string;
  readonly content: FetchedContent;
  /** Queue-recipient ids of our own marks in its header: when one was delivered here, nothing is stored. */
  readonly marks: readonly string[];
}

export interface Ledger {
  migration(domain: string): Promise<Migration | null>;
  migrations(): Promise<readonly Migration[]>;
  /**
   * Starts or changes a domain's migration. One that begins (again) finds transfers of an earlier one settled:
   * they need the old passwords once more, which the next logins bring.
   */
  setMigration(migration: Migration): Promise<Outcome<void>>;
  /** Changes the limits of a migration that is on, and nothing else; `not-found` when it is not on. */
  limitMigration(domain: string, limits: MigrationLimits): Promise<Outcome<void>>;
  /**
   * Ends it: the sealed passwords go, transfers become settled, and mailboxes that were only prepared are
   * admitted, because every mailbox is in a domain that does not migrate. `in-use` while somebody's password is not
   * hashed: nobody's may go.
   */
  endMigration(domain: string): Promise<Outcome<void>>;

  /**
   * The transfer starts as `copying`, due at `now`. `exists` when the mailbox has been admitted meanwhile,
   * `not-permitted` when the migration has ended, `invalid` when two of the listing have one identity:
   * then nothing is changed.
   */
  admit(admission: Admission): Promise<Outcome<Transfer>>;

  transfer(mailbox: MailboxId): Promise<Transfer | null>;
  /** In address order, after an address (exclusive, "" for the start). */
  transfers(domain: string, after: string, limit: number): Promise<readonly Transfer[]>;
  /** Due for copying or sweeping at `now`, longest due first: neither paused nor settled. */
  dueTransfers(now: number, limit: number): Promise<readonly Transfer[]>;
  sealedPassword(
    mailbox: MailboxId,
  ): Promise<{ readonly sealed: Uint8Array; readonly loginName: string } | null>;
  setSealedPassword(mailbox: MailboxId, sealed: Uint8Array, loginName: string): Promise<void>;
  setTransfer(
    mailbox: MailboxId,
    change: {
      readonly state: TransferState;
      readonly reason: string | null;
      readonly nextTry: number;
      readonly failures: number;
      readonly lastSweep?: number;
      readonly lastStat?: string;
      readonly isToldApart?: true;
      readonly met?: OldServerFacts;
      readonly notes?: MaildropNotes;
    },
  ): Promise<void>;

  /** Rows in state `remote` that are wanted, newest first. */
  remoteRows(mailbox: MailboxId): Promise<readonly LedgerRow[]>;
  rowOfContent(content: ContentId): Promise<LedgerRow | null>;
  /** All rows in id order, for a sweep to compare a listing with. Ids ascend in the order of the listing. */
  rows(mailbox: MailboxId): Promise<readonly LedgerRow[]>;
  /** The same piece by piece, for a ledger so long that it should not be in memory as a whole. */
  pieces(mailbox: MailboxId): AsyncIterable<readonly LedgerRow[]>;
  /** `remoteRows` piece by piece. */
  remotePieces(mailbox: MailboxId): AsyncIterable<readonly LedgerRow[]>;
  /**
   * Remote contents arrive; rows that are not remote any more are passed over.
   * @param isWaitedFor somebody waits for one of them: they go ahead of all other copying
   */
  arrive(mailbox: MailboxId, arrived: readonly Arrived[], now: number, isWaitedFor?: boolean): Promise<void>;
  /**
   * Messages that a sweep brought; returns how many were stored and how many were here already: by their mark, or
   * because the very same one, Message-ID and everything below the trace fields, came by mail within seven days.
   */
  adopt(
    mailbox: MailboxId,
    swept: readonly Swept[],
    now: number,
  ): Promise<{ readonly stored: number; readonly alreadyHere: number }>;
  /**
   * A row could not be fetched: try again at `nextTry`.
   * @param heading what is known of the message all the same, for whoever asks what is missing
   */
  fetchFailed(row: number, reason: string, nextTry: number, heading?: MessageHeading | null): Promise<void>;
  /** What a message says of itself whose content is not here. */
  describe(row: number, heading: MessageHeading): Promise<void>;
  /**
   * Rows that failed may be tried again at once.
   * @param uidl only those with this unique-id; null: all of the mailbox
   * @returns how many wait for content now
   */
  retryRows(mailbox: MailboxId, uidl: string | null): Promise<number>;
  /** The old server changed unique-ids or sizes: these rows, in any state, go by these identities now. */
  reidentify(mailbox: MailboxId, known: readonly Reidentified[]): Promise<void>;
  /** Rows, in any state, missing from a listing (keeps the first time), or seen again in one (null). */
  missing(rows: readonly number[], since: number | null): Promise<void>;
  /** A message that is listed and was never taken, for the reason: it has a row, skipped from the beginning, and no entry. */
  leaveOut(
    mailbox: MailboxId,
    listed: OldIdentity,
    reason: string,
    heading?: MessageHeading | null,
  ): Promise<void>;
  /** Gone for good before it was copied: the entry is expunged and the row skipped, with the reason. */
  giveUp(row: number, reason: string, heading?: MessageHeading | null): Promise<void>;
}
