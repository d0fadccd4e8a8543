/**
 * The folder that a session has selected, as the session has been told of it (RFC 3501 §5.2, §5.5). Message
 * numbers mean what was told last, whatever other sessions do meanwhile: news changes this view only when it is
 * told, and EXPUNGE only where it may be. It relies on nobody and knows no store: who tells fetches the news.
 */
import type { MessageEntry } from "#mailbox/folder";
import type { FolderId, ModSeq, Uid, UidValidity } from "#mailbox/ids";
import type { FolderNews, FolderSnapshot } from "#mailbox/mail-store";
import type { SequenceSet } from "./sequence-set.ts";
import { UidList } from "./uid-list.ts";

/** What is to be told, in this order. */
export interface Telling {
  /** Message numbers, descending: each is right when it is told. */
  readonly expunged: readonly number[];
  /** How many messages there are; null when none has come. */
  readonly exists: number | null;
  readonly changed: readonly { readonly number: number; readonly entry: MessageEntry }[];
}

export class Selected {
  readonly folder: FolderId;
  readonly uidValidity: UidValidity;
  readonly isReadOnly: boolean;
  readonly #uids: UidList;
  #modSeq: ModSeq;
  #hasArrivals = false;
  /** Gone, and not told yet. */
  readonly #owed = new Set<Uid>();
  /** MODSEQs of changes that the session made and knows of, beyond `#modSeq`. */
  readonly #own = new Map<Uid, ModSeq>();

  constructor({ folder, uids }: FolderSnapshot, isReadOnly: boolean) {
    this.folder = folder.id;
    this.uidValidity = folder.uidValidity;
    this.isReadOnly = isReadOnly;
    this.#uids = new UidList(uids);
    this.#modSeq = folder.highestModSeq;
  }

  /** How many messages the session knows of. */
  get count(): number {
    return this.#uids.length;
  }

  /** Up to where news has been told, save for owed EXPUNGEs. */
  get modSeq(): ModSeq {
    return this.#modSeq;
  }

  /** Whether an EXPUNGE waits until it may be told. */
  get owesExpunge(): boolean {
    return this.#owed.size > 0;
  }

  /** Whether new messages were told of since `heardOfArrivals`. */
  get hasArrivals(): boolean {
    return this.#hasArrivals;
  }

  /** The client knows of all new messages. */
  heardOfArrivals(): void {
    this.#hasArrivals = false;
  }

  /** The number of a message; 0 if the session does not know it. */
  numberOf(uid: number): number {
    return this.#uids.numberOf(uid);
  }

  uidAt(number: number): Uid {
    return this.#uids.at(number);
  }

  /** The messages of a set, ascending. Null where it names a message number that there is not. */
  pick(set: SequenceSet, by: "numbers" | "uids"): readonly Uid[] | null {
    return by === "uids" ? this.#uids.pickUids(set) : this.#uids.pickNumbers(set);
  }

  /** All messages, ascending. */
  all(): readonly Uid[] {
    return this.#uids.pickNumbers([{ from: 1, to: this.count }].filter(({ to }) => to > 0)) ?? [];
  }

  /** The session has been told of a message's flags as they are at that MODSEQ: news of it is none. */
  knows(uid: Uid, modSeq: ModSeq): void {
    if (modSeq > this.#modSeq) this.#own.set(uid, modSeq);
  }

  /** Whether the client knows a message as it was at that moment: what the store holds may be newer than what was told. */
  hasTold({ uid, modSeq }: Pick<MessageEntry, "uid" | "modSeq">): boolean {
    return modSeq <= this.#modSeq || this.#own.get(uid) === modSeq;
  }

  /**
   * The session has made a change and knows all of it. Where nobody else has changed anything in the folder since the
   * news that was told last, there is no other news up to this MODSEQ.
   */
  hasChanged(modSeq: ModSeq): void {
    if (modSeq === this.#modSeq + 1) this.#modSeq = modSeq;
  }

  /** Takes news in: all of it up to its MODSEQ. What it returns must be told. */
  absorb(news: FolderNews, mayExpunge: boolean): Telling {
    const before = this.#uids.last;
    for (const uid of news.expunged) if (this.#uids.numberOf(uid) > 0) this.#owed.add(uid);
    const fresh = news.changed.filter(({ uid }) => uid > before).sort((a, b) => a.uid - b.uid);
    const changed = news.changed.filter(({ uid, modSeq }) => uid <= before && this.#own.get(uid) !== modSeq);
    for (const { uid } of fresh) this.#uids.push(uid);
    if (fresh.length > 0) this.#hasArrivals = true;
    this.#modSeq = news.highestModSeq;
    for (const [uid, modSeq] of this.#own) if (modSeq <= this.#modSeq) this.#own.delete(uid);
    // First of all, because it changes the numbers of what follows.
    const expunged = mayExpunge ? this.#payExpunge() : [];
    return {
      expunged,
      exists: fresh.length > 0 ? this.count : null,
      changed: changed
        .map((entry) => ({ number: this.#uids.numberOf(entry.uid), entry }))
        .filter(({ number }) => number > 0),
    };
  }

  #payExpunge(): number[] {
    if (this.#owed.size === 0) return [];
    const numbers = this.#uids.remove(this.#owed);
    this.#owed.clear();
    return numbers;
  }
}
