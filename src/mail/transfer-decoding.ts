/** Undoing Content-Transfer-Encoding (RFC 2045 §6), in chunks of any size, as far as it goes: nothing is an error. */
export interface TransferDecoder {
  write(octets: Uint8Array): Uint8Array;
  /** What was still incomplete. */
  end(): Uint8Array;
}

const nothing = new Uint8Array(0);

/** @param encoding as written, null for none; what nobody knows is taken as it is */
export function transferDecoder(encoding: string | null): TransferDecoder {
  switch (encoding?.trim().toLowerCase()) {
    case "base64":
      return new Base64Decoder();
    case "quoted-printable":
      return new QuotedPrintableDecoder();
    default:
      return { write: (octets) => octets, end: () => nothing };
  }
}

/** RFC 2045 §6.8: octets that are not of the alphabet are passed over. */
class Base64Decoder implements TransferDecoder {
  #left = "";

  write(octets: Uint8Array): Uint8Array {
    const text = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString("latin1");
    const all = this.#left + text.replace(/[^A-Za-z0-9+/=]+/g, "");
    const end = all.length - (all.length % 4);
    this.#left = all.slice(end);
    return decodeGroups(all.slice(0, end));
  }

  end(): Uint8Array {
    return decodeGroups(this.#left);
  }
}

/** Padding ends what came before it, and something may come after: messages are put together so. */
function decodeGroups(text: string): Uint8Array {
  if (!text.includes("=")) return Buffer.from(text, "base64");
  return Buffer.concat(text.split(/=+/).map((piece) => Buffer.from(piece, "base64")));
}

const LF = 10;
const EQUALS = 61;
/** Longer than any line that the RFC allows, and than the blanks before a line end. */
const longestPiece = 8192;

/** RFC 2045 §6.7 */
class QuotedPrintableDecoder implements TransferDecoder {
  #left = "";

  write(octets: Uint8Array): Uint8Array {
    const all =
      this.#left + Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString("latin1");
    // Whether blanks count, and what an equals sign means, is known once the line is whole.
    const feed = all.lastIndexOf("\n") + 1;
    const end = all.length - feed > longestPiece ? beforeEscape(all) : feed;
    this.#left = all.slice(end);
    return decodeQuoted(all.slice(0, end));
  }

  end(): Uint8Array {
    return decodeQuoted(this.#left);
  }
}

/** The end, or where something begins there that may go on: `=4`. */
function beforeEscape(text: string): number {
  const at = text.indexOf("=", text.length - 2);
  return at < 0 ? text.length : at;
}

function decodeQuoted(text: string): Uint8Array {
  if (!text.includes("=") && !/[ \t]\r?\n/.test(text)) return Buffer.from(text, "latin1");
  const octets = Buffer.from(text.replace(/[ \t]+(?=\r?\n)/g, ""), "latin1");
  let to = 0;
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at] ?? 0;
    if (octet !== EQUALS) octets[to++] = octet;
    else if (octets[at + 1] === LF) at++;
    else if (octets[at + 1] === 13 && octets[at + 2] === LF) at += 2;
    else {
      const value = hexValue(octets[at + 1]) * 16 + hexValue(octets[at + 2]);
      octets[to++] = Number.isNaN(value) ? EQUALS : value;
      if (!Number.isNaN(value)) at += 2;
    }
  }
  return octets.subarray(0, to);
}

function hexValue(octet: number | undefined): number {
  return octet === undefined ? Number.NaN : Number.parseInt(String.fromCharCode(octet), 16);
}
