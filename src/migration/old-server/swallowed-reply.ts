const begin = Buffer.from("\n+OK");
const overlap = begin.length - 1;

/**
 * Finds the answer to the next command inside a message. A server that does not end a message, and was asked for
 * the next one ahead, lets the two run into each other: about where the message should end there is a line that
 * begins with +OK.
 */
export class SwallowedReply {
  readonly #from: number;
  readonly #to: number;
  #octets = 0;
  #tail: Uint8Array = new Uint8Array(0);

  /** @param size octets that the message is said to have; null: it may end anywhere */
  constructor(size: number | null) {
    const leeway = size === null ? 0 : Math.max(64, Math.ceil(size / 20));
    this.#from = size === null ? 0 : size - leeway;
    this.#to = size === null ? Number.POSITIVE_INFINITY : size + leeway;
  }

  /** Whether it is in what was written so far, this chunk of the message included. */
  sees(chunk: Uint8Array): boolean {
    const start = this.#octets;
    const tail = this.#tail;
    this.#octets += chunk.length;
    this.#tail = lastOf(tail, chunk);
    if (this.#octets < this.#from || start - tail.length > this.#to) return false;
    // Where the two meet, and then the chunk where it lies: nothing of it is copied.
    const seam = Buffer.concat([tail, chunk.subarray(0, overlap)]);
    return this.#isIn(seam, start - tail.length) || this.#isIn(viewOf(chunk), start);
  }

  #isIn(octets: Buffer, start: number): boolean {
    for (let at = octets.indexOf(begin); at >= 0; at = octets.indexOf(begin, at + 1)) {
      if (start + at >= this.#from && start + at <= this.#to) return true;
    }
    return false;
  }
}

/** The last octets of both together, in which a reply may have begun. */
function lastOf(tail: Uint8Array, chunk: Uint8Array): Uint8Array {
  return chunk.length >= overlap ? chunk.slice(-overlap) : Buffer.concat([tail, chunk]).subarray(-overlap);
}

function viewOf(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
}
