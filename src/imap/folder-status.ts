import type { Folder } from "#mailbox/folder";
import type { FolderCounts, FolderOctets, MailStore } from "#mailbox/mail-store";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { StatusItem } from "./grammar/status.ts";
import { mailboxName } from "./printer.ts";

/** The STATUS response for a folder (RFC 3501 §7.2.4). */
export async function statusResponse(
  store: MailStore,
  { id, name }: Folder,
  items: readonly StatusItem[],
  maxMessage: number,
): Promise<Outcome<string>> {
  const counts = await store.counts(id);
  if (!counts) return failed("not-found", "There is no such folder.");
  const needsOctets = items.includes("SIZE") || items.includes("DELETED-STORAGE");
  const octets = needsOctets ? await store.octets(id) : { all: 0, deleted: 0 };
  if (!octets) return failed("temporary", "Some messages are still on the old server, their sizes unknown.");
  const values = items.map((item) => `${item} ${statusValue(item, counts, octets, maxMessage)}`);
  return done(`STATUS ${mailboxName(name)} (${values.join(" ")})`);
}

function statusValue(
  item: StatusItem,
  { folder, unseen, deleted }: FolderCounts,
  octets: FolderOctets,
  maxMessage: number,
): number {
  switch (item) {
    case "MESSAGES":
      return folder.messages;
    case "RECENT":
      return 0;
    case "UIDNEXT":
      return folder.uidNext;
    case "UIDVALIDITY":
      return folder.uidValidity;
    case "UNSEEN":
      return unseen;
    case "HIGHESTMODSEQ":
      return folder.highestModSeq;
    case "SIZE":
      return octets.all;
    case "DELETED":
      return deleted;
    case "DELETED-STORAGE":
      return octets.deleted;
    case "APPENDLIMIT":
      return maxMessage;
  }
}
