/** The port through which domains, mailboxes, aliases and credentials are kept. Addresses are keys (mail/address: addressKey). */
import type { MailboxId } from "#mailbox/ids";
import type { Outcome } from "#mailbox/problem";
import type { Domain } from "./domain.ts";

/** A person's account, without its secrets. */
export interface Mailbox {
  readonly id: MailboxId;
  /** Its address as a key: case-folded local part, "@", A-label domain. */
  readonly address: string;
  readonly domain: string;
  /**
   * The one fact that routing and login read: mail is delivered here and the password here decides. A
   * mailbox that is not admitted only holds settings; its mail still lives on the old server.
   */
  readonly admitted: boolean;
  readonly hasPassword: boolean;
  /** Octets; null is no limit. */
  readonly quota: number | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** What a new mailbox starts with. */
export interface NewMailbox {
  readonly address: string;
  readonly domain: string;
  readonly admitted: boolean;
  /** A hash made by login/password-hash; null: none yet. */
  readonly passwordHash: string | null;
  readonly quota: number | null;
}

/** What proves the owner of a mailbox: one of the two, or nothing. */
export interface KeptPassword {
  /** A hash made by login/password-hash. */
  readonly hash: string | null;
  /** Of somebody who was admitted a moment ago, sealed until it is hashed (migration/admission/late-hashes). */
  readonly unhashed: Uint8Array | null;
}

/** Mail for `address` goes to `target` as well as to its other targets. */
export interface Alias {
  readonly address: string;
  readonly target: string;
}

/** An alias, as whoever it leads to sees it. */
export interface LeadingAlias {
  readonly address: string;
  /** How many targets it has, this one included. */
  readonly targets: number;
}

export interface DirectoryStore {
  domain(name: string): Promise<Domain | null>;
  domains(): Promise<readonly Domain[]>;
  addDomain(domain: Domain): Promise<Outcome<void>>;
  /** Replaces the settings of a domain of the same kind. */
  setDomain(domain: Domain): Promise<Outcome<void>>;
  /** Refused as `in-use` while mailboxes, aliases, alias domains or pipes still name it. */
  removeDomain(name: string): Promise<Outcome<void>>;

  mailbox(address: string): Promise<Mailbox | null>;
  mailboxById(id: MailboxId): Promise<Mailbox | null>;
  /** In address order, after an address (exclusive, "" for the start). */
  mailboxes(domain: string, after: string, limit: number): Promise<readonly Mailbox[]>;
  /** Creates a mailbox; an admitted one has its folders from the same commit on. */
  addMailbox(mailbox: NewMailbox): Promise<Outcome<Mailbox>>;
  removeMailbox(id: MailboxId): Promise<Outcome<void>>;
  keptPassword(id: MailboxId): Promise<KeptPassword>;
  setPasswordHash(id: MailboxId, hash: string): Promise<Outcome<void>>;
  setQuota(id: MailboxId, octets: number | null): Promise<Outcome<void>>;

  /** Targets of an alias; empty when there is none. */
  aliasTargets(address: string): Promise<readonly string[]>;
  aliases(domain: string): Promise<readonly Alias[]>;
  addAlias(alias: Alias): Promise<Outcome<void>>;
  /** The aliases that lead to an address at once, in address order, from after one on. */
  aliasesTo(target: string, after: string, limit: number): Promise<readonly LeadingAlias[]>;
  /** Removes an alias with all its targets, or one target alone. */
  removeAlias(address: string, target?: string): Promise<Outcome<void>>;
}
