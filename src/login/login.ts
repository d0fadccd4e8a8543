/** Prove who you are: the one question every protocol server asks before it shows a mailbox. */
import type { MailboxId } from "#mailbox/ids";
import type { Outcome } from "#mailbox/problem";

/** Where a login comes from. */
export type LoginProtocol = "pop3" | "imap" | "submission" | "web";

export interface LoginAttempt {
  /** As the program sent it: an address, or a bare name of the listener's default domain. */
  readonly name: string;
  /** Octets exactly as sent. */
  readonly password: Uint8Array;
  readonly protocol: LoginProtocol;
  readonly peerAddress: string;
}

/**
 * A person whose password is right. The mailbox is known at once, save while the listing of a big old
 * mailbox is still being taken: then `mailbox` is null and `ready` resolves with it. Until it does, what
 * needs the listing fails for the moment, and is never answered with a short one.
 */
export interface Account {
  readonly address: string;
  readonly mailbox: MailboxId | null;
  readonly ready: Promise<Outcome<MailboxId>>;
}

export type LoginAnswer =
  | { readonly answer: "welcome"; readonly account: Account }
  /** The name or the password is wrong (never said which). */
  | { readonly answer: "refused" }
  /** It cannot be told now: the old server is down, locked, slow, or too much is being tried. Never "wrong password". */
  | { readonly answer: "try-later"; readonly text: string };

export interface Login {
  prove(attempt: LoginAttempt): Promise<LoginAnswer>;
}
