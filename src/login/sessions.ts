/** Sessions in progress, so that they can be seen, and ended when a password changes or a mailbox goes. */
import type { MailboxId } from "#mailbox/ids";
import type { LoginProtocol } from "./login.ts";

/** One logged-in session. */
export interface LiveSession {
  readonly mailbox: MailboxId;
  readonly protocol: LoginProtocol;
  readonly peerAddress: string;
  /** Epoch milliseconds. */
  readonly since: number;
  /** Ends it soon; what it was doing may be cut off. */
  end(): void;
}

/** How many of the sessions that began last are remembered. */
const mostRecent = 200;

export class Sessions {
  readonly #recent: Omit<LiveSession, "end">[] = [];
  readonly #live = new Map<MailboxId, Set<LiveSession>>();

  /** Counts a session until what is returned is disposed of. */
  begin(session: LiveSession): Disposable {
    const ofMailbox = this.#live.get(session.mailbox) ?? new Set();
    this.#live.set(session.mailbox, ofMailbox);
    ofMailbox.add(session);
    const { mailbox, protocol, peerAddress, since } = session;
    this.#recent.unshift({ mailbox, protocol, peerAddress, since });
    this.#recent.length = Math.min(this.#recent.length, mostRecent);
    return {
      [Symbol.dispose]: () => {
        ofMailbox.delete(session);
        if (ofMailbox.size === 0 && this.#live.get(session.mailbox) === ofMailbox) {
          this.#live.delete(session.mailbox);
        }
      },
    };
  }

  /** The sessions of one mailbox. */
  of(mailbox: MailboxId): readonly LiveSession[] {
    return [...(this.#live.get(mailbox) ?? [])];
  }

  /** Those that began last since the server started, the newest first; they may be over. */
  get recent(): readonly Omit<LiveSession, "end">[] {
    return this.#recent;
  }

  /** How many there are in all. */
  get count(): number {
    let count = 0;
    for (const ofMailbox of this.#live.values()) count += ofMailbox.size;
    return count;
  }

  /** Ends every session of a mailbox; how many there were. */
  endAll(mailbox: MailboxId): number {
    const ending = this.of(mailbox);
    for (const session of ending) session.end();
    return ending.length;
  }
}
