import type { FolderSnapshot } from "#mailbox/mail-store";
import { done, failed, type Outcome } from "#mailbox/problem";
import type { Client } from "../client.ts";
import { command, type TableEntry } from "../command.ts";
import { folderOf } from "../folder-of.ts";
import { FolderWatch } from "../folder-watch.ts";
import { selectArguments } from "../grammar/folder.ts";
import { flagList } from "../printer.ts";
import { ok, problemReply } from "../reply.ts";
import type { Session } from "../session.ts";

/** SELECT (RFC 3501 §6.3.1) */
export const select = selecting("SELECT", false);
/** EXAMINE (RFC 3501 §6.3.2) */
export const examine = selecting("EXAMINE", true);

const systemFlags = ["\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"];

function selecting(name: string, isReadOnly: boolean): TableEntry {
  return command({
    name,
    states: ["authenticated", "selected"],
    parse: selectArguments,
    run: async (session, { mailbox, wantsModSeq }, client) => {
      // Whatever comes of it, the folder that was selected is no more (RFC 3501 §6.3.1).
      session.unselect();
      if (wantsModSeq) session.knowsModSeq = true;
      const opened = await open(session, mailbox);
      if (!opened.ok) return problemReply(opened.problem);
      const { snapshot, watch } = opened.value;
      session.select(snapshot, watch, isReadOnly);
      tell(client, snapshot, isReadOnly);
      return isReadOnly ? ok("Selected to look at.", "READ-ONLY") : ok("Selected.", "READ-WRITE");
    },
  });
}

interface Opened {
  readonly snapshot: FolderSnapshot;
  readonly watch: FolderWatch;
}

async function open(session: Session, mailbox: string): Promise<Outcome<Opened>> {
  const folder = await folderOf(session, mailbox);
  if (!folder.ok) return folder;
  const { store, changes } = session.services;
  // Listening comes first: what happens after the snapshot is news.
  const watch = new FolderWatch(changes, folder.value.id);
  try {
    const snapshot = await store.snapshot(folder.value.id);
    if (snapshot) return done({ snapshot, watch });
  } catch (error) {
    watch[Symbol.dispose]();
    throw error;
  }
  watch[Symbol.dispose]();
  return failed("not-found", "There is no such folder.");
}

function tell(client: Client, { folder, uids, firstUnseen }: FolderSnapshot, isReadOnly: boolean): void {
  client.tell(`FLAGS ${flagList(systemFlags)}`);
  const permanent = isReadOnly ? [] : [...systemFlags, "\\*"];
  client.tell(`OK [PERMANENTFLAGS ${flagList(permanent)}] These can be changed.`);
  client.tell(`${uids.length} EXISTS`);
  // Nothing is recent: the flag means too little to count on (RFC 9051 dropped it).
  client.tell("0 RECENT");
  if (firstUnseen !== null)
    client.tell(`OK [UNSEEN ${uids.indexOf(firstUnseen) + 1}] The first unseen message.`);
  client.tell(`OK [UIDVALIDITY ${folder.uidValidity}] UIDs are valid.`);
  client.tell(`OK [UIDNEXT ${folder.uidNext}] The next UID.`);
  client.tell(`OK [HIGHESTMODSEQ ${folder.highestModSeq}] The highest MODSEQ.`);
}
