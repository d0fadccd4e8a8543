import { startDovecotImap } from "./dovecot-imap.ts";
import type { ImapContestant } from "./imap-contestant.ts";

/** The other servers of a table over IMAP. */
export async function startPeers(): Promise<readonly ImapContestant[]> {
  return [await startDovecotImap()];
}
