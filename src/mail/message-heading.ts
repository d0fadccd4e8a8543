/**
 * What people know a message by: its subject, who sent it, and when. Whoever sent it wrote these words, so they are
 * decoded, bounded, and without anything that a terminal or a page would obey.
 */
import { parseDate } from "./date.ts";
import { decodeWords } from "./encoded-word.ts";
import { headerFields } from "./header.ts";
import { type ImapAddress, type ImapEnvelope, readImapEnvelope } from "./imap-envelope.ts";
import { newestReceivedDate } from "./received.ts";

export interface MessageHeading {
  /** Null where there is none. */
  readonly subject: string | null;
  /** Of several senders the first: `Anna <anna@big-company.com>`. */
  readonly from: string | null;
  /** Of its Date field, else of its newest Received field, in milliseconds since 1970. */
  readonly date: number | null;
}

/** Characters of a subject, and of a sender. */
const longest = 200;
/** What is looked at of a field; the rest decides nothing that is shown. */
const longestRaw = 4096;
/** Controls, marks of direction and other formats, line and paragraph ends, private and broken characters. */
const unfit = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

/** The heading of a message whose fields are known already; null where they say nothing. */
export function headingOf({
  subject,
  from,
  date,
}: Pick<ImapEnvelope, "subject" | "from"> & { readonly date: number | null }): MessageHeading | null {
  const [first] = from ?? [];
  const heading = {
    subject: subject === null ? null : shown(decodeWords(subject.slice(0, longestRaw))),
    from: first ? shown(sender(first)) : null,
    date,
  };
  return Object.values(heading).every((value) => value === null) ? null : heading;
}

/**
 * The heading of a message of which only the beginning is known, as much as it tells; null where it tells nothing.
 * @param beginning octets; a last line without its end is not believed
 */
export function readHeading(beginning: Uint8Array): MessageHeading | null {
  const whole = beginning.subarray(0, beginning.lastIndexOf(0x0a) + 1);
  const fields = [...headerFields(whole)];
  const envelope = readImapEnvelope(fields);
  const date = (envelope.date === null ? null : parseDate(envelope.date)) ?? newestReceivedDate(fields);
  return headingOf({ ...envelope, date: date?.getTime() ?? null });
}

/** A heading as one line of text: `"Subject", from Anna <anna@big-company.com>, 2025-06-01 09:00:00 UTC`. */
export function headingLine({ subject, from, date }: MessageHeading): string {
  const parts = [
    subject === null ? "without a subject" : `"${subject}"`,
    ...(from === null ? [] : [`from ${from}`]),
    ...(date === null ? [] : [`${new Date(date).toISOString().slice(0, 19).replace("T", " ")} UTC`]),
  ];
  return parts.join(", ");
}

function sender([name, , mailbox, host]: ImapAddress): string {
  const address = host === null ? (mailbox ?? "") : `${mailbox ?? ""}@${host}`;
  const words = name === null ? "" : decodeWords(name.slice(0, longestRaw));
  const plain = decodeWords(address.slice(0, longestRaw));
  return words === "" ? plain : `${words} <${plain}>`;
}

/** Fit to be shown: null where nothing is left of it. */
function shown(text: string): string | null {
  const plain = text.replace(/\s+/g, " ").replace(unfit, "").trim();
  if (plain === "") return null;
  const characters = [...plain];
  return characters.length <= longest ? plain : `${characters.slice(0, longest - 1).join("")}…`;
}
