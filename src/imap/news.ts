/** News of the selected folder: fetched when `mailbox/changes` said that there is some, told where it may be. */
import type { MessageEntry } from "#mailbox/folder";
import type { FolderId, ModSeq, Uid } from "#mailbox/ids";
import type { FolderNews, MailStore } from "#mailbox/mail-store";
import type { Client } from "./client.ts";
import { flagList } from "./printer.ts";
import type { OpenFolder } from "./session.ts";

/** Changes that are read at once: so many take a few milliseconds. */
const slice = 1000;

export interface NewsSettings {
  readonly mayExpunge: boolean;
  /** Whether the client wants MODSEQs with flags (RFC 7162 §3.1). */
  readonly withModSeq: boolean;
}

/**
 * Tells what is new, if anything is.
 * @returns false when the folder is gone
 */
export async function tellNews(
  store: MailStore,
  { view, watch }: OpenFolder,
  client: Client,
  { mayExpunge, withModSeq }: NewsSettings,
): Promise<boolean> {
  const { announced } = watch;
  if (announced === null && !(mayExpunge && view.owesExpunge)) return true;
  const news = await gatherNews(store, view.folder, view.modSeq, client);
  if (announced !== null && news.highestModSeq < announced && !(await store.folder(view.folder)))
    return false;
  watch.taken(news.highestModSeq);
  const { expunged, exists, changed } = view.absorb(news, mayExpunge);
  for (const number of expunged) client.tell(`${number} EXPUNGE`);
  if (exists !== null) client.tell(`${exists} EXISTS`);
  for (const { number, entry } of changed) client.tell(flagsResponse(number, entry, withModSeq));
  return true;
}

/** What is told of a message whose flags have changed. */
export function flagsResponse(
  number: number,
  entry: Pick<MessageEntry, "uid" | "modSeq" | "flags">,
  withModSeq: boolean,
): string {
  const modSeq = withModSeq ? ` MODSEQ (${entry.modSeq})` : "";
  return `${number} FETCH (UID ${entry.uid}${modSeq} FLAGS ${flagList(entry.flags)})`;
}

/** All news, read in slices between which others have their turn, as if at one moment. */
export async function gatherNews(
  store: MailStore,
  folder: FolderId,
  since: ModSeq,
  client: Client,
): Promise<FolderNews> {
  const changed = new Map<Uid, MessageEntry>();
  const expunged = new Set<Uid>();
  for (let reached = since; ; ) {
    const news = await store.newsSince(folder, reached, slice);
    for (const entry of news.changed) changed.set(entry.uid, entry);
    for (const uid of news.expunged) {
      expunged.add(uid);
      changed.delete(uid);
    }
    if (news.changed.length + news.expunged.length < slice)
      return { changed: [...changed.values()], expunged: [...expunged], highestModSeq: news.highestModSeq };
    reached = news.highestModSeq;
    await client.breathe();
  }
}
