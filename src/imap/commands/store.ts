import { changedFlags } from "#mailbox/flags";
import type { MessageEntry } from "#mailbox/folder";
import type { ModSeq, Uid } from "#mailbox/ids";
import { done, type Outcome } from "#mailbox/problem";
import { batches } from "../batches.ts";
import type { Client } from "../client.ts";
import { command } from "../command.ts";
import { type StoreArguments, storeArguments } from "../grammar/store.ts";
import { flagsResponse } from "../news.ts";
import { no, noSuchNumber, ok, problemReply, type Reply, readOnly } from "../reply.ts";
import { printSequenceSet, setOf } from "../sequence-set.ts";
import type { Session } from "../session.ts";

/** STORE (RFC 3501 §6.4.6, RFC 7162 §3.1.3) */
export const store = command({
  name: "STORE",
  states: ["selected"],
  news: "no expunge",
  parse: storeArguments,
  run: (session, given, client) => run(session, given, client, "numbers"),
});

/** UID STORE (RFC 3501 §6.4.8) */
export const uidStore = command({
  name: "UID STORE",
  states: ["selected"],
  parse: storeArguments,
  run: (session, given, client) => run(session, given, client, "uids"),
});

/** So many messages change in one commit: no other write waits long for it. */
const atOnce = 1000;

async function run(
  session: Session,
  given: StoreArguments,
  client: Client,
  by: "numbers" | "uids",
): Promise<Reply> {
  const { view } = session;
  if (view.isReadOnly) return readOnly;
  const uids = view.pick(given.set, by);
  if (uids === null) return noSuchNumber;
  if (given.unchangedSince !== null) session.knowsModSeq = true;
  // What others have done first, so that what this changes can be told apart from it.
  await session.tellNews(client, false);
  const modified: Uid[] = [];
  let gone = 0;
  for (const batch of batches(uids, atOnce)) {
    const stored = await storeFlags(session, given, batch, client);
    if (!stored.ok) return problemReply(stored.problem);
    modified.push(...stored.value.leftAlone);
    gone += stored.value.gone;
    await client.breathe();
  }
  if (modified.length > 0) {
    const numbers = by === "uids" ? modified : modified.map((uid) => view.numberOf(uid));
    return ok("Some messages have changed.", `MODIFIED ${printSequenceSet(setOf(numbers))}`);
  }
  if (gone > 0 && by === "numbers") return no("EXPUNGEISSUED", "Some messages are gone.");
  return ok("Done.");
}

interface Stored {
  /** Changed since, by others. */
  readonly leftAlone: readonly Uid[];
  readonly gone: number;
}

async function storeFlags(
  session: Session,
  { change, isSilent, unchangedSince }: StoreArguments,
  uids: readonly Uid[],
  client: Client,
): Promise<Outcome<Stored>> {
  const { view, services } = session;
  const before = await services.store.entriesOf(view.folder, uids);
  const changed = await services.store.changeFlags(
    view.folder,
    before.map(({ id }) => id),
    change,
    unchangedSince === null ? undefined : (unchangedSince as ModSeq),
  );
  if (!changed.ok) return changed;
  const leftAlone = new Set(changed.value.leftAlone);
  const after = await services.store.entriesOf(view.folder, uids);
  const byUid = new Map(before.map((entry) => [entry.uid, entry]));
  for (const entry of after) {
    const earlier = byUid.get(entry.uid);
    if (!earlier || leftAlone.has(entry.id)) continue;
    if (!isSilent) {
      client.tell(flagsResponse(view.numberOf(entry.uid), entry, session.knowsModSeq));
      view.knows(entry.uid, entry.modSeq);
    } else if (view.hasTold(earlier) && isAsExpected(earlier, entry, change)) {
      if (session.knowsModSeq && entry.modSeq !== earlier.modSeq)
        client.tell(`${view.numberOf(entry.uid)} FETCH (UID ${entry.uid} MODSEQ (${entry.modSeq}))`);
      view.knows(entry.uid, entry.modSeq);
    }
  }
  const modified = before.filter(({ id }) => leftAlone.has(id)).map(({ uid }) => uid);
  return done({ leftAlone: modified, gone: uids.length - before.length });
}

/** Whether the flags are what the client makes of them by itself. If not, somebody else has changed them: news. */
function isAsExpected(before: MessageEntry, after: MessageEntry, change: StoreArguments["change"]): boolean {
  const expected = new Set(
    (changedFlags(before.flags, change) ?? before.flags).map((one) => one.toLowerCase()),
  );
  return after.flags.length === expected.size && after.flags.every((one) => expected.has(one.toLowerCase()));
}
