/**
 * The port through which folders, messages, flags and content are kept. Reads see one committed state;
 * writes are durable when their promise resolves, and each is atomic: all of it or nothing.
 *
 * Numbers are handed out here and nowhere else: UIDs ascend in a folder, MODSEQs grow with every change,
 * unique-ids of our own are never used twice; those of an old server are kept as they were.
 */
import type { MessageFacts } from "#mail/facts";
import type { StagedContent } from "./content.ts";
import type { Folder, MessageEntry, SpecialUse } from "./folder.ts";
import type { ContentId, FolderId, MailboxId, MessageId, ModSeq, Uid } from "./ids.ts";
import type { Outcome } from "./problem.ts";

/** What a message gets beside its content when it is put into a folder. */
export interface Filing {
  readonly flags: readonly string[];
  /** Epoch milliseconds. */
  readonly internalDate: number;
}

/** Octets used and allowed; a limit of null is none. Remote content counts with the size listed for it. */
export interface Usage {
  readonly octets: number;
  readonly messages: number;
  readonly limit: number | null;
}

/** How flags are changed (RFC 3501 §6.4.6). */
export type FlagChange = { readonly how: "add" | "remove" | "replace"; readonly flags: readonly string[] };

/** What became of messages whose flags were to be changed. Those that are gone are not in it. */
export interface StoredFlags {
  /** What those that changed have got; null when none did. One above what the folder had reached before. */
  readonly modSeq: ModSeq | null;
  /** The messages by the flags they had; each with its MODSEQ before the change. */
  readonly alike: readonly {
    /** What they have now. */
    readonly flags: readonly string[];
    readonly isChanged: boolean;
    readonly messages: readonly (readonly [Uid, ModSeq])[];
  }[];
  /** Changed after `unchangedSince`. */
  readonly leftAlone: readonly Uid[];
}

/** What happened in a folder after a MODSEQ (RFC 7162). */
export interface FolderNews {
  readonly changed: readonly MessageEntry[];
  readonly expunged: readonly Uid[];
  readonly highestModSeq: ModSeq;
}

/** A folder with the UIDs of its messages, all seen at one moment: what a session's view of it begins with. */
export interface FolderSnapshot {
  readonly folder: Folder;
  /** Ascending. Others may have the same array: nobody changes it. */
  readonly uids: Uint32Array;
  /** The first message without `\Seen`; null when there is none. */
  readonly firstUnseen: Uid | null;
}

/** What a listing shows only where it is asked for, because it costs more. */
export interface ListedToo {
  readonly dates: boolean;
  readonly sizes: boolean;
  readonly envelopes: boolean;
}

/** What listings of a folder show of a message: everything once its content is here. */
export interface ListedMessage {
  readonly uid: Uid;
  readonly modSeq: ModSeq;
  readonly flags: readonly string[];
  /** Epoch milliseconds; null where it was not asked for, and while nothing final is known. */
  readonly internalDate: number | null;
  /** Null where it was not asked for, and while the content is remote. */
  readonly size: number | null;
  /** As IMAP writes it, octets as latin1; null where it was not asked for or must be taken from the facts. */
  readonly envelope: string | null;
}

/** A folder with what can be counted in it, all seen at one moment. */
export interface FolderCounts {
  readonly folder: Folder;
  /** Messages without `\Seen`. */
  readonly unseen: number;
  /** Messages with `\Deleted`. */
  readonly deleted: number;
}

/** Octets of the messages in a folder. */
export interface FolderOctets {
  readonly all: number;
  /** Of messages with `\Deleted`. */
  readonly deleted: number;
}

/** One UID where a copy went. */
export interface CopiedUid {
  readonly from: Uid;
  readonly to: Uid;
}

export interface MailStore {
  folders(mailbox: MailboxId): Promise<readonly Folder[]>;
  folder(id: FolderId): Promise<Folder | null>;
  inbox(mailbox: MailboxId): Promise<Folder | null>;
  /** @param name as `folderName` spells it */
  folderNamed(mailbox: MailboxId, name: string): Promise<Folder | null>;
  createFolder(mailbox: MailboxId, name: string, specialUse: SpecialUse | null): Promise<Outcome<Folder>>;
  /**
   * Renames a folder and everything below it; INBOX cannot be renamed through this. Who is subscribed to the old
   * name stays so, and is subscribed to the new one, too.
   */
  renameFolder(folder: FolderId, name: string): Promise<Outcome<void>>;
  /** Removes a folder with its messages. INBOX cannot go. Its name stays subscribed. */
  removeFolder(folder: FolderId): Promise<Outcome<void>>;
  /** The names that are subscribed, whether or not there are folders of these names (RFC 3501 §6.3.6). */
  subscriptions(mailbox: MailboxId): Promise<readonly string[]>;
  /** Subscribes to a folder that is there, or unsubscribes from any name. */
  subscribe(mailbox: MailboxId, name: string, subscribed: boolean): Promise<Outcome<void>>;

  /** Entries in UID order, from `after` (exclusive, 0 for the start), at most `limit`. */
  entries(folder: FolderId, after: Uid | 0, limit: number): Promise<readonly MessageEntry[]>;
  entry(id: MessageId): Promise<MessageEntry | null>;
  /** Entries by their UIDs, in UID order; those that are gone are left out. */
  entriesOf(folder: FolderId, uids: readonly Uid[]): Promise<readonly MessageEntry[]>;
  /** The messages whose UIDs are in a span, both ends included, in UID order. */
  listing(folder: FolderId, from: Uid, to: Uid, also: ListedToo): Promise<readonly ListedMessage[]>;
  /** Null when the folder is gone. */
  snapshot(folder: FolderId): Promise<FolderSnapshot | null>;
  counts(folder: FolderId): Promise<FolderCounts | null>;
  /**
   * Null while some of its content is remote, because nobody can tell then. Not of one moment: a message that comes
   * or goes meanwhile may be counted or not.
   */
  octets(folder: FolderId): Promise<FolderOctets | null>;
  /**
   * What happened after a MODSEQ. With a `limit` only the earliest changes, about so many, up to the MODSEQ
   * that is told as the highest: to be asked again from there until nothing is new.
   */
  newsSince(folder: FolderId, modSeq: ModSeq, limit?: number): Promise<FolderNews>;
  usage(mailbox: MailboxId): Promise<Usage>;

  /** What was learnt of a content at arrival; null while it is remote or when it is gone. */
  facts(content: ContentId): Promise<MessageFacts | null>;
  /**
   * The octets of a content, in chunks; null when it is remote or gone. The read stays valid when the
   * message is expunged meanwhile.
   * @param from first octet wanted, counted from 0
   */
  read(content: ContentId, from?: number): Promise<AsyncIterable<Uint8Array> | null>;

  append(folder: FolderId, content: StagedContent, filing: Filing): Promise<Outcome<MessageEntry>>;
  /**
   * Changes flags; entries changed after `unchangedSince` are left alone and their ids returned.
   */
  changeFlags(
    folder: FolderId,
    messages: readonly MessageId[],
    change: FlagChange,
    unchangedSince?: ModSeq,
  ): Promise<Outcome<{ readonly leftAlone: readonly MessageId[] }>>;
  /** The same by UIDs, and tells what every message had and has. */
  storeFlags(
    folder: FolderId,
    uids: readonly Uid[],
    change: FlagChange,
    unchangedSince?: ModSeq,
  ): Promise<Outcome<StoredFlags>>;
  /** All or nothing, also within one mailbox only; the copies keep flags and internal date. */
  copy(messages: readonly MessageId[], to: FolderId): Promise<Outcome<readonly CopiedUid[]>>;
  move(messages: readonly MessageId[], to: FolderId): Promise<Outcome<readonly CopiedUid[]>>;
  /** Removes entries for good; those gone already are passed over. Content goes with its last entry. */
  expunge(folder: FolderId, messages: readonly MessageId[]): Promise<Outcome<void>>;
  /**
   * Removes messages that have `\Deleted` at that moment for good, some at a time: to be asked again until it
   * removes none.
   * @param among the UIDs it is limited to; null for the whole folder
   * @returns how many were removed
   */
  expungeDeleted(folder: FolderId, among: readonly Uid[] | null): Promise<Outcome<number>>;
}
