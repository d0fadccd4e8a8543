/** A person's session on the web, and what keeps it: quite apart from those of administrators. */
import type { MailboxId } from "#mailbox/ids";
import type { Outcome } from "#mailbox/problem";

/** Times are epoch milliseconds. */
export interface PersonSession {
  /** As a key (mail/address: addressKey). */
  readonly address: string;
  readonly created: number;
  readonly lastUsed: number;
  readonly expires: number;
}

/**
 * What is kept of sessions. All of a mailbox end when its password changes, when it is removed and when its owner goes
 * back to the old server.
 */
export interface PersonSessions {
  /** @param hash SHA-256 of the secret. What has expired is cleared away by the way; of one person fifty are kept. */
  addSession(hash: Uint8Array, session: PersonSession): Promise<void>;
  /** Null when there is none, or when it has expired at `now`. */
  sessionOf(hash: Uint8Array, now: number): Promise<PersonSession | null>;
  /** It was used, and is good until then. */
  renewSession(hash: Uint8Array, at: number, expires: number): Promise<void>;
  endSession(hash: Uint8Array): Promise<void>;
  /**
   * Sets the password of a mailbox. All its sessions end but the one in which that was asked for.
   * @param kept SHA-256 of that session's secret
   */
  changePassword(mailbox: MailboxId, passwordHash: string, kept: Uint8Array): Promise<Outcome<void>>;
}
