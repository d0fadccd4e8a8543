/**
 * The header of a message on its way in, held back until it is whole: what it says decides whether the message is
 * taken and what goes above it.
 */
const CR = 13;
const LF = 10;

/** Octets of a header that are held; from a longer one only these are looked at. */
export const maximumHeaderOctets = 256 * 1024;

export class ArrivingHeader {
  #held = new Uint8Array(4096);
  #length = 0;
  /** Octets of the header; null while its end has not been seen. */
  #size: number | null = null;
  #isCut = false;
  #searched = 0;

  /** Whether nothing is held back any more. */
  get isDecided(): boolean {
    return this.#size !== null;
  }

  /** Whether the header is longer than what is looked at. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** The header once it is decided, with the empty line that ends it where there is one. */
  get octets(): Uint8Array {
    return this.#held.subarray(0, this.#size ?? 0);
  }

  /** Takes octets of the message. Once the header is decided: all that was taken so far; null before. */
  take(chunk: Uint8Array): Uint8Array | null {
    this.#append(chunk);
    const end = this.#findEnd();
    if (end !== null) return this.#decide(end);
    if (this.#length < maximumHeaderOctets) return null;
    this.#isCut = true;
    return this.#decide(maximumHeaderOctets);
  }

  /** The message is whole although its header did not end: all of it is header. */
  end(): Uint8Array {
    return this.#decide(this.#length);
  }

  #decide(size: number): Uint8Array {
    this.#size = size;
    return this.#held.subarray(0, this.#length);
  }

  #append(chunk: Uint8Array): void {
    const length = this.#length + chunk.length;
    if (length > this.#held.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#held.length));
      larger.set(this.#held.subarray(0, this.#length));
      this.#held = larger;
    }
    this.#held.set(chunk, this.#length);
    this.#length = length;
  }

  /** Where the body begins, if that has come; an empty line at the very start counts. */
  #findEnd(): number | null {
    const held = this.#held.subarray(0, this.#length);
    for (let at = held.indexOf(LF, this.#searched); at >= 0; at = held.indexOf(LF, at + 1)) {
      this.#searched = at + 1;
      const isEmpty = held[at - 1] === CR && (at === 1 || held[at - 2] === LF);
      if (isEmpty) return at < maximumHeaderOctets ? at + 1 : null;
    }
    this.#searched = this.#length;
    return null;
  }
}
