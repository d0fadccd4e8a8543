/** What login asks of a migration: may this person come in, on the word of the old server? */
import type { MailboxId } from "#mailbox/ids";
import type { Outcome } from "#mailbox/problem";
import type { UnhashedPassword } from "./unhashed-passwords.ts";

/** Somebody who has not been admitted yet shows a password. */
export interface AdmissionRequest {
  /** The address as a key (mail/address: addressKey), its domain the local one. */
  readonly address: string;
  readonly domain: string;
  /** Octets exactly as sent. */
  readonly password: Uint8Array;
  readonly peerAddress: string;
  /** Over which protocol, for the audit record. */
  readonly protocol?: string;
  /**
   * An administrator asks for it, not the person. With a login name, the password is the administrator's: it opens
   * the old maildrop, and nothing here.
   */
  readonly brought?: { readonly loginName: string | null };
}

export type AdmissionAnswer =
  | { readonly answer: "admitted"; readonly mailbox: MailboxId }
  /** The password is good; the listing of the old mailbox is still being taken. */
  | { readonly answer: "pending"; readonly ready: Promise<Outcome<MailboxId>> }
  | { readonly answer: "bad" }
  /** The old server is down, locked, slow or throttled: nothing was created, nothing is known. */
  | { readonly answer: "cannot-tell"; readonly reason: string }
  | { readonly answer: "not-migrating" };

export interface Admissions {
  /**
   * Names who judges those of a domain who have not come yet; null while nobody does. It changes with every
   * migration and with its old server: what was wrong for one judge may be right for the next.
   */
  judge(domain: string): Promise<string | null>;
  /** Asks the old server; never throws for what an old server does. */
  admit(request: AdmissionRequest): Promise<AdmissionAnswer>;
  /** A good login here of an admitted mailbox, for a transfer whose sealed old password stopped working. */
  provedHere(mailbox: MailboxId, password: Uint8Array): void;
  /**
   * Whether an admitted mailbox was brought without a password: the first password of its owner is judged by the
   * old server, and is the password here from then on.
   */
  awaitsOwner?(mailbox: MailboxId): Promise<boolean>;
  /**
   * Whether this is the password of somebody who was admitted a moment ago, sealed and not hashed yet. `lost`: what is
   * sealed opens no more; it is given up, and the mailbox awaits its owner from now on.
   */
  isUnhashed(kept: UnhashedPassword, password: Uint8Array): Promise<boolean | "lost">;
}
