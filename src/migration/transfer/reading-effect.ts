/**
 * What reading does to a message of an old server. POP3 leaves that to the server (RFC 1939 §8): most keep what
 * RETR gave, some delete or hide it when the session ends. One message tells, if the next session is asked.
 */
import { countOf, type Identified, type IdentifiedListing, nameOf } from "../identity/listing.ts";

/**
 * unknown: nobody has looked. keeps: a message that was read was listed again. takes: it was not.
 * accepted: it was not, and the administrator lets the copy go on.
 */
export type ReadingEffect = "unknown" | "keeps" | "takes" | "accepted";

/** The port to what is remembered of it, for each domain and its old server (host:port). */
export interface ReadingEffects {
  readingEffect(domain: string, server: string): Promise<ReadingEffect>;
  setReadingEffect(domain: string, server: string, effect: ReadingEffect): Promise<void>;
}

/** A message that was read, and the listing that it was in. */
export interface FirstReading {
  readonly read: Identified;
  readonly listed: IdentifiedListing;
}

/**
 * Compares the listing of the session that read a message with that of the next one. Where unique-ids do not hold,
 * or are missing, the number of messages decides. Pure.
 * @returns null when it cannot be told: most others are not listed any more either, or there were none
 */
export function effectOfReading(
  { read, listed }: FirstReading,
  next: IdentifiedListing,
): "keeps" | "takes" | null {
  // Some servers write into what was read (GNU pop3d its X-UIDL), so its size is another one: its unique-id tells.
  const named = (one: Identified) => one.uidl === read.uidl;
  if (read.uidl !== "" && countOf(next, named) >= countOf(listed, named)) return "keeps";
  const left = new Map<string, number>();
  for (const one of next) left.set(nameOf(one), (left.get(nameOf(one)) ?? 0) + 1);
  const same = countOf(listed, (one) => nameOf(one) === nameOf(read));
  if ((left.get(nameOf(read)) ?? 0) >= same) return "keeps";
  let others = 0;
  for (const one of listed) {
    const count = left.get(nameOf(one)) ?? 0;
    if (count === 0) continue;
    left.set(nameOf(one), count - 1);
    others++;
  }
  if (others > 0 && others >= (listed.length - 1) / 2) return "takes";
  if (next.length >= listed.length) return "keeps";
  return next.length > 0 && next.length === listed.length - 1 ? "takes" : null;
}
