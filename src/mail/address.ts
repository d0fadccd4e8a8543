/**
 * The vocabulary of mail, pure: octets and text in, plain data out. This room does no I/O, has no clock and
 * imports nothing of ours; dates, ids and keys are handed in. Everything it reads is hostile: whatever the
 * input, functions return (null where there is no sensible value), in time linear to the input, and what they
 * keep is bounded.
 *
 * This file: the address of one person, as SMTP and logins write it (RFC 5321 §4.1.2, RFC 6531 §3.3). Address
 * lists of message headers are another grammar: `address-list.ts`.
 */
import { domainToASCII } from "node:url";

/** Whom a message is for: `anna@big-company.com`. */
export interface Address {
  /** Without quoting: the local part of `"a b"@big-company.com` is `a b`. Case as given. */
  readonly localPart: string;
  /** Lower-case A-labels. */
  readonly domain: string;
}

/** RFC 5321 §4.5.3.1.1, in octets of UTF-8. */
const maximumLocalPartOctets = 64;
const atom = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.\u00a0-\u{10FFFF}]+$/u;
const dotString = /^[^.]+(?:\.[^.]+)*$/;
const quotedString = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e\u00a0-\u{10FFFF}]|\\[\x20-\x7e])*"$/u;

/**
 * Reads an RFC 5321 Mailbox, without angle brackets. Null if it is none; an address literal (`anna@[192.0.2.1]`)
 * is no recipient of ours and gives null too. Misplaced dots (`anna..b@big-company.com`) are taken although the
 * RFC wants them quoted: such addresses exist and get mail. `formatAddress` quotes them.
 */
export function parseAddress(text: string): Address | null {
  const at = text.lastIndexOf("@");
  if (at < 1) return null;
  const localPart = parseLocalPart(text.slice(0, at));
  const domain = domainKey(text.slice(at + 1));
  return localPart === null || domain === null ? null : { localPart, domain };
}

function parseLocalPart(text: string): string | null {
  // U+FFFD stands for octets that were no UTF-8: two different addresses would look the same.
  if (text.length > 2 * maximumLocalPartOctets + 2 || !text.isWellFormed() || text.includes("\ufffd"))
    return null;
  let localPart: string;
  if (atom.test(text)) localPart = text;
  else if (quotedString.test(text)) localPart = text.slice(1, -1).replace(/\\(.)/g, "$1");
  else return null;
  return localPart !== "" && Buffer.byteLength(localPart) <= maximumLocalPartOctets ? localPart : null;
}

/** The address as SMTP writes it; the local part is quoted where it must be. `parseAddress` is its inverse. */
export function formatAddress(address: Address): string {
  const plain = atom.test(address.localPart) && dotString.test(address.localPart);
  const localPart = plain ? address.localPart : `"${address.localPart.replace(/["\\]/g, "\\$&")}"`;
  return `${localPart}@${address.domain}`;
}

/** What two spellings of one address have in common: the local part case-folded, then "@" and A-labels. */
export function addressKey(address: Address): string {
  const localPart = address.localPart.normalize("NFC").toLowerCase();
  return formatAddress({ localPart, domain: address.domain });
}

/** `anna+lists@big-company.com` → `anna@big-company.com`; null if there is no sub-address (RFC 5233). */
export function splitSubAddress(address: Address): Address | null {
  const plus = address.localPart.indexOf("+");
  return plus < 1 ? null : { localPart: address.localPart.slice(0, plus), domain: address.domain };
}

/** Whether the address can only be carried by SMTPUTF8 (RFC 6531): its domain always has an ASCII form. */
export function needsSmtpUtf8(address: Address): boolean {
  return /[^\x00-\x7f]/.test(address.localPart);
}

/** RFC 5321 §4.5.3.1.2 */
const maximumDomainOctets = 255;
const label = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
const domainName = new RegExp(`^(?:${label}\\.)*${label}$`);
const numericLastLabel = /(?:^|\.)[0-9]+$/;
/** What may stand in a domain name before it is mapped: node's mapping would also take URL syntax. */
const plausible = /^[0-9A-Za-z_.\u0080-\u{10FFFF}-]+$/u;

/**
 * The one spelling of a domain name that is compared and stored: lower-case A-labels (RFC 5890 §2.3.2.1).
 * Underscores are let through, because hosts that have them send mail. Null if the text is no domain name;
 * an IP address, a trailing dot or an empty label is none.
 */
export function domainKey(name: string): string | null {
  if (name.length === 0 || name.length > maximumDomainOctets || !plausible.test(name)) return null;
  const lower = name.toLowerCase();
  const needsMapping = /[^\x00-\x7f]/.test(lower) || /(?:^|\.)xn--/.test(lower);
  const key = needsMapping ? domainToASCII(lower) : lower;
  if (key.length > maximumDomainOctets || !domainName.test(key) || numericLastLabel.test(key)) return null;
  return key;
}
