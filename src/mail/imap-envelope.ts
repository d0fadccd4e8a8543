/**
 * One member of an address list, as IMAP shows it (RFC 3501 §7.4.2). A group begins with host null and mailbox
 * its name, and ends with everything null.
 */
export type ImapAddress = readonly [
  name: string | null,
  route: string | null,
  mailbox: string | null,
  host: string | null,
];

/**
 * IMAP's ENVELOPE (RFC 3501 §7.4.2). Strings are raw octets as code points 0-255 (latin1), unfolded and not
 * decoded; null is NIL.
 */
export interface ImapEnvelope {
  readonly date: string | null;
  readonly subject: string | null;
  readonly from: readonly ImapAddress[] | null;
  /** From's, if the message has no Sender. */
  readonly sender: readonly ImapAddress[] | null;
  /** From's, if the message has no Reply-To. */
  readonly replyTo: readonly ImapAddress[] | null;
  readonly to: readonly ImapAddress[] | null;
  readonly cc: readonly ImapAddress[] | null;
  readonly bcc: readonly ImapAddress[] | null;
  readonly inReplyTo: string | null;
  readonly messageId: string | null;
}
