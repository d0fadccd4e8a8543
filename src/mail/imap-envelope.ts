import { parseAddressList } from "./address-list.ts";
import { collapseBlanks, type HeaderField, unfoldToBlanks } from "./header.ts";

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

const addressFields = ["from", "sender", "reply-to", "to", "cc", "bcc"] as const;
type AddressField = (typeof addressFields)[number];

/**
 * Reads the ENVELOPE from the fields of a message's header. Of a repeated Date, Subject, In-Reply-To or Message-ID the last
 * counts: a signature covers the last one first (RFC 6376 §5.4.2), and a forged one can only be put on top.
 * Repeated address fields count as one list, so that none of them hides behind another.
 */
export function readImapEnvelope(fields: Iterable<HeaderField>): ImapEnvelope {
  const lists = new Map<AddressField, string>();
  const texts = new Map<string, string>();
  for (const { name, value } of fields) {
    const key = name.toLowerCase();
    const addressField = addressFields.find((candidate) => candidate === key);
    if (addressField !== undefined) {
      const before = lists.get(addressField);
      lists.set(addressField, before === undefined ? value : `${before},${value}`);
    } else if (key === "date" || key === "subject" || key === "in-reply-to" || key === "message-id") {
      texts.set(key, key === "subject" ? collapseBlanks(value) : unfoldToBlanks(value));
    }
  }
  const list = (name: AddressField): readonly ImapAddress[] | null => {
    const addresses = parseAddressList(lists.get(name) ?? "");
    return addresses.length === 0 ? null : addresses;
  };
  const from = list("from");
  return {
    date: texts.get("date") ?? null,
    subject: texts.get("subject") ?? null,
    from,
    sender: list("sender") ?? from,
    replyTo: list("reply-to") ?? from,
    to: list("to"),
    cc: list("cc"),
    bcc: list("bcc"),
    inReplyTo: texts.get("in-reply-to") ?? null,
    messageId: texts.get("message-id") ?? null,
  };
}
