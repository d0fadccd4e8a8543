/** How rows are read as the plain data of the rooms. */
import type { Mailbox } from "#directory/directory-store";
import type { Folder, MessageEntry, SpecialUse } from "#mailbox/folder";
import type { ContentId, FolderId, MailboxId, MessageId, ModSeq, Uid, UidValidity } from "#mailbox/ids";
import { hasPassword } from "./unhashed-passwords.ts";

interface FolderRow {
  readonly id: FolderId;
  readonly mailbox: MailboxId;
  readonly name: string;
  readonly uid_validity: UidValidity;
  readonly uid_next: Uid;
  readonly highest_modseq: ModSeq;
  readonly special_use: SpecialUse | null;
  readonly messages: number;
}

/** Folders of mailboxes that were not removed; a condition on `folder` may follow. */
export const selectFolders = `
  SELECT folder.id, mailbox, name, uid_validity, uid_next, highest_modseq, special_use, messages
  FROM folder WHERE mailbox IN (SELECT id FROM mailbox WHERE address IS NOT NULL)`;

export function folderOf(row: FolderRow): Folder {
  return {
    id: row.id,
    mailbox: row.mailbox,
    name: row.name,
    uidValidity: row.uid_validity,
    uidNext: row.uid_next,
    highestModSeq: row.highest_modseq,
    specialUse: row.special_use,
    messages: row.messages,
  };
}

interface EntryRow {
  readonly id: MessageId;
  readonly folder: FolderId;
  readonly content: ContentId;
  readonly uid: Uid;
  readonly uidl: string;
  readonly flags: string;
  readonly internal_date: number | null;
  readonly size: number | null;
  readonly listed_size: number | null;
  readonly modseq: ModSeq;
}

/** Message entries; a condition on `message` follows. */
export const selectEntries = `
  SELECT message.id, folder, content, uid, uidl, flags, internal_date, size, message.listed_size, modseq
  FROM message JOIN content ON content.id = message.content`;

export function entryOf(row: EntryRow): MessageEntry {
  return {
    id: row.id,
    folder: row.folder,
    content: row.content,
    uid: row.uid,
    uidl: row.uidl,
    flags: flagsOf(row.flags),
    internalDate: row.internal_date,
    size: row.size,
    listedSize: row.listed_size,
    modSeq: row.modseq,
    isHere: row.size !== null,
  };
}

/** Flags as they are kept: separated by single spaces. */
export function flagsOf(text: string): readonly string[] {
  return text === "" ? [] : text.split(" ");
}

/** Conditions on `message`, worded as the indexes of the schema are. */
export const isUnseen = "instr(' ' || flags || ' ', ' \\Seen ') = 0";
export const isDeleted = "instr(' ' || flags || ' ', ' \\Deleted ') > 0";

interface MailboxRow {
  readonly id: MailboxId;
  readonly address: string;
  readonly domain: string;
  readonly admitted: number;
  readonly has_password: number;
  readonly quota: number | null;
  readonly created_at: number;
}

/** Mailboxes; a condition follows, and must leave out those whose address is null. */
export const selectMailboxes = `
  SELECT id, address, domain, admitted, ${hasPassword} AS has_password, quota, created_at
  FROM mailbox`;

export function mailboxFrom(row: MailboxRow): Mailbox {
  return {
    id: row.id,
    address: row.address,
    domain: row.domain,
    admitted: row.admitted === 1,
    hasPassword: row.has_password === 1,
    quota: row.quota,
    createdAt: row.created_at,
  };
}
