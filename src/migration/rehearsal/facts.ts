/**
 * What a rehearsal observes of an old server, as plain data: nothing here judges. The probes fill it in, the
 * findings read it. Whatever the server said is trimmed and printable (`words`).
 */
import type { TlsPolicy } from "#mail/next-hop";
import type { OldServerAddress, Trouble } from "../old-server/old-server.ts";

/** Everything that was seen. */
export interface Facts {
  readonly domain: string;
  readonly server: OldServerAddress;
  /** The addresses of the test logins that were given. */
  readonly logins: readonly string[];
  readonly names: NameFacts;
  readonly reach: ReachFacts;
  readonly people: readonly PersonFacts[];
  /** What a random name with a random password met; null where it was not tried. */
  readonly stranger: StrangerFacts | null;
  readonly routing: RoutingFacts;
  readonly house: HouseFacts;
  /** Whether messages were to be retrieved. */
  readonly mayRetrieve: boolean;
}

/** What DNS says here and now; an answer that could not be had is text that says why. */
export interface NameFacts {
  readonly mailExchangers: readonly string[] | { readonly unknown: string };
  readonly oldServer: readonly string[] | { readonly unknown: string };
  /** Addresses of our own name for EHLO. */
  readonly ownName: readonly string[] | { readonly unknown: string };
}

/** The connection before anybody logs in. */
export interface ReachFacts {
  /** The old server's address is one of our own listeners, or greets as we do. */
  readonly leadsToUs: boolean;
  /** Why there was no connection or no POP3 on it; null: there was. */
  readonly trouble: { readonly trouble: Trouble; readonly reason: string } | null;
  readonly greeting: string;
  readonly capa: "told" | "refused" | "hangs" | "drops";
  /** Lines of CAPA before TLS, such as "LOGIN-DELAY 720". */
  readonly capabilities: readonly string[];
  readonly security: Security;
}

/** A certificate as it was shown, whether it was trusted or not. */
export interface ShownCertificate {
  /** SHA-256, lower-case hex. */
  readonly fingerprint: string;
  readonly subject: string;
  readonly names: string;
  readonly validTo: string;
  readonly daysLeft: number;
}

/** How connections are secured, or why they are not. */
export type Security =
  /** As the policy wants it. The certificate is null where none was shown. */
  | { readonly state: "secured"; readonly version: string; readonly certificate: ShownCertificate | null }
  /** The policy is clear text. */
  | { readonly state: "clear"; readonly offersTls: boolean }
  | {
      readonly state: "refused";
      readonly kind: "not-offered" | "broken" | "too-old" | "not-tls" | "certificate";
      readonly reason: string;
      /** The strictest policy that was seen to work; null: none did. */
      readonly works: TlsPolicy | null;
      /** TLS from the first octet works on port 995. */
      readonly worksOn995: boolean;
      readonly certificate: ShownCertificate | null;
    }
  | { readonly state: "unknown" };

/** One test login. */
export interface PersonFacts {
  readonly address: string;
  readonly login: LoginFacts;
  /** Null where the login failed. */
  readonly maildrop: MaildropFacts | null;
  /** The mailbox's limit here in octets; null: none. */
  readonly quota: number | null;
}

/** How somebody got in, or did not. */
export interface LoginFacts {
  /** hollow: PASS was accepted and STAT was not. */
  readonly outcome: "good" | "bad" | "hollow" | "cannot-tell";
  /** The last name that was tried, and the form it was made by. */
  readonly name: string;
  readonly form: string;
  /** Names that were refused before one worked. */
  readonly refusedNames: readonly string[];
  /** The server's last words. */
  readonly said: string;
  readonly trouble: Trouble | null;
  /** From USER to the answer of STAT. */
  readonly milliseconds: number;
  /** How often it was tried again because of a lock or the like, and what was said then. */
  readonly retries: number;
  readonly heldUp: string | null;
}

/** One message of one listing. */
export interface Entry {
  readonly number: number;
  /** What LIST says; null where it says nothing. */
  readonly size: number | null;
  /** Octets in a latin1 string as UIDL says them, also where they are unusable; null: no line for it. */
  readonly uidl: string | null;
}

/** A maildrop as one session lists it. */
export interface Listing {
  readonly stat: { readonly messages: number; readonly octets: number; readonly said: string };
  readonly entries: readonly Entry[];
  /** The words with which UIDL was refused; null: it works. */
  readonly uidlRefused: string | null;
  /** Lines of UIDL for numbers that LIST does not have. */
  readonly strayUidls: number;
}

/** Another login while a session is open. */
export type SecondLogin = "allowed" | "locked" | "turned-away" | "other";

/** The listing of a later session, or why there is none. */
export type LaterListing =
  | { readonly seen: true; readonly listing: Listing; readonly waited: number }
  | { readonly seen: false; readonly trouble: Trouble | "bad"; readonly said: string };

/** One maildrop over two sessions. */
export interface MaildropFacts {
  readonly first: Listing;
  readonly later: LaterListing;
  readonly secondLogin: { readonly outcome: SecondLogin; readonly said: string };
  /** Capabilities after the login's TLS. */
  readonly capabilities: readonly string[];
  readonly quit: "answered" | "refused" | "hung" | "dropped";
  readonly samples: readonly SampleFacts[];
  /** What became of the one message that the first session read. */
  readonly readMessage: "kept" | "gone" | "unknown";
  /** Where its octets were kept when it was gone; null: they were not. */
  readonly rescuedTo: string | null;
  /** Whether it read the same in the second session; null where it was read once. */
  readonly readsTheSame: boolean | null;
  /** The same without the fields that mail stores write (mail/settled-hash), by which it is known again all the same. */
  readonly settlesTheSame: boolean | null;
  /** Whether reading marks messages as seen; null where nobody looked. */
  readonly seenMarks: SeenMarks | null;
  readonly pipelining: "sound" | "stalls" | "wrong" | "not-offered" | "not-tried";
  /** Milliseconds of a NOOP; null where it was not measured. */
  readonly roundTrip: number | null;
}

/** What IMAP shows of messages that POP3 read. */
export type SeenMarks =
  /** Of those that were unseen before, so many are marked now. */
  | { readonly outcome: "told"; readonly unseen: number; readonly marked: number }
  | {
      readonly outcome: "unknown";
      readonly why: string;
      /** There is IMAP, whatever it says. */
      readonly isThere: boolean;
    };

/** One message that was looked at. */
export interface SampleFacts {
  readonly number: number;
  /** What LIST says. */
  readonly size: number | null;
  readonly top: "sound" | "differs" | "refused" | "broken" | "not-tried";
  /** null: not retrieved. */
  readonly retrieved: RetrievedFacts | { readonly refused: string } | { readonly broken: string } | null;
}

/** What came by RETR. */
export interface RetrievedFacts {
  /** Octets of the message, dots taken off. */
  readonly octets: number;
  readonly milliseconds: number;
  /** A line began with one dot that was not doubled. */
  readonly undoubledDot: boolean;
  /** The terminator was not CRLF.CRLF. */
  readonly oddEnd: boolean;
  readonly bareLf: boolean;
  readonly nul: boolean;
  readonly eightBitHeader: boolean;
  readonly fromLine: boolean;
  /** The header has fields that mail stores write into messages by themselves: Status, X-UIDL and their kin. */
  readonly storeFields: boolean;
}

/** hollow: the password was accepted, and the next command was not. */
export type StrangerFacts = {
  readonly outcome: "refused" | "let-in" | "hollow" | "cannot-tell";
  readonly said: string;
};

/** Where mail goes for people who have not come yet. */
export interface RoutingFacts {
  /** The rule for unknown users as people write it. */
  readonly rule: string;
  /** Null unless the rule is a pipe. */
  readonly route: RouteFacts | null;
}

/** The next hop of the pipe. */
export interface RouteFacts {
  readonly name: string;
  readonly host: string;
  readonly leadsToUs: boolean;
  /** Why there is no conversation with it; null: there is. */
  readonly trouble: string | null;
  /** It did not want to talk to us at all: what it said, and when. */
  readonly turnedAway: { readonly at: "greeting" | "hello"; readonly said: string } | null;
  readonly isSecure: boolean;
  /** RCPT of the first test user; null where nobody could be asked about. */
  readonly person: RecipientFacts | null;
  /** RCPT of a random address. */
  readonly nobody: RecipientFacts | null;
}

/** What was answered to MAIL or RCPT. */
export interface RecipientFacts {
  readonly address: string;
  readonly at: "mail" | "rcpt";
  readonly code: number;
  readonly enhanced: string | null;
  readonly said: string;
}

/** Our own side. */
export interface HouseFacts {
  readonly hostname: string;
  /** Octets that are free for data; null where it could not be told. */
  readonly free: number | null;
  /** Connections to one old server at once. */
  readonly connections: number;
  readonly sweepMilliseconds: number;
  /** People of the domain whom we know of; 0: no evidence yet. */
  readonly knownPeople: number;
}

/** Octets that somebody else sent, on one line, printable ASCII, at most 160 characters: safe for a terminal. */
export function words(text: string): string {
  const plain = text
    .replace(/[^\x20-\x7e]+/g, "?")
    .replace(/ {2,}/g, " ")
    .trim();
  return plain.length <= 160 ? plain : `${plain.slice(0, 157)}...`;
}
