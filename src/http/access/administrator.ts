/**
 * Who may administer this server over the web, and with what they prove it: a session in a browser, or a token of a
 * program. Whoever may open the control socket needs none of this.
 */
import type { Outcome } from "#mailbox/problem";

export interface Administrator {
  readonly name: string;
  /** A domain administrator looks after people of some domains, and changes nothing else. */
  readonly role: "administrator" | "domain-administrator";
  /** Of a domain administrator; lower-case A-labels. */
  readonly domains: readonly string[];
}

/** A session or a token. Times are epoch milliseconds. */
export interface AccessKey {
  /** Names it in listings; it is no secret. */
  readonly id: string;
  readonly kind: "session" | "token";
  /** What a token is for, or where a session was opened from. */
  readonly label: string;
  readonly mayWrite: boolean;
  readonly created: number;
  readonly lastUsed: number;
  readonly expires: number;
}

/** What the web keeps about them. */
export interface AdministratorStore {
  administrators(): Promise<readonly Administrator[]>;
  /** Null: nobody of that name. */
  passwordHash(name: string): Promise<string | null>;
  addAdministrator(administrator: Administrator, passwordHash: string, at: number): Promise<Outcome<void>>;
  /**
   * All sessions of the administrator end with it; tokens stay.
   * @param kept id of the session in which that was asked for by its owner: it goes on
   */
  setAdministratorPassword(name: string, passwordHash: string, kept?: string): Promise<Outcome<void>>;
  /** With all sessions and tokens. */
  removeAdministrator(name: string): Promise<Outcome<void>>;

  /** @param hash SHA-256 of the secret. What has expired is cleared away by the way. */
  addKey(hash: Uint8Array, administrator: string, key: AccessKey): Promise<Outcome<void>>;
  /** Null when there is none, or when it has expired at `now`. */
  keyOf(hash: Uint8Array, now: number): Promise<{ key: AccessKey; administrator: Administrator } | null>;
  /** It was used, and is good until then. */
  renewKey(hash: Uint8Array, at: number, expires: number): Promise<void>;
  keys(administrator: string, now: number): Promise<readonly AccessKey[]>;
  removeKey(administrator: string, id: string): Promise<Outcome<void>>;
}
