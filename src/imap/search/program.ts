import type { SequenceSet } from "../sequence-set.ts";

/** What a message is searched by (RFC 3501 §6.4.4). Texts are decoded, days count from 1970. */
export type SearchKey =
  | { readonly is: "all" }
  /** Whether it has a flag, in any case. */
  | { readonly is: "flag"; readonly flag: string; readonly has: boolean }
  | { readonly is: "set"; readonly set: SequenceSet; readonly by: "numbers" | "uids" }
  | { readonly is: "size"; readonly how: "larger" | "smaller"; readonly than: number }
  | DayKey
  /** Whether a field of the ENVELOPE has a text in it. */
  | { readonly is: "envelope"; readonly field: EnvelopeField; readonly text: string }
  | { readonly is: "header"; readonly name: string; readonly text: string }
  | { readonly is: "body" | "text"; readonly text: string }
  /** RFC 7162 §3.1.5 */
  | { readonly is: "modseq"; readonly from: number }
  | { readonly is: "not"; readonly key: SearchKey }
  | { readonly is: "and" | "or"; readonly keys: readonly SearchKey[] };

export type EnvelopeField = "from" | "to" | "cc" | "bcc" | "subject";

export interface DayKey {
  readonly is: "day";
  /** INTERNALDATE, or the Date field. */
  readonly of: "internal" | "sent";
  readonly how: "before" | "on" | "since";
  readonly day: number;
}

/** What a key costs to look at: the entry is at hand, facts are read, a header is read, a body is read. */
export type Cost = 0 | 1 | 2 | 3;

export function costOf(key: SearchKey): Cost {
  switch (key.is) {
    case "all":
    case "flag":
    case "set":
    case "modseq":
    case "size":
      return 0;
    case "day":
      return key.of === "internal" ? 0 : 1;
    case "envelope":
      return 1;
    case "header":
      return 2;
    case "body":
    case "text":
      return 3;
    case "not":
      return costOf(key.key);
    case "and":
    case "or":
      return key.keys.reduce<Cost>((most, one) => Math.max(most, costOf(one)) as Cost, 0);
  }
}

/** The same, what is cheap to look at first. Done once: it decides what has to be read at all. */
export function cheapestFirst(key: SearchKey): SearchKey {
  if (key.is === "not") return { is: "not", key: cheapestFirst(key.key) };
  if (key.is !== "and" && key.is !== "or") return key;
  return { is: key.is, keys: key.keys.map(cheapestFirst).sort((a, b) => costOf(a) - costOf(b)) };
}

/** Whether a key of that kind is anywhere in it. */
export function mentions(key: SearchKey, is: SearchKey["is"]): boolean {
  if (key.is === is) return true;
  if (key.is === "not") return mentions(key.key, is);
  return (key.is === "and" || key.is === "or") && key.keys.some((one) => mentions(one, is));
}
