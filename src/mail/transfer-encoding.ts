/** RFC 2045 §6.7 rule 5 */
const quotedLineLength = 76;
/** RFC 5321 §4.5.3.1.6, less CRLF */
const longestLine = 998;

/** Text as the body of a text/plain part in UTF-8, with the encoding that carries it anywhere. */
export interface EncodedText {
  readonly encoding: "7bit" | "quoted-printable";
  /** With CRLF line ends, the last one included. */
  readonly body: string;
}

/** Chooses 7bit where the text is ASCII in lines that every server takes, else quoted-printable. */
export function encodeText(text: string): EncodedText {
  const lines = text
    .replace(/\r\n|\r/g, "\n")
    .replace(/\n$/, "")
    .split("\n");
  const isPlain = lines.every((line) => line.length <= longestLine && /^[\t\x20-\x7e]*$/.test(line));
  const encoded = isPlain ? lines : lines.map(quotedPrintableLine);
  return { encoding: isPlain ? "7bit" : "quoted-printable", body: `${encoded.join("\r\n")}\r\n` };
}

function quotedPrintableLine(line: string): string {
  let encoded = "";
  let length = 0;
  const octets = Buffer.from(line);
  octets.forEach((octet, index) => {
    const isLast = index === octets.length - 1;
    const blank = octet === 0x20 || octet === 0x09;
    const literal = (octet > 0x20 && octet < 0x7f && octet !== 0x3d) || (blank && !isLast);
    const piece = literal
      ? String.fromCharCode(octet)
      : `=${octet.toString(16).toUpperCase().padStart(2, "0")}`;
    // A soft line break needs a column of its own, except after the last octet.
    if (length + piece.length > (isLast ? quotedLineLength : quotedLineLength - 1)) {
      encoded += "=\r\n";
      length = 0;
    }
    encoded += piece;
    length += piece.length;
  });
  return encoded;
}
