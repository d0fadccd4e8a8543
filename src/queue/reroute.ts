import type { DirectoryStore } from "#directory/directory-store";
import { parseAddress } from "#mail/address";
import type { MailboxId } from "#mailbox/ids";
import { routeRecipient } from "#routing/route";

/**
 * The mailbox where a piped recipient lives by now, because its owner was admitted after the mail was accepted.
 * Null in every other case: re-routing may turn a pipe into local delivery and do nothing else, for mail
 * that was accepted is never refused because a rule has changed.
 */
export async function localMailbox(directory: DirectoryStore, address: string): Promise<MailboxId | null> {
  const parsed = parseAddress(address);
  if (!parsed) return null;
  const route = await routeRecipient(directory, parsed);
  if (route.kind !== "routed") return null;
  const [only, ...others] = route.destinations;
  return only?.kind === "mailbox" && others.length === 0 ? only.mailbox : null;
}
