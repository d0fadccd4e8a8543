/** What two listings of a maildrop mean: unique-ids, order, completeness. */
import { isUsableUidl } from "../identity/listing.ts";
import type { Entry, Facts, Listing, MaildropFacts } from "./facts.ts";
import { type Finding, good } from "./finding.ts";

/** What RFC 1939 §7 allows. */
const longestOfRfc = 70;
/** Counts at which servers are known to stop listing. */
const windows = new Set([250, 264, 265, 300, 500, 1000]);

/** What can be said of a maildrop's unique-ids. */
export interface UidlJudgement {
  readonly refused: string | null;
  /** Messages without a usable one. */
  readonly missing: readonly Entry[];
  readonly repeated: number;
  readonly long: number;
  readonly odd: number;
  /** Messages of the first listing whose ids are other ones later; null: there was no second session. */
  readonly changed: number | null;
  readonly compared: number;
}

/** Compares both listings of a maildrop. */
export function judgeUidls({ first, later }: MaildropFacts): UidlJudgement {
  const usable = first.entries.filter(({ uidl }) => isUsable(uidl));
  const counts = Map.groupBy(usable, ({ uidl }) => uidl);
  const then = later.seen ? new Set(later.listing.entries.map(({ uidl }) => uidl)) : null;
  return {
    refused: first.uidlRefused,
    missing: first.uidlRefused === null ? first.entries.filter(({ uidl }) => !isUsable(uidl)) : first.entries,
    repeated: [...counts.values()].reduce((sum, same) => sum + same.length - 1, 0),
    long: usable.filter(({ uidl }) => (uidl ?? "").length > longestOfRfc).length,
    odd: usable.filter(({ uidl }) => /[^\x21-\x7e]/.test(uidl ?? "")).length,
    changed: then && usable.filter(({ uidl }) => !then.has(uidl)).length,
    compared: usable.length,
  };
}

/** More ids changed than messages can have gone meanwhile. */
export function isUnstable({ changed, compared }: UidlJudgement): boolean {
  return changed !== null && compared > 0 && changed > Math.max(2, compared / 2);
}

/** Whether both listings show the messages that they share in one order. */
export function keepsOrder({ first, later }: MaildropFacts): boolean {
  if (!later.seen) return true;
  const place = new Map(later.listing.entries.map(({ uidl }, at) => [uidl, at]));
  const places = first.entries.flatMap(({ uidl }) => (isUsable(uidl) ? (place.get(uidl) ?? []) : []));
  return places.every((at, index) => index === 0 || at >= (places[index - 1] ?? 0));
}

/** Of every maildrop that was seen. */
export function listingFindings(facts: Facts): readonly Finding[] {
  const counts = facts.people.flatMap(({ maildrop }) => maildrop?.first.entries.length ?? []);
  return facts.people.flatMap(({ address, maildrop }) => {
    if (!maildrop) return [];
    const found = [...uidlFindings(maildrop), ...completeness(maildrop, counts)];
    return found.map((finding) => ({ ...finding, people: [address] }));
  });
}

function uidlFindings(maildrop: MaildropFacts): readonly Finding[] {
  const judgement = judgeUidls(maildrop);
  const { refused, missing, repeated, long, odd, changed, compared } = judgement;
  const all = maildrop.first.entries.length;
  const findings: Finding[] = [];
  const note = (id: string, seen: string, means: string, todo: string): void =>
    void findings.push({ id, level: "note", people: [], seen, means, do: todo });
  if (all === 0) return [];
  const own = "Nothing for Mailferry: it tells them apart by content, and gives ids of its own that stay.";
  if (refused !== null)
    note(
      "uidl-missing",
      `there are no unique-ids: UIDL is answered "${refused}"`,
      "Programs can leave mail on this server only by counting; to those that ask for ids all old mail is new, once.",
      own,
    );
  else if (missing.length > 0)
    note(
      "uidl-unusable",
      `${missing.length} of ${all} messages have no unique-id, an empty one, or one that POP3 cannot carry (a space at its beginning or end, more than 255 octets)`,
      "Programs that leave mail on the server download those messages once more.",
      own,
    );
  if (repeated > 0)
    note(
      "uidl-repeated",
      `${repeated} of ${all} messages share a unique-id with another one`,
      "Programs see them as one here as there: the ids are kept as they are.",
      "Nothing: Mailferry copies every one of them and counts them apart.",
    );
  if (isUnstable(judgement)) {
    findings.push({
      id: "uidl-unstable",
      level: "option",
      people: [],
      seen: `${changed} of ${compared} unique-ids were other ones in the second session`,
      means:
        "Programs already download everything again over there. After the move once more, then never again; each look at an old maildrop reads it all.",
      do: 'Set migration.sweep-interval = "1 h" in mailferry.toml, or mend the ids on the old server first.',
    });
  } else if (compared > 0 && changed !== null && refused === null && missing.length === 0)
    findings.push(good("uidl", "every message has a unique-id, the same in two sessions"));
  if (long + odd > 0)
    note(
      "uidl-odd",
      `${long + odd} unique-ids are longer than 70 octets or hold octets that the standard forbids`,
      "Mailferry shows them octet for octet, so that programs that know them download nothing again.",
      "Nothing.",
    );
  if (!keepsOrder(maildrop))
    note(
      "order-changes",
      "the second session lists the same messages in another order",
      "Programs that go by message numbers already read the wrong ones over there.",
      "Nothing: here the order of the first listing stays.",
    );
  return findings;
}

function completeness({ first, later }: MaildropFacts, counts: readonly number[]): readonly Finding[] {
  const all = first.entries.length;
  const findings: Finding[] = [];
  if (all === 0) {
    findings.push({
      id: "maildrop-empty",
      level: "note",
      people: [],
      seen: "the maildrop is empty",
      means: "Nothing could be learnt from it.",
      do: "Rehearse with a login that has a good deal of mail.",
    });
  }
  if (first.stat.messages !== all) {
    findings.push({
      id: "listing-incomplete",
      level: "option",
      people: [],
      seen: `STAT says ${first.stat.messages} messages, and LIST shows ${all}`,
      means: "One of them leaves messages out; only what LIST shows can be copied.",
      do: "Count the messages over there by webmail or IMAP, and mend the server's index before you begin.",
    });
  } else if (first.strayUidls > 0) {
    findings.push({
      id: "listing-moves",
      level: "note",
      people: [],
      seen: `UIDL names ${first.strayUidls} messages that LIST does not`,
      means: "The numbers change within a session, when mail arrives for instance.",
      do: "Nothing: sizes and ids are paired by number, and what does not fit waits for the next look.",
    });
  }
  const sharedCount = all >= 50 && counts.filter((count) => count === all).length > 1;
  if (windows.has(all) || sharedCount) {
    findings.push({
      id: "listing-window",
      level: "option",
      people: [],
      seen: sharedCount
        ? `several maildrops have exactly ${all} messages`
        : `the maildrop has exactly ${all} messages`,
      means: "Some servers list only so many at once. What they do not list would be left behind.",
      do: "Compare with webmail or IMAP over there; if there is more, raise the limit of POP3 before you begin.",
    });
  }
  const gone = later.seen ? lost(first, later.listing) : 0;
  if (gone > Math.max(1, all / 2)) {
    findings.push({
      id: "listing-shrinks",
      level: "note",
      people: [],
      seen: `the second session shows ${gone} messages fewer`,
      means:
        "Some servers hide a maildrop for minutes after a connection broke; or another program empties it now.",
      do: "Nothing: Mailferry believes it after two listings 15 minutes apart. See that no other program deletes there.",
    });
  }
  return findings;
}

function lost(first: Listing, later: Listing): number {
  return first.entries.length - later.entries.length;
}

/** Whether it is shown here as it is there. */
function isUsable(uidl: string | null): uidl is string {
  return uidl !== null && isUsableUidl(uidl);
}
