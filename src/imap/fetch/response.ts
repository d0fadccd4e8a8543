import { bodyStructure, envelopeList } from "#mail/body-structure";
import type { MessageFacts } from "#mail/facts";
import { imapList } from "#mail/imap-text";
import type { OctetRange } from "#mail/mime-part";
import type { MessageEntry } from "#mailbox/folder";
import type { MailStore } from "#mailbox/mail-store";
import type { FetchItem, SectionItem } from "../grammar/fetch.ts";
import type { Section } from "../grammar/section.ts";
import { dateTime, flagList } from "../printer.ts";
import { MessageOctets } from "./message-octets.ts";
import type { Piece } from "./piece.ts";
import { longestHeader, rangeOf, selectFields } from "./section.ts";

/** What must be known of a message before an item can be told. */
export interface Needs {
  readonly date: boolean;
  /** Size, facts or octets: all come with the content. */
  readonly content: boolean;
  readonly facts: boolean;
  readonly octets: boolean;
}

export function needsOf(items: readonly FetchItem[]): Needs {
  const wants = (...names: readonly FetchItem["is"][]): boolean => items.some(({ is }) => names.includes(is));
  return {
    date: wants("INTERNALDATE"),
    content: wants("RFC822.SIZE", "ENVELOPE", "BODY", "BODYSTRUCTURE", "section"),
    facts: wants("ENVELOPE", "BODY", "BODYSTRUCTURE") || items.some(isOfPart),
    octets: wants("section"),
  };
}

/** Where the message's own header ends is seen in its octets, where a part is only in its facts. */
function isOfPart(item: FetchItem): boolean {
  return item.is === "section" && item.section.path.length > 0;
}

/** Whether everything that is needed of a message is known here. */
export function isKnown({ isHere, internalDate }: MessageEntry, needs: Needs): boolean {
  return (isHere || !needs.content) && (internalDate !== null || !needs.date);
}

/** A message as it is told. */
export interface Told {
  readonly number: number;
  /** Everything needed of it is known. */
  readonly entry: MessageEntry;
}

/**
 * The FETCH response of one message (RFC 3501 §7.4.2), ready to be sent.
 * @returns null when the message has gone meanwhile
 */
export async function fetchResponse(
  store: MailStore,
  { number, entry }: Told,
  items: readonly FetchItem[],
  needs: Needs,
): Promise<readonly Piece[] | null> {
  const facts = needs.facts ? await store.facts(entry.content) : null;
  if (needs.facts && facts === null) return null;
  const octets = new MessageOctets(store, entry.content, entry.size ?? 0);
  const pieces: Piece[] = [`* ${number} FETCH (`];
  for (const [index, item] of items.entries()) {
    if (index > 0) pieces.push(" ");
    if (item.is === "section") {
      const section = await sectionPieces(item, facts, octets);
      if (section === null) return null;
      pieces.push(...section);
    } else pieces.push(`${item.is} ${plainValue(item.is, entry, facts)}`);
  }
  pieces.push(")\r\n");
  return pieces;
}

function plainValue(is: FetchItem["is"], entry: MessageEntry, facts: MessageFacts | null): string {
  switch (is) {
    case "UID":
      return String(entry.uid);
    case "FLAGS":
      return flagList(entry.flags);
    case "MODSEQ":
      return `(${entry.modSeq})`;
    case "INTERNALDATE":
      return dateTime(known(entry.internalDate));
    case "RFC822.SIZE":
      return String(known(entry.size));
    case "ENVELOPE":
      return imapList(envelopeList(known(facts).envelope));
    case "BODY":
      return imapList(bodyStructure(known(facts).structure, false));
    case "BODYSTRUCTURE":
      return imapList(bodyStructure(known(facts).structure, true));
    case "section":
      throw new Error("a section is no plain value");
  }
}

function known<T>(value: T | null): T {
  if (value === null) throw new Error("something is told that is not known");
  return value;
}

/** Null when the message is gone. */
async function sectionPieces(
  item: SectionItem,
  facts: MessageFacts | null,
  octets: MessageOctets,
): Promise<readonly Piece[] | null> {
  const { label, section, partial } = item;
  const name = partial === null ? label : `${label}<${partial.start}>`;
  const range = await sectionRange(section, facts, octets);
  if (range === "gone") return null;
  if (range === null) return [`${name} NIL`];
  const start = partial?.start ?? 0;
  const end = start + (partial?.count ?? Number.POSITIVE_INFINITY);
  let found: Exclude<Piece, string> | null;
  if (section.fields.length > 0) {
    const header = await octets.inMemory(range, longestHeader);
    found = header && selectFields(header, section).subarray(start, end);
  } else {
    found = await octets.range({ start: range.start + start, end: Math.min(range.end, range.start + end) });
  }
  if (found === null) return null;
  return found.length === 0 ? [`${name} ""`] : [`${name} {${found.length}}\r\n`, found];
}

/** Null where there is no such part. */
async function sectionRange(
  section: Section,
  facts: MessageFacts | null,
  octets: MessageOctets,
): Promise<OctetRange | null | "gone"> {
  if (section.path.length > 0) return rangeOf(known(facts).structure, section);
  if (section.text === null) return octets.whole;
  const header = await octets.header();
  if (header === null) return "gone";
  return section.text === "TEXT" ? { start: header.end, end: octets.whole.end } : header;
}
