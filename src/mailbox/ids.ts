/** Numbers that the compiler keeps apart: a UID is no message number and a MODSEQ is neither. */

declare const brand: unique symbol;
type Branded<Name extends string> = number & { readonly [brand]: Name };

/** A mailbox (a person's account) in the store. */
export type MailboxId = Branded<"mailbox">;
/** A folder in the store. */
export type FolderId = Branded<"folder">;
/** One message entry in one folder; a copy is another entry. */
export type MessageId = Branded<"message">;
/** The octets behind message entries, kept once per mailbox. */
export type ContentId = Branded<"content">;
/** Unique identifier of a message in a folder (RFC 3501 §2.3.1.1): ascending, never used twice. */
export type Uid = Branded<"uid">;
/** RFC 3501 §2.3.1.1. */
export type UidValidity = Branded<"uidvalidity">;
/** Modification sequence of a folder (RFC 7162): grows with every change to it. */
export type ModSeq = Branded<"modseq">;
