import type { Address } from "./address.ts";
import { formatAddress } from "./address.ts";
import { encodeWords } from "./encoded-word.ts";

/** Where lines should end (RFC 5322 §2.1.1); a word that is longer stays whole. */
const lineLength = 76;

/** One header field with its CRLF: text encoded where it must be, folded at blanks, always one field. */
export function composeField(name: string, text: string): string {
  return foldField(name, encodeWords(oneLine(text)));
}

/** One field whose value is ready as it is (or holds UTF-8 that may stand there, RFC 6532): folded, one field. */
export function foldField(name: string, value: string): string {
  let field = `${name}:`;
  let length = field.length;
  for (const word of oneLine(value).split(" ")) {
    const breaks = length + 1 + word.length > lineLength && word !== "" && field !== `${name}:`;
    field += breaks ? `\r\n ${word}` : ` ${word}`;
    length = breaks ? 1 + word.length : length + 1 + word.length;
  }
  return `${field}\r\n`;
}

function oneLine(text: string): string {
  return text.replace(/[\x00-\x1f\x7f]+/g, " ").trim();
}

/** `Anna Example <anna@big-company.com>` for From and To; the name quoted or encoded where it must be. */
export function composeMailbox(name: string | null, address: Address): string {
  if (name === null || name.trim() === "") return `<${formatAddress(address)}>`;
  const plain = oneLine(name);
  const phrase = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]+$/.test(plain)
    ? encodeWords(plain)
    : /^[\x20-\x7e]+$/.test(plain) && !plain.includes("=?")
      ? `"${plain.replace(/["\\]/g, "\\$&")}"`
      : encodeWords(plain);
  return `${phrase} <${formatAddress(address)}>`;
}
