/**
 * A whole old maildrop as its server lists it, in few and large pieces of memory instead of an object and a string
 * for each message: a maildrop may have a million. It is put together once, by `ListingPacker`, and never changes;
 * a message is made anew whenever somebody looks at it.
 */
import { Numbers } from "#mailbox/numbers";
import { PackedStrings } from "#mailbox/packed-strings";
import type { ListedMessage, Listing } from "./old-server.ts";

/** Stands for a size that the server does not state. */
const unstated = -1;

export class PackedListing implements Listing {
  readonly length: number;
  readonly #sizes: Float64Array;
  readonly #uidls: PackedStrings;
  /** Null: they count from 1. */
  readonly #numbers: Float64Array | null;
  /** How many before it have the same unique-id, of those where there are such; worked out when it is asked for. */
  #repeated: ReadonlyMap<number, number> | null = null;

  /** @param uidls "" where there is none */
  constructor(sizes: Float64Array, uidls: PackedStrings, numbers: Float64Array | null) {
    this.length = sizes.length;
    this.#sizes = sizes;
    this.#uidls = uidls;
    this.#numbers = numbers;
  }

  /** The message at a place of the listing, counted from 0. */
  at(index: number): ListedMessage {
    const size = this.#sizes[index] ?? unstated;
    const uidl = this.uidlAt(index);
    return {
      number: this.numberAt(index),
      uidl: uidl === "" ? null : uidl,
      size: size === unstated ? null : size,
    };
  }

  numberAt(index: number): number {
    return this.#numbers?.[index] ?? index + 1;
  }

  /** "" where there is none. */
  uidlAt(index: number): string {
    return this.#uidls.at(index);
  }

  /** 0 where it is not stated. */
  sizeAt(index: number): number {
    return Math.max(this.#sizes[index] ?? 0, 0);
  }

  /** How many before it have the same unique-id. */
  occurrenceAt(index: number): number {
    this.#repeated ??= this.#uidls.repeated();
    return this.#repeated.get(index) ?? 0;
  }

  /** Whether each message has a unique-id of its own, and a higher number than the one before it. */
  get isOrderly(): boolean {
    if (this.#numbers?.some((number, index, all) => index > 0 && number <= (all[index - 1] ?? 0)))
      return false;
    this.#repeated ??= this.#uidls.repeated();
    return this.#repeated.size === 0 && !this.#uidls.hasEmpty;
  }

  /** The place of the first message that has the unique-id; -1 where none has. */
  placeOfUidl(uidl: string): number {
    return this.#uidls.placeOf(uidl);
  }

  /** The place of a message number, where the listing is orderly; -1 where it has none. */
  placeOfNumber(number: number): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.numberAt(middle) < number) low = middle + 1;
      else high = middle;
    }
    return low < this.length && this.numberAt(low) === number ? low : -1;
  }

  *[Symbol.iterator](): Generator<ListedMessage> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }
}

/**
 * Sizes and unique-ids as LIST and UIDL tell them, paired by message number within one session: a number that only
 * one of them has is left out. A unique-id that is told twice is the last one.
 */
export class ListingPacker {
  readonly #listed = { numbers: new Numbers(), sizes: new Numbers() };
  readonly #named = { numbers: new Numbers(), uidls: new PackedStrings() };

  /** A line of LIST; null: no size is stated. */
  addSize(number: number, size: number | null): void {
    this.#listed.numbers.push(number);
    this.#listed.sizes.push(size ?? unstated);
  }

  /** A line of UIDL; null: it has none. */
  addUidl(number: number, uidl: string | null): void {
    this.#named.numbers.push(number);
    this.#named.uidls.push(uidl ?? "");
  }

  /** @param hasUidls whether the server knows UIDL at all */
  pack(hasUidls: boolean): PackedListing {
    const numbers = this.#listed.numbers.whole();
    const sizes = this.#listed.sizes.whole();
    const { uidls } = this.#named;
    const named = this.#named.numbers.whole();
    // The two answers nearly always tell the same numbers in the same order.
    const isAscending = numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0));
    const isAlike = isAscending && numbers.length === named.length && numbers.every((n, i) => n === named[i]);
    if (isAlike) return new PackedListing(sizes, uidls, counted(numbers));
    const places = new Map<number, number>();
    for (const [place, number] of named.entries()) places.set(number, place);
    const kept = { numbers: new Numbers(), sizes: new Numbers(), uidls: new PackedStrings() };
    for (const [index, number] of numbers.entries()) {
      const place = places.get(number);
      if (hasUidls && place === undefined) continue;
      kept.numbers.push(number);
      kept.sizes.push(sizes[index] ?? unstated);
      kept.uidls.push(place === undefined ? "" : uidls.at(place));
    }
    return new PackedListing(kept.sizes.whole(), kept.uidls, counted(kept.numbers.whole()));
  }
}

/** Null for 1, 2, 3 …, which need not be kept. */
function counted(numbers: Float64Array): Float64Array | null {
  return numbers.every((number, index) => number === index + 1) ? null : numbers;
}
