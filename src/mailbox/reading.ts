/**
 * Reading a message, wherever its octets are: from the store when they are here, else brought from the
 * old server first. Every later read is local.
 */
import type { MessageEntry } from "./folder.ts";
import type { MailboxId } from "./ids.ts";
import type { MailStore } from "./mail-store.ts";
import { done, failed, type Outcome } from "./problem.ts";
import type { RemoteContent } from "./remote-content.ts";

/** What reading needs. */
export interface Reading {
  readonly store: MailStore;
  readonly remote: RemoteContent;
}

/**
 * The octets of a message.
 * @returns `temporary` while the old server does not give them, `expunged` when they are gone
 */
export async function readMessage(
  { store, remote }: Reading,
  mailbox: MailboxId,
  message: Pick<MessageEntry, "content">,
): Promise<Outcome<AsyncIterable<Uint8Array>>> {
  const here = await store.read(message.content);
  if (here) return done(here);
  const brought = await remote.bring(mailbox, message.content);
  if (!brought.ok) return brought;
  const now = await store.read(message.content);
  return now ? done(now) : failed("expunged", "The message was deleted.");
}
