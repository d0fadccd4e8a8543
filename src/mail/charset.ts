/** Text in the charsets that mail names: as many as two libraries know, and the 7-bit ones of East Asia. */
import iconv from "iconv-lite";
import { type ShiftedCharset, ShiftedDecoder, shiftedCharset } from "./shifted-charset.ts";

/** Text from octets that come in chunks. */
export interface TextStream {
  write(octets: Uint8Array): string;
  /** What was still incomplete. */
  end(): string;
}

type Decoding =
  | { readonly by: "iconv"; readonly name: string }
  | { readonly by: "shifts"; readonly charset: ShiftedCharset }
  | { readonly by: "web"; readonly name: string };

/** ISO-2022-JP under names that add characters nobody's mail depends on. */
const japanese =
  /^(?:iso-2022-jp-[123]|iso-2022-jp-2004|iso-2022-jp-ms|cp50220|cp50221|cp50222|csiso2022jp.*)$/;
const otherNames: Readonly<Record<string, string>> = { cp932: "shift_jis", cp949: "euc-kr", "x-gbk": "gbk" };

/** Whether text in this charset can be read. */
export function knowsCharset(charset: string): boolean {
  return decodingOf(charset) !== null;
}

/** Text that is whole; null if nobody here knows the charset. Octets that mean nothing become U+FFFD. */
export function decodeCharset(octets: Uint8Array, charset: string): string | null {
  const stream = charsetStream(charset);
  return stream && stream.write(octets) + stream.end();
}

/** Text in a charset; null if nobody here knows it. */
export function charsetStream(charset: string): TextStream | null {
  const decoding = decodingOf(charset);
  switch (decoding?.by) {
    case undefined:
      return null;
    case "iconv":
      return /^utf-?7/.test(decoding.name) ? new LineStream(decoding.name) : iconvStream(decoding.name);
    case "shifts":
      return new ShiftedDecoder(decoding.charset, iconvStream(decoding.charset.under));
    case "web":
      return webStream(new TextDecoder(decoding.name));
  }
}

/** Text that names no charset, or one that nobody knows: UTF-8 as long as it is that, then Windows-1252. */
export function unnamedStream(): TextStream {
  let decoder: TextDecoder | null = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const windows = iconvStream("windows-1252");
  const decode = (octets: Uint8Array | null): string => {
    try {
      if (decoder) return octets ? decoder.decode(octets, { stream: true }) : decoder.decode();
    } catch {
      decoder = null;
    }
    return octets ? windows.write(octets) : "";
  };
  return { write: decode, end: () => decode(null) };
}

function decodingOf(charset: string): Decoding | null {
  const lower = charset.trim().toLowerCase();
  const name = otherNames[lower] ?? (japanese.test(lower) ? "iso-2022-jp" : lower);
  const shifts = shiftedCharset(name);
  if (shifts) return { by: "shifts", charset: shifts };
  if (iconv.encodingExists(name)) return { by: "iconv", name };
  try {
    return { by: "web", name: new TextDecoder(name).encoding };
  } catch {
    return null;
  }
}

function iconvStream(name: string): TextStream {
  const decoder = iconv.getDecoder(name);
  return {
    write: (octets) => decoder.write(Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)),
    end: () => decoder.end() ?? "",
  };
}

const LF = 10;
const longestLine = 64 * 1024;

/** For UTF-7, whose decoder needs what it shifts to in one piece: that never goes beyond a line. */
class LineStream implements TextStream {
  readonly #charset: string;
  #unfinished: Buffer = Buffer.alloc(0);

  constructor(charset: string) {
    this.#charset = charset;
  }

  write(octets: Uint8Array): string {
    const all = Buffer.concat([this.#unfinished, octets]);
    const end = all.length > longestLine ? all.length : all.lastIndexOf(LF) + 1;
    this.#unfinished = all.subarray(end);
    return iconv.decode(all.subarray(0, end), this.#charset);
  }

  end(): string {
    return iconv.decode(this.#unfinished, this.#charset);
  }
}

function webStream(decoder: TextDecoder): TextStream {
  return { write: (octets) => decoder.decode(octets, { stream: true }), end: () => decoder.decode() };
}
