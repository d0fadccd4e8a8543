/** The commands of a transaction with their parameters (RFC 5321 §4.1.1, 1870, 6152, 6531, 3461). */
import { formatAddress, parseAddress } from "#mail/address";
import type { EnvelopeRecipient } from "#mail/envelope";
import type { SmtpExtensions } from "./smtp-extensions.ts";

/** What MAIL says. */
export interface SmtpSender {
  /** "" is the null reverse-path. */
  readonly reversePath: string;
  /** Octets of the message, before dot-stuffing. */
  readonly size: number;
  readonly body: "7BIT" | "8BITMIME";
  /** Whether this very message needs SMTPUTF8, in its envelope or its header. */
  readonly needsSmtpUtf8: boolean;
  readonly envelopeId: string | null;
  readonly ret: "FULL" | "HDRS" | null;
}

/** Most octets of a parameter's value as we send it (RFC 3461 §4.2, §4.4 allow 500 and 100). */
const longestOriginalRecipient = 500;
const longestEnvelopeId = 100;

/** MAIL FROM, with the parameters that the server understands, without its line end. */
export function mailCommand(sender: SmtpSender, offered: SmtpExtensions): string {
  const parameters: string[] = [];
  if (offered.size !== null) parameters.push(`SIZE=${sender.size}`);
  // Where 8BITMIME is not offered 8-bit octets go out as they are: any re-coding would break signatures.
  if (offered.eightBitMime) parameters.push(`BODY=${sender.body}`);
  if (offered.smtpUtf8 && sender.needsSmtpUtf8) parameters.push("SMTPUTF8");
  if (offered.dsn) {
    if (sender.ret) parameters.push(`RET=${sender.ret}`);
    const envelopeId = sender.envelopeId === null ? "" : xtext(sender.envelopeId);
    if (envelopeId !== "" && envelopeId.length <= longestEnvelopeId) parameters.push(`ENVID=${envelopeId}`);
  }
  return [`MAIL FROM:<${onTheWire(sender.reversePath, offered)}>`, ...parameters].join(" ");
}

/** RCPT TO, with the parameters that the server understands, without its line end. */
export function rcptCommand(recipient: EnvelopeRecipient, offered: SmtpExtensions): string {
  const parameters: string[] = [];
  if (offered.dsn) {
    if (recipient.notify && recipient.notify.length > 0)
      parameters.push(`NOTIFY=${recipient.notify.join(",")}`);
    const original = originalParameter(recipient.originalRecipient, offered.smtpUtf8);
    if (original !== null) parameters.push(`ORCPT=${original}`);
  }
  return [`RCPT TO:<${onTheWire(recipient.address, offered)}>`, ...parameters].join(" ");
}

/**
 * The address as this server can take it: with SMTPUTF8 as given, without it with A-labels for its domain.
 * Null if its local part needs SMTPUTF8 and the server has none. "" stays "".
 */
export function writableAddress(address: string, smtpUtf8: boolean): string | null {
  if (smtpUtf8 || isAscii(address)) return address;
  const parsed = parseAddress(address);
  const written = parsed && formatAddress(parsed);
  return written !== null && isAscii(written) ? written : null;
}

/** Whether an address can stand between angle brackets without ending them or the line. */
export function fitsCommand(address: string): boolean {
  const outsideQuotes = address.replace(/"(?:[^"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f])*"/g, "");
  return !/[\x00-\x20\x7f<>]/.test(outsideQuotes);
}

function onTheWire(address: string, offered: SmtpExtensions): string {
  const written = writableAddress(address, offered.smtpUtf8);
  if (written === null || !fitsCommand(written)) throw new RangeError("an address that fits no command");
  return written;
}

/** Whether a text is 7-bit. */
export function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}

/** xtext (RFC 3461 §4): what is not printable ASCII, "+" and "=" as +HH. Non-ASCII text goes as UTF-8. */
export function xtext(text: string): string {
  return [...Buffer.from(text)]
    .map((octet) =>
      octet > 32 && octet < 127 && octet !== 43 && octet !== 61
        ? String.fromCharCode(octet)
        : `+${octet.toString(16).toUpperCase().padStart(2, "0")}`,
    )
    .join("");
}

/** utf-8-addr-unitext (RFC 6533 §3): readable by a server with SMTPUTF8; specials as \x{HH}. */
function unitext(text: string): string {
  return [...text]
    .map((character) => (/[\x00-\x20\x7f\\+=]/.test(character) ? embedded(character) : character))
    .join("");
}

function embedded(character: string): string {
  return `\\x{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`;
}

function originalParameter(original: string | null, smtpUtf8: boolean): string | null {
  const [, type = "", address = ""] = /^([A-Za-z0-9-]+);(.+)$/s.exec(original ?? "") ?? [];
  if (address === "") return null;
  let value: string;
  if (type.toLowerCase() !== "utf-8") value = `${type};${xtext(address)}`;
  else if (smtpUtf8) value = `utf-8;${unitext(address)}`;
  // utf-8-addr-xtext: \x{HH} for everything beyond ASCII, for a server that has no SMTPUTF8.
  else
    value = `utf-8;${[...address].map((c) => (/[!-~]/.test(c) && !/[\\+=]/.test(c) ? c : embedded(c))).join("")}`;
  return Buffer.byteLength(value) <= longestOriginalRecipient ? value : null;
}
