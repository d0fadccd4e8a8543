import type { MessageEntry } from "#mailbox/folder";
import type { MailboxId, Uid } from "#mailbox/ids";
import type { Outcome } from "#mailbox/problem";
import type { RemoteContent } from "#mailbox/remote-content";

/** So many are asked for at once. */
const atOnce = 16;
/** One that cannot be had is one; so many in a row mean that the old server gives nothing. */
export const mostFailures = 5;

/** So many are brought before it is looked which others have come meanwhile: the old mail is copied in any case. */
export const broughtAtOnce = 128;

/** What became of one message that was asked for. */
export interface Brought {
  readonly uid: Uid;
  readonly outcome: Outcome<void>;
}

/**
 * Brings remote content from the old server, newest first, and gives each message as it arrives. When the old
 * server gives nothing any more it ends early: those that were not given did not come.
 */
export async function* bring(
  remote: RemoteContent,
  mailbox: MailboxId,
  wanted: readonly Pick<MessageEntry, "uid" | "content">[],
): AsyncGenerator<Brought> {
  const waiting = [...wanted].sort((a, b) => a.uid - b.uid);
  const underWay = new Map<Uid, Promise<Brought>>();
  let failures = 0;
  for (;;) {
    while (underWay.size < atOnce && failures < mostFailures) {
      const next = waiting.pop();
      if (!next) break;
      underWay.set(
        next.uid,
        remote.bring(mailbox, next.content).then((outcome) => ({ uid: next.uid, outcome })),
      );
    }
    if (underWay.size === 0) return;
    const brought = await Promise.race(underWay.values());
    underWay.delete(brought.uid);
    failures = brought.outcome.ok ? 0 : failures + 1;
    yield brought;
  }
}
