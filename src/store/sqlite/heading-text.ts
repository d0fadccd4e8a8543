/** Headings of messages as the ledger keeps them. */
import type { MessageFacts } from "#mail/facts";
import type { ImapAddress } from "#mail/imap-envelope";
import { headingOf, type MessageHeading } from "#mail/message-heading";

export function headingText(heading: MessageHeading | null): string | null {
  return heading && JSON.stringify(heading);
}

export function headingFromText(text: string | null): MessageHeading | null {
  return text === null ? null : (JSON.parse(text) as MessageHeading);
}

export function headingOfFacts({ envelope, date, receivedDate }: MessageFacts): MessageHeading | null {
  return headingOf({ ...envelope, date: date ?? receivedDate });
}

/** Of the facts of a content those that its heading is made of, as SQL. */
export const selectHeadingFacts =
  "SELECT json_extract(facts, '$.envelope.subject', '$.envelope.from[0]', '$.date', '$.receivedDate') FROM body WHERE content = ?";

/** @param text what `selectHeadingFacts` gave */
export function headingFromFacts(text: string): MessageHeading | null {
  const [subject, from, date, receivedDate] = JSON.parse(text) as [
    string | null,
    ImapAddress | null,
    number | null,
    number | null,
  ];
  return headingOf({ subject, from: from && [from], date: date ?? receivedDate });
}
