const LF = 10;
const DOT = 46;
const empty = new Uint8Array(0);

/**
 * Some servers end a message with `LF . LF` or `CRLF . LF`, where RFC 1939 §3 wants `CRLF . CRLF`. Within a message
 * the same octets are text. Only silence after them tells the one from the other, so they are held back until
 * something follows.
 */
export class LfEnd {
  #held = empty;
  /** What was handed on so far ends a line, by LF alone or not. */
  #isLineStart = true;

  /** Takes what came; gives what may be handed on, which may be nothing. */
  write(chunk: Uint8Array): Uint8Array {
    const octets = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const kept = this.#endLength(octets);
    this.#held = kept === 0 ? empty : octets.slice(octets.length - kept);
    const given = kept === 0 ? octets : octets.subarray(0, octets.length - kept);
    if (given.length > 0) this.#isLineStart = given.at(-1) === LF;
    return given;
  }

  /** Whether the message is over if nothing follows. */
  get mayBeOver(): boolean {
    return this.#held.length === 2;
  }

  /** How many octets at the end are a dot at the beginning of a line, alone or with LF. */
  #endLength(octets: Uint8Array): number {
    for (const length of [1, 2]) {
      const at = octets.length - length;
      const isDot = octets[at] === DOT && (length === 1 || octets[at + 1] === LF);
      if (isDot && (at === 0 ? this.#isLineStart : octets[at - 1] === LF)) return length;
    }
    return 0;
  }
}
