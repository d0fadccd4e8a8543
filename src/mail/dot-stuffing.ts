/**
 * The end of data as SMTP's DATA and POP3's RETR mark it (RFC 5321 §4.5.2, RFC 1939 §3), in both directions and
 * in any chunking. Chunks are handed on as views into what came in; nothing is kept between them but a state.
 *
 * A line starts at the beginning of the data and after CRLF, nowhere else. Anything laxer is what SMTP
 * smuggling lives on: a receiver that takes `LF . LF` for the end reads the rest of the message as commands.
 */
const CR = 13;
const LF = 10;
const DOT = 46;
const crOctet = Uint8Array.of(CR);
const stuffing = Buffer.of(CR, LF, DOT);

/** What one chunk of dot-stuffed data held. */
export interface Unstuffed {
  /** The octets of the message in it, as views into the chunk. */
  readonly content: readonly Uint8Array[];
  /** What followed the terminator; null while the terminator has not been seen. */
  readonly rest: Uint8Array | null;
}

type UnstuffState = "line-start" | "dot" | "dot-cr" | "text" | "cr" | "ended";

/**
 * Takes the dots away and finds the end: `CRLF . CRLF`, or `. CRLF` at the very start. The CRLF before the
 * final dot belongs to the message. Once the end was seen, whatever is written comes back as rest.
 */
export class DotUnstuffer {
  #state: UnstuffState = "line-start";

  write(chunk: Uint8Array): Unstuffed {
    const octets = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const content: Uint8Array[] = [];
    const length = chunk.length;
    let state = this.#state;
    /** Where the octets begin that have not been handed on yet. */
    let from = 0;
    let at = 0;
    while (at < length && state !== "ended") {
      const octet = chunk[at];
      switch (state) {
        case "text": {
          // Nearly all octets are passed over here, without a look at each.
          const dot = octets.indexOf(stuffing, at);
          state = dot < 0 ? stateAfter(octets.subarray(at)) : "line-start";
          at = dot < 0 ? length : dot + 2;
          break;
        }
        case "cr":
          state = octet === LF ? "line-start" : octet === CR ? "cr" : "text";
          at++;
          break;
        case "line-start":
          if (octet === DOT) {
            if (at > from) content.push(chunk.subarray(from, at));
            state = "dot";
            from = ++at;
          } else state = "text";
          break;
        case "dot":
          if (octet === CR) {
            state = "dot-cr";
            at++;
          } else state = "text";
          break;
        case "dot-cr":
          if (octet === LF) {
            state = "ended";
            from = ++at;
          } else {
            // The CR that was held back is of the message after all; it may have come with an earlier chunk.
            if (at === 0) content.push(crOctet);
            state = "text";
          }
          break;
      }
    }
    this.#state = state;
    if (state === "ended") return { content, rest: chunk.subarray(from) };
    const end = state === "dot-cr" ? Math.max(from, length - 1) : length;
    if (end > from) content.push(chunk.subarray(from, end));
    return { content, rest: null };
  }
}

/** What the end of text without a stuffed dot leaves open. */
function stateAfter(text: Uint8Array): UnstuffState {
  if (text.at(-1) === CR) return "cr";
  return text.at(-1) === LF && text.at(-2) === CR ? "line-start" : "text";
}

/** After which line ends a dot is doubled; see `DotStuffer`. */
export type StuffedLines = "crlf" | "any";

/**
 * Doubles the dots at line starts and ends the data.
 *
 * By default only after CRLF, because a receiver that follows the RFC takes dots away only there: any other
 * doubled dot would stay in the message. The price is that a message with a bare line end before a lone dot
 * looks finished to a receiver that takes `LF . LF`. No stuffing can serve both; that is why SMTP refuses bare
 * CR and LF on the way in, and such a message never goes out by DATA.
 *
 * `any` doubles after bare CR and LF too. It is for readers known to split lines at every LF, as most POP3
 * programs do: they take the dot away again, and never see a false end; a strict one keeps the extra dot.
 */
export class DotStuffer {
  readonly #lines: StuffedLines;
  #beforeLast = CR;
  #last = LF;

  constructor(lines: StuffedLines = "crlf") {
    this.#lines = lines;
  }

  /** The chunk itself if there was nothing to double in it. */
  write(chunk: Uint8Array): Uint8Array {
    const dots: number[] = [];
    for (let at = 0; at < chunk.length; at++) {
      if (chunk[at] === DOT && this.#startsLine(chunk, at)) dots.push(at);
    }
    if (chunk.length > 0) {
      this.#beforeLast = chunk.length > 1 ? (chunk.at(-2) ?? 0) : this.#last;
      this.#last = chunk.at(-1) ?? 0;
    }
    return dots.length === 0 ? chunk : doubleAt(chunk, dots);
  }

  #startsLine(chunk: Uint8Array, at: number): boolean {
    const before = chunk[at - 1] ?? this.#last;
    if (this.#lines === "any") return before === LF || before === CR;
    return before === LF && (at > 1 ? chunk[at - 2] : at > 0 ? this.#last : this.#beforeLast) === CR;
  }

  /** The end of the data: a CRLF if the message does not end with one, the dot, CRLF. */
  end(): Uint8Array {
    const atLineStart = this.#last === LF && this.#beforeLast === CR;
    return Buffer.from(atLineStart ? ".\r\n" : "\r\n.\r\n");
  }
}

function doubleAt(chunk: Uint8Array, dots: readonly number[]): Uint8Array {
  const stuffed = new Uint8Array(chunk.length + dots.length);
  let from = 0;
  dots.forEach((dot, before) => {
    stuffed.set(chunk.subarray(from, dot + 1), from + before);
    stuffed[dot + before + 1] = DOT;
    from = dot + 1;
  });
  stuffed.set(chunk.subarray(from), from + dots.length);
  return stuffed;
}
