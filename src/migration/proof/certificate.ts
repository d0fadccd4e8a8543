/** What a domain's certificate says, as plain data. */
import type { OldServerAddress } from "../old-server/old-server.ts";
import type { Counts } from "./counts.ts";

/** Somebody whose old mail, or part of it, is given up by name. */
export interface GivenUp {
  readonly address: string;
  /** Who said so. */
  readonly by: string;
  /** What is given up, for people. */
  readonly what: string;
}

/** What the old server said of itself when somebody was last logged in there; null what is not known. */
export interface OldServerFacts {
  readonly greeting: string | null;
  /** SHA-256 of its certificate, lower-case hex. */
  readonly fingerprint: string | null;
}

/** What is known when a certificate is begun. Times are epoch milliseconds. */
export interface CertificateHead {
  readonly domain: string;
  readonly oldServer: OldServerAddress;
  /** Name and version of this program. */
  readonly software: string;
  readonly migrationStartedAt: number;
  readonly begunAt: number;
  readonly givenUp: readonly GivenUp[];
}

/** What is known when it is whole. */
export interface CertificateEnd {
  readonly endedAt: number;
  readonly facts: OldServerFacts;
  readonly mailboxes: number;
  readonly totals: Counts;
  /** Of the domain: the tree over its mailboxes. */
  readonly root: string;
  /** Every mailbox closes or is given up by name. */
  readonly closes: boolean;
}

export interface Certificate extends CertificateHead, CertificateEnd {
  /** Ascends with the certificates of this server. */
  readonly id: number;
}

/** One mailbox in a certificate. */
export interface MailboxProof {
  readonly address: string;
  /** The login name that worked on the old server. */
  readonly loginName: string;
  /** When the session began in which the listing was taken; null when there was none: `problem` says why. */
  readonly listedAt: number | null;
  readonly comparedAt: number;
  readonly counts: Counts;
  /** Of the tree over its listed messages; null in a report of a move that goes on. */
  readonly root: string | null;
  /** The old maildrop is accounted for, message by message. */
  readonly closes: boolean;
  /** Why not, beyond messages that are unaccounted for. */
  readonly problem: string | null;
  /** Of what is unaccounted for, the first few. */
  readonly reasons: readonly string[];
}

/** Why a domain's sum does not close, by mailbox. */
export interface Blocker {
  readonly address: string;
  /** Messages that are unaccounted for, those included that vanished there before they were copied. */
  readonly messages: number;
  /** The first few, each naming its message; never empty. */
  readonly reasons: readonly string[];
}

/** What a mailbox that does not close has to say. */
export function blockerOf({ address, counts, problem, reasons }: MailboxProof): Blocker {
  return {
    address,
    messages: counts.unaccounted.messages + counts.vanished,
    reasons: problem === null ? reasons : [problem, ...reasons],
  };
}

/** How an old server is written in a report. */
export function urlOf({ protocol, implicitTls, host, port }: OldServerAddress): string {
  return `${protocol}${implicitTls ? "s" : ""}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** How the connection to it was secured. */
export function tlsOf({ tls }: OldServerAddress): string {
  const words = [tls.mode === "pin" ? `pin=${tls.sha256}` : tls.mode];
  if (tls.mode === "verify" && tls.allowExpired) words.push("expired allowed");
  if (tls.mode !== "none" && tls.minVersion !== undefined) words.push(`TLS ${tls.minVersion} or newer`);
  return words.join(", ");
}
