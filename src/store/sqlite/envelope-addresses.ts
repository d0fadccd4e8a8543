import { addressKey, parseAddress } from "#mail/address";

/** Mailbox and host of an address in an ENVELOPE (RFC 3501 §7.4.2), both as quoted strings. */
const pattern = /"((?:[^"\\]|\\["\\])*)" "((?:[^"\\]|\\["\\])*)"\)/g;

/** The addresses of one domain that an ENVELOPE names, as keys, each once. */
export function addressesOfDomain(envelope: string, domain: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, localPart = "", host = ""] of envelope.matchAll(pattern)) {
    if (host.toLowerCase() !== domain) continue;
    // What is escaped in a quoted string here must be quoted in an address, as must what is no dot-atom.
    const address = parseAddress(`${localPart}@${host}`) ?? parseAddress(`"${localPart}"@${host}`);
    if (address) found.add(addressKey(address));
  }
  return found;
}
