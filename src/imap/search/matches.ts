import { writtenDay } from "#mail/date";
import type { MessageEntry } from "#mailbox/folder";
import { dayOf } from "../grammar/date.ts";
import type { MessageTexts } from "./message-texts.ts";
import type { DayKey, SearchKey } from "./program.ts";

/** A message that is looked at. */
export interface Candidate {
  readonly entry: MessageEntry;
  /** Null while its content is remote. */
  readonly texts: MessageTexts | null;
  /** Whether a set picks it. */
  isIn(key: Extract<SearchKey, { is: "set" }>): boolean;
}

/**
 * Whether a message is what is searched for. Null: that cannot be told while its content is remote. What can be
 * told without the content is: a message that is no match by its flags is none, wherever its octets are.
 */
export async function matches(key: SearchKey, candidate: Candidate): Promise<boolean | null> {
  const { entry, texts } = candidate;
  switch (key.is) {
    case "all":
      return true;
    case "flag":
      return hasFlag(entry, key.flag) === key.has;
    case "set":
      return candidate.isIn(key);
    case "modseq":
      return entry.modSeq >= key.from;
    case "size":
      if (entry.size === null) return null;
      return key.how === "larger" ? entry.size > key.than : entry.size < key.than;
    case "day":
      return dayMatches(key, candidate);
    case "not": {
      const verdict = await matches(key.key, candidate);
      return verdict === null ? null : !verdict;
    }
    case "and":
    case "or":
      return combined(key, candidate);
    default:
      return texts === null ? null : textMatches(key, texts);
  }
}

type TextKey = Extract<SearchKey, { readonly text: string }>;

function textMatches(key: TextKey, texts: MessageTexts): Promise<boolean> {
  switch (key.is) {
    case "envelope":
      return texts.envelopeHas(key.field, key.text);
    case "header":
      return texts.headerHas(key.name, key.text);
    case "body":
      return texts.bodyHas(key.text);
    case "text":
      return texts.has(key.text);
  }
}

/** One verdict decides; without it, one that cannot be told leaves it open. */
async function combined(
  { is, keys }: Extract<SearchKey, { is: "and" | "or" }>,
  candidate: Candidate,
): Promise<boolean | null> {
  const decisive = is === "or";
  let isOpen = false;
  for (const key of keys) {
    const verdict = await matches(key, candidate);
    if (verdict === decisive) return decisive;
    isOpen ||= verdict === null;
  }
  return isOpen ? null : !decisive;
}

async function dayMatches({ of, how, day }: DayKey, { entry, texts }: Candidate): Promise<boolean | null> {
  let actual: number | null;
  if (of === "internal") {
    if (entry.internalDate === null) return null;
    actual = dayOf(entry.internalDate);
  } else {
    if (texts === null) return null;
    const { envelope } = await texts.facts();
    actual = envelope.date === null ? null : writtenDay(envelope.date);
  }
  if (actual === null) return false;
  if (how === "on") return actual === day;
  return how === "before" ? actual < day : actual >= day;
}

function hasFlag({ flags }: MessageEntry, flag: string): boolean {
  const wanted = flag.toLowerCase();
  return flags.some((one) => one.toLowerCase() === wanted);
}
