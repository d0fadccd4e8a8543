/** What one client was told of its selected folder, message by message. The first contradiction throws. */
import type { FetchResponse, WireValue } from "../imap/wire-values.ts";
import type { KnownFolder } from "./common-knowledge.ts";
import { Contradiction } from "./peer.ts";

export interface Row {
  uid: number | null;
  /** Sorted, a space between; null while unknown. */
  flags: string | null;
  modSeq: number;
  /** The last command in which the flags were told. */
  toldIn: string;
}

/** Items that never change. */
const constant = /^(?:RFC822\.SIZE|INTERNALDATE|ENVELOPE|BODYSTRUCTURE|BODY\[.*)$/;

export class Told {
  readonly folder: KnownFolder;
  readonly isReadOnly: boolean;
  readonly rows: Row[] = [];
  readonly #since: number;

  constructor(folder: KnownFolder, isReadOnly: boolean) {
    this.folder = folder;
    this.isReadOnly = isReadOnly;
    this.#since = folder.now;
  }

  get uids(): readonly number[] {
    return this.rows.map(({ uid }) => uid).filter((uid) => uid !== null);
  }

  rowOf(uid: number): Row | undefined {
    return this.rows.find((row) => row.uid === uid);
  }

  exists(count: number): void {
    if (count < this.rows.length) throw new Contradiction(`${count} EXISTS after ${this.rows.length}`);
    while (this.rows.length < count) this.rows.push({ uid: null, flags: null, modSeq: 0, toldIn: "" });
  }

  expunge(number: number): void {
    this.#at(number);
    const [row] = this.rows.splice(number - 1, 1);
    if (row && row.uid !== null) this.folder.gone(row.uid);
  }

  fetch({ number, items }: FetchResponse, tag: string): void {
    const row = this.#at(number);
    const uid = items.get("UID");
    if (typeof uid === "number") this.#learnUid(number, row, uid);
    this.#learnState(row, items, tag);
    if (row.uid === null) return;
    for (const [name, value] of items)
      if (constant.test(name)) this.folder.fact(row.uid, name, JSON.stringify(value));
  }

  /** What SEARCH found, by numbers or UIDs. */
  found(numbers: readonly number[], by: "numbers" | "uids"): void {
    let last = 0;
    for (const number of numbers) {
      if (number <= last) throw new Contradiction(`SEARCH tells ${number} after ${last}`);
      last = number;
      if (by === "numbers") this.#at(number);
    }
    const isWhole = this.rows.every(({ uid }) => uid !== null);
    if (by !== "uids" || !isWhole) return;
    const known = new Set(this.uids);
    const unknown = numbers.find((uid) => !known.has(uid));
    if (unknown !== undefined) throw new Contradiction(`SEARCH found UID ${unknown}, which is not there`);
  }

  #at(number: number): Row {
    const row = this.rows[number - 1];
    if (!row) throw new Contradiction(`message number ${number} of ${this.rows.length}`);
    return row;
  }

  #learnUid(number: number, row: Row, uid: number): void {
    if (row.uid === uid) return;
    if (row.uid !== null) throw new Contradiction(`message ${number} had UID ${row.uid} and now ${uid}`);
    const before = this.rows.slice(0, number - 1).findLast((one) => one.uid !== null)?.uid ?? 0;
    const after = this.rows.slice(number).find((one) => one.uid !== null)?.uid ?? Number.POSITIVE_INFINITY;
    if (uid <= before || uid >= after)
      throw new Contradiction(`message ${number} has UID ${uid}, between ${before} and ${after}`);
    row.uid = uid;
    this.folder.there(uid, this.#since);
  }

  #learnState(row: Row, items: ReadonlyMap<string, WireValue>, tag: string): void {
    const modSeq = numberIn(items.get("MODSEQ"));
    if (modSeq !== null) {
      if (modSeq < row.modSeq)
        throw new Contradiction(`MODSEQ ${row.modSeq} of UID ${row.uid} became ${modSeq}`);
      row.modSeq = modSeq;
      this.folder.reached(modSeq);
    }
    const flags = items.get("FLAGS");
    if (!Array.isArray(flags)) return;
    row.flags = sortedFlags(flags as readonly string[]);
    row.toldIn = tag;
    if (row.uid !== null && modSeq !== null) this.folder.flags(row.uid, modSeq, row.flags);
  }
}

export function sortedFlags(flags: readonly string[]): string {
  return [...new Set(flags)].sort().join(" ");
}

function numberIn(value: WireValue | undefined): number | null {
  const [number] = Array.isArray(value) ? (value as readonly WireValue[]) : [];
  return typeof number === "number" ? number : null;
}
