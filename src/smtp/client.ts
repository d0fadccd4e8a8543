import type { Account } from "#login/login";

/** Who is on the other side of a session, as far as it is known at the moment. */
export interface SmtpClient {
  /** IP address. */
  readonly peerAddress: string;
  /** What it called itself; "" before EHLO or HELO. */
  readonly helo: string;
  /** Whether it said EHLO. */
  readonly isExtended: boolean;
  /** Whether what it says comes under TLS. */
  readonly isSecure: boolean;
  /** Who has logged in; null for nobody. */
  readonly account: Account | null;
}

/** A client that has said nothing yet, or of whom nothing said so far may be believed (RFC 3207 §4.2). */
export function newClient(peerAddress: string, isSecure: boolean): SmtpClient {
  return { peerAddress, helo: "", isExtended: false, isSecure, account: null };
}
