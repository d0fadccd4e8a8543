/** Octets taken together from the system: a buffer of its own for each small message costs more than its octets. */
const slabSize = 256 * 1024;

/** Gives out buffers that are parts of larger ones; such a larger one goes when all of its parts have gone. */
export class Slab {
  #octets = new Uint8Array(0);
  #used = 0;

  /** Zeros, so many; a large buffer is one of its own. */
  take(size: number): Uint8Array<ArrayBuffer> {
    if (size > slabSize / 4) return new Uint8Array(size);
    if (this.#used + size > this.#octets.length) {
      this.#octets = new Uint8Array(slabSize);
      this.#used = 0;
    }
    this.#used += size;
    return this.#octets.subarray(this.#used - size, this.#used);
  }
}
