import type { ContentId } from "#mailbox/ids";
import type { PairsInStep } from "../identity/in-step.ts";
import { nameOf } from "../identity/listing.ts";
import type { Paired } from "../identity/plan.ts";
import type { ErrandOrder } from "./errands.ts";

/**
 * Old mail that is to be fetched without any more to be said of it, of a maildrop in step with its ledger: one octet
 * for each message, because there may be very many. Newest first.
 */
export class RemoteInStep {
  /** The rest of the pairs that may be fetched: each needs an errand of its own. */
  readonly apart: Paired[];
  readonly #pairs: PairsInStep;
  /** 1: it is left. */
  readonly #left: Uint8Array;
  #size = 0;
  /** No message above it is left. */
  #top = 0;

  constructor(pairs: PairsInStep, { bigMessage, suspects }: Pick<ErrandOrder, "bigMessage" | "suspects">) {
    this.#pairs = pairs;
    this.#left = new Uint8Array(pairs.length);
    this.apart = [...pairs.odd()];
    const isSuspect = ({ listed }: Paired) => suspects.has(nameOf(listed));
    for (let place = 0; place < pairs.length; place++) {
      if (!pairs.isPlainRemote(place)) continue;
      if (pairs.sizeAt(place) > bigMessage || (suspects.size > 0 && isSuspect(pairs.at(place)))) {
        this.apart.push(pairs.at(place));
      } else {
        this.#left[place] = 1;
        this.#size++;
        this.#top = place;
      }
    }
  }

  /** How many are left. */
  get size(): number {
    return this.#size;
  }

  /** The one with a message number, while it is left. */
  get(number: number): Paired | null {
    return this.#at(this.#pairs.placeOfNumber(number));
  }

  /** The one with a content, while it is left. */
  ofContent(content: ContentId): Paired | null {
    return this.#at(this.#pairs.placeOfContent(content));
  }

  /** @returns false when it was not left */
  take(number: number): boolean {
    const place = this.#pairs.placeOfNumber(number);
    if (this.#left[place] !== 1) return false;
    this.#left[place] = 0;
    this.#size--;
    return true;
  }

  /** Those that are left, newest first. */
  *[Symbol.iterator](): Generator<Paired> {
    while (this.#top > 0 && this.#left[this.#top] === 0) this.#top--;
    for (let place = this.#top; place >= 0; place--) if (this.#left[place] === 1) yield this.#pairs.at(place);
  }

  #at(place: number): Paired | null {
    return this.#left[place] === 1 ? this.#pairs.at(place) : null;
  }
}
