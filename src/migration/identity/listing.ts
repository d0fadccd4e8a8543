/** From an old server's listing to what the ledger and the INBOX here make of it. Pure. */
import { createHash } from "node:crypto";
import type { NewListed, OldIdentity } from "../ledger.ts";
import type { ListedMessage, Listing } from "../old-server/old-server.ts";
import { PackedListing } from "../old-server/packed-listing.ts";

/** A listed message with its identity; `occurrence` counts those of the same unique-id in this listing. */
export interface Identified extends OldIdentity {
  readonly message: ListedMessage;
}

/** Octets of the longest unique-id that is kept as it is (RFC 1939 §7 says 70, and servers say more). */
const longestUidl = 255;

/** A whole listing of them, read any number of times. */
export interface IdentifiedListing extends Iterable<Identified> {
  readonly length: number;
}

/** How many of a listing are such. */
export function countOf(listed: Iterable<Identified>, isSuch: (one: Identified) => boolean): number {
  let count = 0;
  for (const one of listed) if (isSuch(one)) count++;
  return count;
}

/** Gives each listed message its identity, in the order of the listing. */
export function identify(listing: Listing): readonly Identified[] {
  return [...identifyEach(listing)];
}

/** The same, one after the other, for listings so long that others must have their turn in between. */
export function* identifyEach(listing: Listing): Generator<Identified> {
  if (listing instanceof PackedListing) return yield* identifyPacked(listing);
  const seen = new Map<string, number>();
  for (const message of listing) {
    const uidl = bounded(message.uidl ?? "");
    const occurrence = seen.get(uidl) ?? 0;
    seen.set(uidl, occurrence + 1);
    yield { message, uidl, size: Math.max(message.size ?? 0, 0), occurrence };
  }
}

/** The same, made whenever somebody looks at them. */
export function identified(listing: PackedListing): IdentifiedListing {
  return { length: listing.length, [Symbol.iterator]: () => identifyPacked(listing) };
}

function* identifyPacked(listing: PackedListing): Generator<Identified> {
  for (let index = 0; index < listing.length; index++) yield identifiedAt(listing, index);
}

/** The message at a place of a packed listing (none of whose unique-ids is too long), with its identity. */
export function identifiedAt(listing: PackedListing, index: number): Identified {
  const message = listing.at(index);
  const occurrence = listing.occurrenceAt(index);
  return { message, uidl: message.uidl ?? "", size: Math.max(message.size ?? 0, 0), occurrence };
}

/**
 * What the first listing becomes: a row and an entry for each message, in the old order. An entry keeps the
 * old unique-id byte for byte, also where several share one (RFC 1939 §7 lets identical messages do so):
 * programs that have seen it must not download those messages again.
 */
export function firstListing(listing: Listing, newUidl: () => string): readonly NewListed[] {
  return [...firstListingEach(listing, newUidl)];
}

/** The same, one after the other; to be read once. */
export function* firstListingEach(listing: Listing, newUidl: () => string): Generator<NewListed> {
  const isServed = servedBeside(uidlsOf(listing));
  for (const { uidl, size, occurrence } of identifyEach(listing)) {
    yield { uidl, size, occurrence, entryUidl: isServed(uidl) ? uidl : newUidl() };
  }
}

function* uidlsOf(listing: Listing): Generator<string> {
  for (const { uidl } of identifyEach(listing)) yield uidl;
}

/** The unique-ids that a listing shows for more than one message. */
export function repeatedUidls(listing: readonly Identified[]): ReadonlySet<string> {
  return new Set(listing.filter(({ occurrence }) => occurrence > 0).map(({ uidl }) => uidl));
}

/** Unique-id and size in one string, as a key for looking up. */
export function nameOf({ uidl, size }: Pick<OldIdentity, "uidl" | "size">): string {
  return `${size} ${uidl}`;
}

/**
 * Which unique-ids are served as they are, beside those that the old server ever had. RFC 1939 §7 has no spaces in
 * them, and programs read up to the first one or to the end: one with spaces is served only where both are its own,
 * else some program would take another message for it.
 */
export function servedBeside(uidls: Iterable<string>): (uidl: string) => boolean {
  /** Of each first word the unique-id that has it; null: several have. */
  let firstWords: Map<string, string | null> | null = null;
  return (uidl) => {
    if (!isUsableUidl(uidl)) return false;
    if (!uidl.includes(" ")) return true;
    firstWords ??= wordsOf(uidls);
    const owner = firstWords.get(firstWord(uidl));
    return owner === undefined || owner === uidl;
  };
}

function wordsOf(uidls: Iterable<string>): Map<string, string | null> {
  const words = new Map<string, string | null>();
  for (const uidl of uidls) {
    const word = firstWord(uidl);
    const owner = words.get(word);
    words.set(word, owner === undefined || owner === uidl ? uidl : null);
  }
  return words;
}

function firstWord(uidl: string): string {
  const space = uidl.indexOf(" ");
  return space === -1 ? uidl : uidl.slice(0, space);
}

/** Whether a line of POP3 carries a unique-id to its end without being misread. */
export function isUsableUidl(uidl: string): boolean {
  if (uidl.length === 0 || uidl.length > longestUidl || /[\0\r\n]|^ | $/.test(uidl)) return false;
  return !shortened.test(uidl);
}

/** What `bounded` makes. */
const shortened = /^.{120} [0-9a-f]{64}$/s;

/** A unique-id too long to be kept is known by its beginning and its hash; its message gets one of ours. */
function bounded(uidl: string): string {
  if (uidl.length <= longestUidl) return uidl;
  const hash = createHash("sha256").update(uidl, "latin1").digest("hex");
  return `${uidl.slice(0, 120)} ${hash}`;
}
