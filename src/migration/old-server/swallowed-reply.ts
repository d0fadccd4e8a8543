const begin = Buffer.from("\n+OK");

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
    const start = this.#octets - this.#tail.length;
    this.#octets += chunk.length;
    if (this.#octets < this.#from || start > this.#to) {
      this.#tail = chunk.slice(-begin.length + 1);
      return false;
    }
    const octets = Buffer.concat([this.#tail, chunk]);
    this.#tail = octets.subarray(-begin.length + 1);
    for (let at = octets.indexOf(begin); at >= 0; at = octets.indexOf(begin, at + 1)) {
      if (start + at >= this.#from && start + at <= this.#to) return true;
    }
    return false;
  }
}
