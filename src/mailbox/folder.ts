/** Folders and the message entries in them, as plain data. */
import type { ContentId, FolderId, MailboxId, MessageId, ModSeq, Uid, UidValidity } from "./ids.ts";

/** RFC 6154, plus INBOX, which every mailbox has. */
export type SpecialUse = "inbox" | "sent" | "drafts" | "junk" | "trash" | "archive";

/** A folder as it stands at one moment. */
export interface Folder {
  readonly id: FolderId;
  readonly mailbox: MailboxId;
  /** Full name in UTF-8, levels separated by "/"; INBOX is spelled so. */
  readonly name: string;
  readonly uidValidity: UidValidity;
  readonly uidNext: Uid;
  readonly highestModSeq: ModSeq;
  readonly specialUse: SpecialUse | null;
  /** How many messages it holds. */
  readonly messages: number;
}

/** One message in one folder. */
export interface MessageEntry {
  readonly id: MessageId;
  readonly folder: FolderId;
  readonly content: ContentId;
  readonly uid: Uid;
  /** Unique-id for POP3 (RFC 1939 §7): octets in a latin1 string, never changes. */
  readonly uidl: string;
  /** System flags (`\Seen` …) and keywords. */
  readonly flags: readonly string[];
  /** Epoch milliseconds; null while the content is remote and nothing final is known. */
  readonly internalDate: number | null;
  /** RFC822.SIZE in octets; null while the content is remote. */
  readonly size: number | null;
  /** What LIST says (RFC 1939 §5) when an old server's own listing said it first; else null: use `size`. */
  readonly listedSize: number | null;
  readonly modSeq: ModSeq;
  /** False while the octets are only on the old server. */
  readonly isHere: boolean;
}

/** The folders a new mailbox has, all subscribed, INBOX first. */
export const initialFolders: readonly { readonly name: string; readonly specialUse: SpecialUse }[] = [
  { name: "INBOX", specialUse: "inbox" },
  { name: "Sent", specialUse: "sent" },
  { name: "Drafts", specialUse: "drafts" },
  { name: "Junk", specialUse: "junk" },
  { name: "Trash", specialUse: "trash" },
  { name: "Archive", specialUse: "archive" },
];
