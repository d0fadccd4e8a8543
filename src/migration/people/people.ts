/**
 * Who of a domain still has no home here, from evidence: whom the old server accepts mail for, whose logins were
 * tried, who is named in the headers of mail that came over, and whom the administrator expects. A home is an
 * admitted mailbox or an alias.
 */

/** An address that an administrator said will come. */
export interface Expected {
  readonly address: string;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** Logins for an address that the old server refused: a mistyped password, or somebody guessing. */
export interface TriedLogin {
  readonly address: string;
  readonly times: number;
  /** Epoch milliseconds. */
  readonly last: number;
}

/** What an administrator told of somebody's old mailbox, which only its owner's login could show us. */
export interface OldMaildrop {
  readonly address: string;
  readonly octets: number | null;
  /** When its newest message came, epoch milliseconds. */
  readonly lastMail: number | null;
}

/** An address in the header fields of mail in the domain's mailboxes here. */
export interface NamedInHeaders {
  readonly address: string;
  readonly messages: number;
}

/** The port to what is known of people without a home here. Addresses are keys. */
export interface PeopleStore {
  /** Notes addresses of a domain that will come; those that were noted before keep their time. */
  expect(domain: string, addresses: readonly string[], at: number): Promise<void>;
  /** They will not come. Says how many of them had been noted. */
  expectNoMore(domain: string, addresses: readonly string[]): Promise<number>;
  /** Those without a home here, in address order. */
  expected(domain: string): Promise<readonly Expected[]>;
  /** Notes what is known of old mailboxes; null leaves what was known before. Goes with `expectNoMore`. */
  noteOldMaildrops(domain: string, maildrops: readonly OldMaildrop[]): Promise<void>;
  /** Of those without a home here, in address order. */
  oldMaildrops(domain: string): Promise<readonly OldMaildrop[]>;
  /** Of each domain only so many addresses are kept, so that guessing cannot fill the store. */
  loginTried(domain: string, address: string, at: number): Promise<void>;
  /** Those without a home here, in address order. */
  triedLogins(domain: string): Promise<readonly TriedLogin[]>;
  /** Reads the envelopes of all mail of the domain's mailboxes, piece by piece; those without a home here. */
  namedInHeaders(domain: string, signal: AbortSignal): Promise<readonly NamedInHeaders[]>;
}

/** What an address without a home probably is. */
export type Likely = "person" | "role" | "machine" | "unknown";

/** Somebody without a home here, and why we think so. */
export interface Homeless {
  readonly address: string;
  readonly likely: Likely;
  /** Mail that was piped to the old server for it, and when it last accepted some; null where it never did. */
  readonly accepted: { readonly messages: number; readonly last: number } | null;
  readonly tried: { readonly times: number; readonly last: number } | null;
  /** Messages here that name it; null where nobody looked. */
  readonly named: number | null;
  readonly isExpected: boolean;
  /** Octets in the old mailbox, as the administrator told; null where nobody did. */
  readonly oldOctets: number | null;
  /** When mail came there last: as the administrator told, or piped from here since; null where neither is known. */
  readonly lastMail: number | null;
}

interface Sources {
  readonly accepted: readonly {
    readonly address: string;
    readonly messages: number;
    readonly lastAccepted: number;
  }[];
  readonly tried: readonly TriedLogin[];
  readonly named: readonly NamedInHeaders[] | null;
  readonly expected: readonly Expected[];
  readonly maildrops: readonly OldMaildrop[];
}

/** All evidence by address, in address order. */
export function homeless({ accepted, tried, named, expected, maildrops }: Sources): readonly Homeless[] {
  const acceptedBy = new Map(accepted.map((one) => [one.address, one]));
  const triedBy = new Map(tried.map((one) => [one.address, one]));
  const namedBy = new Map((named ?? []).map((one) => [one.address, one]));
  const maildropBy = new Map(maildrops.map((one) => [one.address, one]));
  const expectedOnes = new Set(expected.map((one) => one.address));
  const addresses = new Set([
    ...acceptedBy.keys(),
    ...triedBy.keys(),
    ...namedBy.keys(),
    ...expectedOnes,
    ...maildropBy.keys(),
  ]);
  return [...addresses].sort().map((address) => {
    const mail = acceptedBy.get(address);
    const login = triedBy.get(address);
    const maildrop = maildropBy.get(address);
    const piped = mail && mail.messages > 0 ? mail.lastAccepted : null;
    const last = Math.max(maildrop?.lastMail ?? 0, piped ?? 0);
    return {
      address,
      likely: likelyOf(address, login !== undefined || expectedOnes.has(address)),
      accepted: mail ? { messages: mail.messages, last: mail.lastAccepted } : null,
      tried: login ? { times: login.times, last: login.last } : null,
      named: named === null ? null : (namedBy.get(address)?.messages ?? 0),
      isExpected: expectedOnes.has(address),
      oldOctets: maildrop?.octets ?? null,
      lastMail: last === 0 ? null : last,
    };
  });
}

const machines =
  /^(?:no-?reply|do-?not-?reply|cron|root|daemon|mailer-daemon|bounces?|backup|nagios|zabbix|monitoring|alerts?|printer|scanner|scan|fax|copier|www-data|wordpress|jenkins|git|nobody)(?:[-+.\d]|$)/;
/** RFC 2142 §3-6, and what companies add. */
const roles = new Set([
  ...["info", "marketing", "sales", "support", "abuse", "noc", "security", "postmaster", "hostmaster"],
  ...["usenet", "news", "webmaster", "www", "uucp", "ftp", "office", "contact", "hello", "mail", "admin"],
  ...["administrator", "accounting", "billing", "invoices", "orders", "jobs", "hr", "press", "team", "all"],
  ...["everyone", "staff", "service", "help", "helpdesk", "reception", "privacy", "legal", "newsletter"],
]);

function likelyOf(address: string, hasShownItself: boolean): Likely {
  const localPart = address.slice(0, address.lastIndexOf("@"));
  if (machines.test(localPart)) return "machine";
  if (roles.has(localPart)) return "role";
  return hasShownItself ? "person" : "unknown";
}

/** Somebody who is known to belong to a domain and has no home here: without one nothing may be switched off. */
export interface StillToCome {
  readonly address: string;
  /** Messages piped to the old server for the address. */
  readonly messages: number;
  /** When the old server accepted it last, epoch milliseconds; null when only the administrator knows of it. */
  readonly lastAccepted: number | null;
}

/** Whom the old server accepts mail for, and whom the administrator expects, in address order. */
export async function stillToCome(
  known: { missing(domain: string): Promise<Sources["accepted"]> },
  people: Pick<PeopleStore, "expected">,
  domain: string,
): Promise<readonly StillToCome[]> {
  const accepted = await known.missing(domain);
  const addresses = new Set(accepted.map(({ address }) => address));
  const expected = (await people.expected(domain)).filter(({ address }) => !addresses.has(address));
  return [
    ...accepted.map(({ address, messages, lastAccepted }) => ({ address, messages, lastAccepted })),
    ...expected.map(({ address }) => ({ address, messages: 0, lastAccepted: null })),
  ].sort((one, other) => (one.address < other.address ? -1 : 1));
}
