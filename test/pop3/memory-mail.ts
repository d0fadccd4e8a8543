import { StoreUnavailable } from "#mailbox/content";
import type { MessageEntry } from "#mailbox/folder";
import type { ContentId, FolderId, MailboxId, MessageId, ModSeq, Uid, UidValidity } from "#mailbox/ids";
import type { MailStore } from "#mailbox/mail-store";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { RemoteContent } from "#mailbox/remote-content";

const unused = (): never => {
  throw new Error("POP3 has no use for this");
};

/** What one message is made with. */
export interface MadeMessage {
  readonly uidl: string;
  readonly content: Buffer;
  /** Whether its octets are only on the old server. */
  readonly isRemote: boolean;
}

/** Mailboxes with one folder each, in memory: as much of the store as POP3 looks at, and troubles at will. */
export class MemoryMail implements MailStore, RemoteContent {
  /** Everything throws StoreUnavailable while set. */
  isAway = false;
  /** Writing throws StoreUnavailable while set, as on a full disk. */
  isFull = false;
  /** The old server gives nothing while set. */
  isOldServerDown = false;
  readonly #folders = new Map<number, MessageEntry[]>();
  readonly #here = new Map<number, Buffer>();
  readonly #remote = new Map<number, Buffer>();
  #lastId = 0;
  #modSeq = 1;

  /** Puts a message at the end of a mailbox. */
  add(mailbox: MailboxId, { uidl, content, isRemote }: MadeMessage): void {
    const id = ++this.#lastId;
    this.#modSeq++;
    const entries = this.#entriesOf(mailbox);
    entries.push({
      id: id as MessageId,
      folder: mailbox as number as FolderId,
      content: id as ContentId,
      uid: id as Uid,
      uidl,
      flags: [],
      internalDate: 0,
      size: isRemote ? null : content.length,
      listedSize: isRemote ? content.length : null,
      modSeq: id as ModSeq,
      isHere: !isRemote,
    });
    (isRemote ? this.#remote : this.#here).set(id, content);
  }

  /** How many messages a mailbox has. */
  count(mailbox: MailboxId): number {
    return this.#entriesOf(mailbox).length;
  }

  #entriesOf(mailbox: MailboxId): MessageEntry[] {
    const entries = this.#folders.get(mailbox) ?? [];
    this.#folders.set(mailbox, entries);
    return entries;
  }

  #mustBeThere(): void {
    if (this.isAway) throw new StoreUnavailable("away");
  }

  async inbox(mailbox: MailboxId) {
    this.#mustBeThere();
    const entries = this.#entriesOf(mailbox);
    return {
      id: mailbox as number as FolderId,
      mailbox,
      name: "INBOX",
      uidValidity: 1 as UidValidity,
      uidNext: (this.#lastId + 1) as Uid,
      highestModSeq: this.#modSeq as ModSeq,
      specialUse: "inbox" as const,
      messages: entries.length,
    };
  }

  async entries(folder: FolderId, after: Uid | 0, limit: number): Promise<readonly MessageEntry[]> {
    this.#mustBeThere();
    const entries = this.#folders.get(folder) ?? [];
    return entries.filter(({ uid }) => uid > after).slice(0, limit);
  }

  async read(content: ContentId): Promise<AsyncIterable<Uint8Array> | null> {
    this.#mustBeThere();
    const octets = this.#here.get(content);
    return octets ? inPieces(octets) : null;
  }

  async expunge(folder: FolderId, messages: readonly MessageId[]): Promise<Outcome<void>> {
    this.#mustBeThere();
    if (this.isFull) throw new StoreUnavailable("no space left on the disk");
    const entries = this.#folders.get(folder) ?? [];
    this.#folders.set(
      folder,
      entries.filter(({ id }) => !messages.includes(id)),
    );
    for (const id of messages) this.#here.delete(id);
    this.#modSeq++;
    return done(undefined);
  }

  async bring(_: MailboxId, content: ContentId): Promise<Outcome<void>> {
    if (this.isOldServerDown) return failed("temporary", "The old server does not answer.");
    const octets = this.#remote.get(content);
    if (!octets) return failed("expunged", "The message was deleted.");
    this.#here.set(content, octets);
    return done(undefined);
  }

  readonly folders = unused;
  readonly folder = unused;
  readonly folderNamed = unused;
  readonly createFolder = unused;
  readonly renameFolder = unused;
  readonly removeFolder = unused;
  readonly subscriptions = unused;
  readonly subscribe = unused;
  readonly entry = unused;
  readonly entriesOf = unused;
  readonly listing = unused;
  readonly snapshot = unused;
  readonly counts = unused;
  readonly octets = unused;
  readonly newsSince = unused;
  readonly usage = unused;
  readonly facts = unused;
  readonly append = unused;
  readonly changeFlags = unused;
  readonly storeFlags = unused;
  readonly copy = unused;
  readonly move = unused;
  readonly expungeDeleted = unused;
}

/** In chunks of an awkward size, so that line ends and dots fall on their borders. */
async function* inPieces(octets: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < octets.length; at += 7) yield octets.subarray(at, at + 7);
}
