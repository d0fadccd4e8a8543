import type { ContentId, MailboxId } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { RemoteContent } from "#mailbox/remote-content";
import { append, inboxOf, value } from "../contract/harness.ts";
import { arrived, listed, startMigration, tryToAdmit } from "../contract/ledger-words.ts";
import { openSqlite, type SqliteHarness } from "../contract/sqlite-harness.ts";
import { ImapPeople } from "./people.ts";

const domain = "big-company.com";
let houses = 0;

export interface HouseOptions {
  /** What of Anna's mail is only on the old server, by unique-id, in its order. */
  readonly old?: ReadonlyMap<string, Buffer>;
  /** Octets that Bob's mailbox may have. */
  readonly quota?: number;
  /** A store that others use as well, and that stays open; one of its own unless told. */
  readonly harness?: SqliteHarness;
}

/** A store with Anna's and Bob's mailboxes, and an old server that still has some of Anna's mail. */
export class ImapHouse implements RemoteContent, AsyncDisposable {
  readonly harness: SqliteHarness;
  readonly people: ImapPeople;
  readonly annas: MailboxId;
  /** The old server gives nothing while set. */
  isOldServerDown = false;
  /** Unique-ids that the old server does not give, though it gives others. */
  readonly withheld = new Set<string>();
  /** What was asked of it, in order. */
  readonly brought: string[] = [];
  readonly #old: ReadonlyMap<string, Buffer>;
  readonly #isShared: boolean;

  private constructor(harness: SqliteHarness, people: ImapPeople, annas: MailboxId, options: HouseOptions) {
    this.harness = harness;
    this.people = people;
    this.annas = annas;
    this.#old = options.old ?? new Map();
    this.#isShared = options.harness !== undefined;
  }

  static async open(options: HouseOptions = {}): Promise<ImapHouse> {
    const harness = options.harness ?? (await openSqlite());
    const number = ++houses;
    await startMigration(harness);
    const listing = [...(options.old ?? [])].map(([uidl, octets]) => listed(uidl, octets.length));
    const { mailbox } = value(await tryToAdmit(harness, listing, `anna${number}@${domain}`));
    const bob = await harness.directory.addMailbox({
      address: `bob${number}@${domain}`,
      domain,
      admitted: true,
      passwordHash: null,
      quota: options.quota ?? null,
    });
    const house = new ImapHouse(harness, new ImapPeople(mailbox, value(bob).id), mailbox, options);
    await house.#removeWelcome();
    return house;
  }

  /** Delivers a message to Anna's INBOX. */
  async deliver(octets: Uint8Array, flags: readonly string[] = []): Promise<void> {
    const inbox = await inboxOf(this.harness, this.annas);
    const internalDate = Date.UTC(2025, 0, 31, 10, 20, 30);
    await append(this.harness, inbox, octets, { flags, internalDate });
  }

  async bring(mailbox: MailboxId, content: ContentId): Promise<Outcome<void>> {
    const { ledger } = this.harness;
    const row = await ledger.rowOfContent(content);
    const octets = row && this.#old.get(row.uidl);
    if (!row || !octets) return failed("expunged", "The message was deleted.");
    this.brought.push(row.uidl);
    if (this.isOldServerDown || this.withheld.has(row.uidl))
      return failed("temporary", "The old server does not answer.");
    await ledger.arrive(mailbox, [arrived(row, octets)], this.harness.clock.now);
    return done(undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isShared) await this.harness[Symbol.asyncDispose]();
  }

  /** The migration message is none of these tests' business. */
  async #removeWelcome(): Promise<void> {
    const inbox = await inboxOf(this.harness, this.annas);
    const entries = await this.harness.mail.entries(inbox.id, 0, 1_000_000);
    const welcome = entries.filter((entry) => entry.isHere).map((entry) => entry.id);
    value(await this.harness.mail.expunge(inbox.id, welcome));
  }
}
