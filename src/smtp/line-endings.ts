/**
 * Bare CR and LF in a message on its way in. A message that has one looks different to every server that reads it,
 * which is what SMTP smuggling lives on (RFC 5321 §2.3.8 forbids them). Either they are watched for, and the
 * message is refused, or every line end is made CRLF.
 */
const CR = 13;
const LF = 10;

export type LineEndingPolicy = "refuse" | "normalise";

/** Passes the octets of one message, in any chunking. */
export class LineEndings {
  readonly #policy: LineEndingPolicy;
  /** CRs at the end of what has come, whose meaning the next octet decides. */
  #pending = 0;
  #bare = false;

  constructor(policy: LineEndingPolicy) {
    this.#policy = policy;
  }

  /** Whether a CR without LF or an LF without CR was seen and left as it is. */
  get isBare(): boolean {
    return this.#bare;
  }

  /** The octets to be passed on: the chunk itself unless something was normalised. */
  write(chunk: Uint8Array): Uint8Array {
    return this.#policy === "refuse" ? this.#watch(chunk) : this.#normalise(chunk);
  }

  /** The message is whole: what was still held back. */
  end(): Uint8Array {
    const held = this.#pending;
    this.#pending = 0;
    if (this.#policy === "normalise") return Buffer.from("\r\n".repeat(held));
    if (held > 0) this.#bare = true;
    return new Uint8Array(0);
  }

  #watch(chunk: Uint8Array): Uint8Array {
    if (!this.#bare && chunk.length > 0) {
      const startsBare = (chunk[0] === LF) !== this.#pending > 0;
      this.#bare = startsBare || hasBareLf(chunk) || hasBareCr(chunk);
      this.#pending = chunk.at(-1) === CR ? 1 : 0;
    }
    return chunk;
  }

  /** CRLF stays, CRs before an LF are one line end with it, every other CR or LF becomes one of its own. */
  #normalise(chunk: Uint8Array): Uint8Array {
    if (this.#pending === 0 && !hasBareLf(chunk) && !hasBareCr(chunk)) {
      if (chunk[0] !== LF && chunk.at(-1) !== CR) return chunk;
    }
    const normal = new Uint8Array(2 * (chunk.length + this.#pending));
    let length = 0;
    const endLines = (count: number): void => {
      for (let line = 0; line < count; line++) {
        normal[length++] = CR;
        normal[length++] = LF;
      }
    };
    for (const octet of chunk) {
      if (octet === CR) this.#pending++;
      else {
        endLines(octet === LF ? 1 : this.#pending);
        this.#pending = 0;
        if (octet !== LF) normal[length++] = octet;
      }
    }
    return normal.subarray(0, length);
  }
}

/** Whether an LF, other than one at the very start, has no CR before it. */
function hasBareLf(chunk: Uint8Array): boolean {
  for (let at = chunk.indexOf(LF, 1); at >= 0; at = chunk.indexOf(LF, at + 1)) {
    if (chunk[at - 1] !== CR) return true;
  }
  return false;
}

/** Whether a CR, other than one at the very end, has no LF after it. */
function hasBareCr(chunk: Uint8Array): boolean {
  for (let at = chunk.indexOf(CR); at >= 0 && at < chunk.length - 1; at = chunk.indexOf(CR, at + 1)) {
    if (chunk[at + 1] !== LF) return true;
  }
  return false;
}
