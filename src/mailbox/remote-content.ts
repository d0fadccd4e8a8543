import type { ContentId, MailboxId } from "./ids.ts";
import type { Outcome } from "./problem.ts";

/**
 * Where remote content comes from. `bring` fetches it ahead of everything else, commits it, and
 * resolves; from then on the store serves it. The problem is `temporary` while the old server does not
 * give it, `expunged` when it is gone there for good.
 */
export interface RemoteContent {
  bring(mailbox: MailboxId, content: ContentId): Promise<Outcome<void>>;
}
