import type { SequenceSet } from "../sequence-set.ts";
import { type Cursor, decimal, SyntaxProblem } from "./cursor.ts";
import { parseSection, type Section } from "./section.ts";
import { sequenceSet } from "./sequence-set.ts";

/** Octets `start` up to `start + count` of a section (RFC 3501 §6.4.5). */
export interface Partial {
  readonly start: number;
  readonly count: number;
}

/** Octets of a message, wanted under a name. */
export interface SectionItem {
  readonly is: "section";
  /** As the response names it, without the place where a partial one begins. */
  readonly label: string;
  readonly section: Section;
  readonly partial: Partial | null;
  /** Whether \Seen stays as it is. */
  readonly peeks: boolean;
}

const plainItems = [
  "UID",
  "FLAGS",
  "INTERNALDATE",
  "RFC822.SIZE",
  "ENVELOPE",
  "BODY",
  "BODYSTRUCTURE",
  "MODSEQ",
] as const;
type PlainItem = (typeof plainItems)[number];

/** One thing that FETCH wants of each message. */
export type FetchItem = { readonly is: PlainItem } | SectionItem;

export interface FetchArguments {
  readonly set: SequenceSet;
  readonly items: readonly FetchItem[];
  /** Only messages that changed after this MODSEQ (RFC 7162 §3.1.4.1); null: all. */
  readonly changedSince: number | null;
}

const fast = ["FLAGS", "INTERNALDATE", "RFC822.SIZE"] as const;
const macros: Readonly<Record<string, readonly PlainItem[]>> = {
  FAST: fast,
  ALL: [...fast, "ENVELOPE"],
  FULL: [...fast, "ENVELOPE", "BODY"],
};

const whole: Section = { path: [], text: null, fields: [] };
/** The names of RFC 1730's time. */
const oldNames: Readonly<Record<string, SectionItem>> = {
  RFC822: { is: "section", label: "RFC822", section: whole, partial: null, peeks: false },
  "RFC822.HEADER": {
    is: "section",
    label: "RFC822.HEADER",
    section: { ...whole, text: "HEADER" },
    partial: null,
    peeks: true,
  },
  "RFC822.TEXT": {
    is: "section",
    label: "RFC822.TEXT",
    section: { ...whole, text: "TEXT" },
    partial: null,
    peeks: false,
  },
};

/** `SP sequence-set SP (macro / fetch-att / "(" fetch-att … ")") [SP "(" CHANGEDSINCE SP n ")"]` */
export function fetchArguments(cursor: Cursor): FetchArguments {
  const set = sequenceSet(cursor);
  cursor.space();
  const items = fetchItems(cursor);
  return { set, items, changedSince: cursor.optionalSpace() ? changedSince(cursor) : null };
}

function fetchItems(cursor: Cursor): readonly FetchItem[] {
  const macro = macros[cursor.nextWord ?? ""];
  if (macro) {
    cursor.word("A macro");
    return macro.map((is) => ({ is }));
  }
  return cursor.isAtOpen ? cursor.list(() => fetchItem(cursor)) : [fetchItem(cursor)];
}

function fetchItem(cursor: Cursor): FetchItem {
  const word = cursor.word("Something to fetch");
  const name = word.toUpperCase();
  const plain = plainItems.find((item) => item === name);
  if (plain) return { is: plain };
  const old = oldNames[name];
  if (old) return old;
  const found = /^BODY(\.PEEK)?\[(.*)$/.exec(name);
  if (!found) throw new SyntaxProblem(`${word} cannot be fetched.`);
  // Cut from what came, not from its capitals.
  const inside = word.slice(word.indexOf("[") + 1);
  const { section, label, rest } = parseSection(cursor, inside);
  return {
    is: "section",
    label: `BODY[${label}]`,
    section,
    partial: rest === "" ? null : partial(rest),
    peeks: found[1] !== undefined,
  };
}

/** `"<" number "." nz-number ">"` */
function partial(text: string): Partial {
  const found = /^<(\d+)\.(\d+)>$/.exec(text);
  const [start, count] = [decimal(found?.[1] ?? ""), decimal(found?.[2] ?? "")];
  if (start === null || count === null || count === 0)
    throw new SyntaxProblem("<start.count> is expected after a section.");
  return { start, count };
}

function changedSince(cursor: Cursor): number {
  cursor.open();
  if (!cursor.optionalWord("CHANGEDSINCE")) throw new SyntaxProblem("CHANGEDSINCE is expected.");
  cursor.space();
  const modSeq = cursor.modSeq("A MODSEQ");
  cursor.close();
  return modSeq;
}
