import type { Uid } from "#mailbox/ids";
import { done, type Outcome } from "#mailbox/problem";
import { batches } from "../batches.ts";
import type { Client } from "../client.ts";
import { command, nothing } from "../command.ts";
import { sequenceSet } from "../grammar/sequence-set.ts";
import { pipelined } from "../pipelined.ts";
import { ok, problemReply, type Reply, readOnly } from "../reply.ts";
import type { Session } from "../session.ts";

const states = ["selected"] as const;

/** EXPUNGE (RFC 3501 §6.4.3): what is gone is told as news. */
export const expunge = command({
  name: "EXPUNGE",
  states,
  parse: nothing,
  run: (session, _, client) => run(session, null, client),
});

/** UID EXPUNGE (RFC 4315 §2.1) */
export const uidExpunge = command({
  name: "UID EXPUNGE",
  states,
  capabilities: () => ["UIDPLUS"],
  parse: sequenceSet,
  run: (session, set, client) => run(session, session.view.pick(set, "uids") ?? [], client),
});

/** CLOSE (RFC 3501 §6.4.2): expunges without telling. */
export const close = command({
  name: "CLOSE",
  states,
  news: "nothing",
  parse: nothing,
  run: async (session, _, client) => {
    const expunged = session.view.isReadOnly ? done(undefined) : await expungeDeleted(session, null, client);
    if (!expunged.ok && expunged.problem.kind !== "not-found") return problemReply(expunged.problem);
    session.unselect();
    return ok("Closed.");
  },
});

/** UNSELECT (RFC 3691) */
export const unselect = command({
  name: "UNSELECT",
  states,
  news: "nothing",
  capabilities: () => ["UNSELECT"],
  parse: nothing,
  run: async (session) => {
    session.unselect();
    return ok("No folder is selected.");
  },
});

/** CHECK (RFC 3501 §6.4.1): everything is always durable. */
export const check = command({
  name: "CHECK",
  states,
  looksForNews: true,
  parse: nothing,
  run: async () => ok("Done."),
});

async function run(session: Session, among: readonly Uid[] | null, client: Client): Promise<Reply> {
  if (session.view.isReadOnly) return readOnly;
  const expunged = await expungeDeleted(session, among, client);
  return expunged.ok ? ok("Expunged.") : problemReply(expunged.problem);
}

const atOnce = 500;
/** So many operations are under way: the store need not wait until it is asked again. */
const ahead = 2;

async function expungeDeleted(
  session: Session,
  among: readonly Uid[] | null,
  client: Client,
): Promise<Outcome<void>> {
  const { store } = session.services;
  const { folder } = session.view;
  for (const some of among ? batches(among, atOnce) : [null]) {
    const expunging = pipelined(repeated(some), ahead, (among) => store.expungeDeleted(folder, among));
    for await (const expunged of expunging) {
      if (!expunged.ok) return expunged;
      if (expunged.value === 0) break;
      await client.breathe();
    }
  }
  return done(undefined);
}

function* repeated<T>(item: T): Generator<T, never> {
  for (;;) yield item;
}
