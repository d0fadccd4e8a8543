import type { FolderId, MailboxId, ModSeq } from "./ids.ts";
import type { MailStore } from "./mail-store.ts";
import { type Maildrop, openMaildrop } from "./maildrop.ts";
import { done, failed, type Outcome } from "./problem.ts";

interface Shared {
  readonly modSeq: ModSeq;
  readonly maildrop: WeakRef<Maildrop>;
}

/** Snapshots of maildrops: sessions that begin between two changes of an INBOX have the same one. */
export class Maildrops {
  readonly #store: MailStore;
  readonly #shared = new Map<FolderId, Shared>();
  /** Forgets what no session has any more. */
  readonly #gone = new FinalizationRegistry<FolderId>((folder) => {
    if (!this.#shared.get(folder)?.maildrop.deref()) this.#shared.delete(folder);
  });

  constructor(store: MailStore) {
    this.#store = store;
  }

  /** As it is now; `temporary` while there is no INBOX yet. */
  async open(mailbox: MailboxId): Promise<Outcome<Maildrop>> {
    const inbox = await this.#store.inbox(mailbox);
    if (!inbox) return failed("temporary", "The mailbox is not ready yet.");
    const shared = this.#shared.get(inbox.id);
    const known = shared?.modSeq === inbox.highestModSeq ? shared.maildrop.deref() : undefined;
    if (known) return done(known);
    const opened = await openMaildrop(this.#store, mailbox);
    if (!opened.ok) return opened;
    // What changed while it was read may be in it or not: then it is this session's alone.
    const now = await this.#store.inbox(mailbox);
    if (now?.highestModSeq === inbox.highestModSeq) {
      this.#shared.set(inbox.id, { modSeq: inbox.highestModSeq, maildrop: new WeakRef(opened.value) });
      this.#gone.register(opened.value, inbox.id);
    }
    return opened;
  }
}
