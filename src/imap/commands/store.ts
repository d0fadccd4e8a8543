import type { ModSeq, Uid } from "#mailbox/ids";
import type { StoredFlags } from "#mailbox/mail-store";
import { batches } from "../batches.ts";
import type { Client } from "../client.ts";
import { command } from "../command.ts";
import { type StoreArguments, storeArguments } from "../grammar/store.ts";
import { flagsResponse } from "../news.ts";
import { pipelined } from "../pipelined.ts";
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

/** So many messages change in one operation: no other write waits long for it. */
const atOnce = 2000;
/** So many operations are under way: what one has done is told while the next is done. */
const ahead = 2;

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
  let found = 0;
  const { change, unchangedSince } = given;
  const since = unchangedSince === null ? undefined : (unchangedSince as ModSeq);
  const storing = pipelined(batches(uids, atOnce), ahead, (some) =>
    session.services.store.storeFlags(view.folder, some, change, since),
  );
  for await (const stored of storing) {
    if (!stored.ok) return problemReply(stored.problem);
    const { alike, leftAlone } = stored.value;
    tell(session, given, stored.value, client);
    modified.push(...leftAlone);
    found += leftAlone.length;
    for (const { messages } of alike) found += messages.length;
    await client.breathe();
  }
  modified.sort((a, b) => a - b);
  if (modified.length > 0) {
    const numbers = by === "uids" ? modified : modified.map((uid) => view.numberOf(uid));
    return ok("Some messages have changed.", `MODIFIED ${printSequenceSet(setOf(numbers))}`);
  }
  if (found < uids.length && by === "numbers") return no("EXPUNGEISSUED", "Some messages are gone.");
  return ok("Done.");
}

interface Changed {
  readonly uid: Uid;
  readonly before: ModSeq;
  readonly modSeq: ModSeq;
  readonly flags: readonly string[];
}

/** Tells what has become of the messages, as far as the client cannot know it. What it does not know then is news. */
function tell(
  session: Session,
  { isSilent }: StoreArguments,
  { modSeq, alike }: StoredFlags,
  client: Client,
): void {
  const { view, knowsModSeq } = session;
  const changed = alike.flatMap(({ flags, isChanged, messages }) =>
    messages.map(
      ([uid, before]): Changed => ({
        uid,
        before,
        modSeq: isChanged && modSeq !== null ? modSeq : before,
        flags,
      }),
    ),
  );
  changed.sort((a, b) => a.uid - b.uid);
  if (modSeq !== null) {
    view.hasChanged(modSeq);
    session.open?.watch.taken(view.modSeq);
  }
  for (const entry of changed) {
    const { uid, before, modSeq } = entry;
    if (!isSilent) client.tell(flagsResponse(view.numberOf(uid), entry, knowsModSeq));
    // The client makes its flags of what it was told. If others have changed them since, it has to hear of that.
    else if (!view.hasTold({ uid, modSeq: before })) continue;
    else if (knowsModSeq && modSeq !== before)
      client.tell(`${view.numberOf(uid)} FETCH (UID ${uid} MODSEQ (${modSeq}))`);
    view.knows(uid, modSeq);
  }
}
