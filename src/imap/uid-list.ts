import type { Uid } from "#mailbox/ids";
import { type NumberRange, type SequenceSet, settled } from "./sequence-set.ts";

/** The UIDs of a folder as one session counts them: ascending, each at its message number. */
export class UidList {
  #uids: Uint32Array;
  #length: number;
  /** Whether the array is this list's alone: sessions that select the same folder begin with one. */
  #isOwn = false;

  /** @param uids ascending; not changed */
  constructor(uids: Uint32Array) {
    this.#uids = uids;
    this.#length = uids.length;
  }

  get length(): number {
    return this.#length;
  }

  /** The largest; 0 when there is none. */
  get last(): Uid | 0 {
    return (this.#uids[this.#length - 1] ?? 0) as Uid | 0;
  }

  /** The UID of a message number that there is. */
  at(number: number): Uid {
    const uid = number <= this.#length ? this.#uids[number - 1] : undefined;
    if (uid === undefined) throw new Error(`there is no message number ${number}`);
    return uid as Uid;
  }

  /** The message number of a UID; 0 if it is none of these. */
  numberOf(uid: number): number {
    const index = this.#lowerBound(uid);
    return index < this.#length && this.#uids[index] === uid ? index + 1 : 0;
  }

  /** Adds a UID that is larger than all the others. */
  push(uid: Uid): void {
    if (uid <= this.last) throw new Error(`UID ${uid} does not ascend`);
    if (this.#length === this.#uids.length) this.#own(Math.max(16, this.#length >> 3));
    this.#uids[this.#length++] = uid;
  }

  /** Takes UIDs away. @returns the message numbers they had, descending: as EXPUNGE tells them, each number is right */
  remove(uids: ReadonlySet<number>): number[] {
    const numbers: number[] = [];
    let kept = 0;
    if (!this.#isOwn) this.#own(0);
    for (let index = 0; index < this.#length; index++) {
      const uid = this.#uids[index] ?? 0;
      if (uids.has(uid)) numbers.push(index + 1);
      else this.#uids[kept++] = uid;
    }
    this.#length = kept;
    return numbers.reverse();
  }

  /** The UIDs that a set of UIDs picks; those that there are not are passed over. */
  pickUids(set: SequenceSet): Uid[] {
    const uids: Uid[] = [];
    for (const { from, to } of settled(set, this.last)) {
      for (let index = this.#lowerBound(from); index < this.#length; index++) {
        const uid = this.#uids[index] ?? 0;
        if (uid > to) break;
        uids.push(uid as Uid);
      }
    }
    return uids;
  }

  /** The UIDs that a set of message numbers picks; null where it names a number that no message has. */
  pickNumbers(set: SequenceSet): Uid[] | null {
    const uids: Uid[] = [];
    const ranges: readonly NumberRange[] = settled(set, this.#length);
    for (const { from, to } of ranges) {
      if (from < 1 || to > this.#length) return null;
      for (let number = from; number <= to; number++) uids.push(this.at(number));
    }
    return uids;
  }

  /** Goes on with an array of its own that has more room. */
  #own(more: number): void {
    const own = new Uint32Array(this.#length + more);
    own.set(this.#uids.subarray(0, this.#length));
    this.#uids = own;
    this.#isOwn = true;
  }

  /** The index of the first UID that is not smaller. */
  #lowerBound(uid: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#uids[middle] ?? 0) < uid) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
