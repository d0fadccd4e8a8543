import type { TextStream } from "./charset.ts";

/** A 7-bit charset that shifts between ASCII and another one, whose octets are those of an 8-bit one without bit 8. */
export interface ShiftedCharset {
  /** The 8-bit charset. */
  readonly under: string;
  readonly shifts: "HZ" | "SO";
}

const charsets: Readonly<Record<string, ShiftedCharset>> = {
  "hz-gb-2312": { under: "gbk", shifts: "HZ" },
  hz: { under: "gbk", shifts: "HZ" },
  "iso-2022-kr": { under: "euc-kr", shifts: "SO" },
  csiso2022kr: { under: "euc-kr", shifts: "SO" },
  "iso-2022-cn": { under: "gbk", shifts: "SO" },
};

/** The charset of that name in lower case (RFC 1843, 1557, 1922); null if it is none of these. */
export function shiftedCharset(name: string): ShiftedCharset | null {
  return charsets[name] ?? null;
}

const SHIFT_OUT = 0x0e;
const SHIFT_IN = 0x0f;
const ESCAPE = 0x1b;
const LF = 0x0a;
const TILDE = 0x7e;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Undoes the shifts and leaves the rest to the decoder of the 8-bit charset. */
export class ShiftedDecoder implements TextStream {
  readonly #shifts: ShiftedCharset["shifts"];
  readonly #under: TextStream;
  #isShifted = false;
  /** Octets still to be passed over of `ESC $ ) C` and its like. */
  #escaped = 0;
  #sawTilde = false;

  constructor({ shifts }: ShiftedCharset, under: TextStream) {
    this.#shifts = shifts;
    this.#under = under;
  }

  write(octets: Uint8Array): string {
    const plain: number[] = [];
    for (const octet of octets) {
      if (this.#shifts === "HZ") this.#takeHz(octet, plain);
      else this.#takeSo(octet, plain);
    }
    return this.#under.write(Uint8Array.from(plain));
  }

  end(): string {
    return this.#under.end();
  }

  #takeSo(octet: number, plain: number[]): void {
    if (this.#escaped > 0) this.#escaped--;
    else if (octet === ESCAPE) this.#escaped = 3;
    else if (octet === SHIFT_OUT || octet === SHIFT_IN) this.#isShifted = octet === SHIFT_OUT;
    else this.#add(octet, plain);
  }

  #takeHz(octet: number, plain: number[]): void {
    const isAfterTilde = this.#sawTilde;
    this.#sawTilde = !isAfterTilde && octet === TILDE;
    if (!isAfterTilde) {
      if (octet !== TILDE) this.#add(octet, plain);
    } else if (octet === OPEN || octet === CLOSE) this.#isShifted = octet === OPEN;
    else if (octet !== LF) this.#add(octet, plain);
  }

  /** A line ends every shift. */
  #add(octet: number, plain: number[]): void {
    if (octet === LF) this.#isShifted = false;
    plain.push(this.#isShifted && octet > 0x20 ? octet | 0x80 : octet);
  }
}
