import type { ContentId, MailboxId } from "#mailbox/ids";
import { failed, type Outcome } from "#mailbox/problem";
import type { RemoteContent } from "#mailbox/remote-content";
import { append, inboxOf, value } from "../contract/harness.ts";
import { arrived, listed, startMigration, tryToAdmit } from "../contract/ledger-words.ts";
import { openSqlite, type SqliteHarness } from "../contract/sqlite-harness.ts";
import { ImapPeople } from "./people.ts";

const domain = "big-company.com";

/** A store with Anna's and Bob's mailboxes, and an old server that still has some of Anna's mail. */
export class ImapHouse implements RemoteContent, AsyncDisposable {
  readonly harness: SqliteHarness;
  readonly people: ImapPeople;
  readonly annas: MailboxId;
  /** The old server gives nothing while set. */
  isOldServerDown = false;
  /** Octets by unique-id that the old server does not give, though it gives others. */
  readonly withheld = new Set<string>();
  readonly #old: ReadonlyMap<string, Buffer>;
  /** What was asked of it, in order. */
  readonly brought: string[] = [];

  private constructor(
    harness: SqliteHarness,
    people: ImapPeople,
    annas: MailboxId,
    old: Map<string, Buffer>,
  ) {
    this.harness = harness;
    this.people = people;
    this.annas = annas;
    this.#old = old;
  }

  /** @param old what is only on the old server, by unique-id, in its order; its migration message is expunged */
  static async open(old: Map<string, Buffer> = new Map(), quota: number | null = null): Promise<ImapHouse> {
    const harness = await openSqlite();
    await startMigration(harness);
    const address = `anna@${domain}`;
    const listing = [...old].map(([uidl, octets]) => listed(uidl, octets.length));
    const { mailbox } = value(await tryToAdmit(harness, listing, address));
    const inbox = await inboxOf(harness, mailbox);
    const entries = await harness.mail.entries(inbox.id, 0, 1_000_000);
    const welcome = entries.filter((entry) => entry.isHere).map((entry) => entry.id);
    value(await harness.mail.expunge(inbox.id, welcome));
    const bob = value(
      await harness.directory.addMailbox({
        address: `bob@${domain}`,
        domain,
        admitted: true,
        passwordHash: null,
        quota,
      }),
    );
    return new ImapHouse(harness, new ImapPeople(mailbox, bob.id), mailbox, old);
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
    return { ok: true, value: undefined };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.harness[Symbol.asyncDispose]();
  }
}
