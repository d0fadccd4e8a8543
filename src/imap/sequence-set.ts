/** Sets of message numbers or UIDs (RFC 3501 §9 `sequence-set`): `2,4:7,9,12:*`. Never spread out into numbers. */

/** From the smaller to the larger, both included. `Infinity` stands for `*`, the largest in use. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
}

export type SequenceSet = readonly NumberRange[];

const rangeSyntax = /^([1-9]\d{0,9}|\*)(?::([1-9]\d{0,9}|\*))?$/;
const largest = 4294967295;

/** Reads a set; null if the text is none. */
export function parseSequenceSet(text: string): SequenceSet | null {
  const ranges: NumberRange[] = [];
  for (const piece of text.split(",")) {
    const match = rangeSyntax.exec(piece);
    if (match === null) return null;
    const one = numberOf(match[1] ?? "");
    const other = match[2] === undefined ? one : numberOf(match[2]);
    if (isTooLarge(one) || isTooLarge(other)) return null;
    ranges.push({ from: Math.min(one, other), to: Math.max(one, other) });
  }
  return ranges;
}

function numberOf(text: string): number {
  return text === "*" ? Number.POSITIVE_INFINITY : Number(text);
}

function isTooLarge(number: number): boolean {
  return number > largest && number !== Number.POSITIVE_INFINITY;
}

/** The same set with `*` in its place, its ranges in order and apart from each other. */
export function settled(set: SequenceSet, inUse: number): SequenceSet {
  const ranges = set
    .map(({ from, to }) => (to === Number.POSITIVE_INFINITY ? openRange(from, inUse) : { from, to }))
    .sort((a, b) => a.from - b.from);
  const merged: NumberRange[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last && range.from <= last.to + 1)
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    else merged.push(range);
  }
  return merged;
}

/** `7:*` means the last message also where 7 is beyond it. */
function openRange(from: number, inUse: number): NumberRange {
  const start = from === Number.POSITIVE_INFINITY ? inUse : from;
  return { from: Math.min(start, inUse), to: Math.max(start, inUse) };
}

/** The set as it is written. */
export function printSequenceSet(set: SequenceSet): string {
  return set
    .map(({ from, to }) => (from === to ? printed(from) : `${printed(from)}:${printed(to)}`))
    .join(",");
}

function printed(number: number): string {
  return number === Number.POSITIVE_INFINITY ? "*" : String(number);
}

/** Ascending numbers as a set. */
export function setOf(numbers: Iterable<number>): SequenceSet {
  const ranges: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && number === last.to + 1) last.to = number;
    else ranges.push({ from: number, to: number });
  }
  return ranges;
}
