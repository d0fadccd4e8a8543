/**
 * The port to an old server, in the words of a migration: prove a person, list the maildrop, fetch.
 * POP3 stands behind it now, IMAP later. The old server is never changed: nothing here deletes.
 */
import type { TlsPolicy } from "#mail/next-hop";
import type { OldServerFacts } from "../proof/certificate.ts";

/** Where an old server is and how to speak to it. */
export interface OldServerAddress {
  readonly protocol: "pop3" | "imap";
  readonly host: string;
  readonly port: number;
  /** TLS from the first octet (pop3s). Otherwise STLS, unless the policy says none. */
  readonly implicitTls: boolean;
  readonly tls: TlsPolicy;
  /** "{local}", "{address}" or a template of both; null: both common forms are tried once each. */
  readonly loginAs: string | null;
}

/**
 * Why an old server could not tell. It is never the person's fault and never "wrong password". `turned-away`: the
 * connection was refused by the greeting, or ended before it, as servers do that bear no more connections.
 * `no-passwords`: no ordinary password is taken, whether right or wrong.
 */
export type Trouble =
  | "down"
  | "locked"
  | "login-delay"
  | "throttled"
  | "turned-away"
  | "no-passwords"
  | "tls"
  | "protocol"
  | "timeout"
  | "dropped";

/** The three answers to "is this the right password?". Good means login and STAT (or SELECT INBOX) worked. */
export type Verdict =
  | { readonly verdict: "good"; readonly session: OldServerSession }
  | { readonly verdict: "bad"; readonly reply: string }
  | {
      readonly verdict: "cannot-tell";
      readonly trouble: Trouble;
      readonly reason: string;
      /** How long it asks to wait, in milliseconds, where it says so. */
      readonly retryAfter?: number;
    };

/** One message as the old server lists it, in its order. */
export interface ListedMessage {
  /** Message number in this session. */
  readonly number: number;
  /** Octets in a latin1 string; null where the server has no unique-id for it. */
  readonly uidl: string | null;
  /** What LIST says, a hint only; null where it says nothing. */
  readonly size: number | null;
}

/** The messages of an old maildrop in its order. It may be read any number of times. */
export interface Listing extends Iterable<ListedMessage> {
  readonly length: number;
}

/** Something went wrong while listing or fetching. `message`: only this one message is affected. */
export interface FetchTrouble {
  readonly scope: "message" | "connection";
  readonly trouble: Trouble | "gone" | "refused" | "too-large";
  readonly reason: string;
}

/** Takes the octets of one message as they come, dot-unstuffed. */
export interface MessageSink {
  write(chunk: Uint8Array): Promise<void>;
}

/** A logged-in connection to one old maildrop, used by one task at a time. */
export interface OldServerSession extends AsyncDisposable {
  /** The login name that worked. */
  readonly loginName: string;
  /** How many messages and octets STAT told at login. */
  readonly stat: { readonly messages: number; readonly octets: number };
  /** Milliseconds that must pass between logins (RFC 2449 §6.5), where the server states it. */
  readonly loginDelay?: number;
  /** What the server says of itself. */
  readonly facts?: OldServerFacts;
  /** Whether the session still answers, as far as is known. */
  readonly isOpen: boolean;
  /** The whole listing in the old order. Throws OldServerTrouble. */
  list(): Promise<Listing>;
  /**
   * Fetches messages in the order given, as many at once as the server bears, within the octet budget of
   * the pipeline. For each, `begin` gives the sink; `end` is told when it is whole or why it is not, in the
   * same order. Stops early, at a message boundary, when `mayGoOn` says no; those not begun are not reported.
   */
  fetch(request: FetchRequest): Promise<void>;
  /**
   * The header of one message without reading the message itself, as far as the server gives it; null where it does
   * not. Throws OldServerTrouble.
   */
  header?(message: ListedMessage): Promise<Uint8Array | null>;
  /** Ends the connection at once, without QUIT; a listing or fetch under way ends as when it breaks. */
  abandon(): void;
}

export interface FetchRequest {
  readonly messages: readonly ListedMessage[];
  begin(message: ListedMessage): MessageSink;
  end(message: ListedMessage, trouble: FetchTrouble | null): Promise<void>;
  mayGoOn(): boolean;
}

/** Raised when a listing cannot be had. */
export class OldServerTrouble extends Error {
  readonly trouble: Trouble;
  constructor(trouble: Trouble, reason: string) {
    super(reason);
    this.name = "OldServerTrouble";
    this.trouble = trouble;
  }
}

/** Whom to ask, and with what. The password is octets, exactly as the person's program sent them. */
export interface Credentials {
  /** The address as a key. */
  readonly address: string;
  readonly password: Uint8Array;
  /** The login name that worked before, if any. */
  readonly loginName: string | null;
}

/** An old server that can be asked. */
export interface OldServer {
  /** @param signal gives up waiting; the answer is then `cannot-tell` */
  login(server: OldServerAddress, credentials: Credentials, signal: AbortSignal): Promise<Verdict>;
}
