/** The port to the passwords of people who were just admitted: sealed, and not hashed yet. */
import type { MailboxId } from "#mailbox/ids";

/** One of them, sealed under the key of its domain's migration. */
export interface UnhashedPassword {
  readonly mailbox: MailboxId;
  /** As a key; what was sealed is bound to it. */
  readonly address: string;
  readonly domain: string;
  readonly sealed: Uint8Array;
}

/** Each method is one transaction. */
export interface UnhashedPasswords {
  /**
   * Those that were admitted first come first.
   * @param domain null: of all domains
   */
  unhashed(domain: string | null, limit: number): Promise<readonly UnhashedPassword[]>;
  /**
   * The hash takes the place of what is sealed; nothing happens when the password has changed meanwhile.
   * @param hash null: what is sealed opens no more, and the mailbox has no password until its owner shows one that the
   * old server takes
   */
  hashed(password: Pick<UnhashedPassword, "mailbox" | "sealed">, hash: string | null): Promise<void>;
}
