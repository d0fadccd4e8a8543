/** Copying and moving many messages: some at a time, so that nobody else's change waits long. */
import type { Folder, MessageEntry } from "#mailbox/folder";
import type { FolderId, Uid } from "#mailbox/ids";
import type { CopiedUid, MailStore } from "#mailbox/mail-store";
import { done, failed, type Outcome } from "#mailbox/problem";
import { batches } from "./batches.ts";
import type { Client } from "./client.ts";
import { pipelined } from "./pipelined.ts";
import { printSequenceSet, setOf } from "./sequence-set.ts";

export interface CopyTask {
  readonly store: MailStore;
  readonly from: FolderId;
  readonly uids: readonly Uid[];
  readonly to: Folder;
  /** Whether a message that is gone is passed over (UIDs), or stops it all (message numbers). */
  readonly passesOverGone: boolean;
}

const atOnce = 500;
/** So many operations are under way: what the next takes is looked up while one is done. */
const ahead = 2;
/** So often a message may vanish between two looks before that is taken for trouble. */
const tries = 3;

/** All or nothing (RFC 3501 §6.4.7): what was copied before something went wrong is taken away again. */
export async function copyAll(task: CopyTask, client: Client): Promise<Outcome<readonly CopiedUid[]>> {
  const copied: CopiedUid[] = [];
  const undo = async (): Promise<void> => {
    for (const some of batches(copied, atOnce)) {
      const copies = await task.store.entriesOf(
        task.to.id,
        some.map(({ to }) => to),
      );
      await task.store.expunge(
        task.to.id,
        copies.map(({ id }) => id),
      );
    }
  };
  try {
    const take: Take = (ids) => task.store.copy(ids, task.to.id);
    const ended = await takeAll(task, client, take, copied);
    if (ended.ok) return done(copied.sort(byUid));
    await undo();
    return ended;
  } catch (error) {
    await undo().catch(() => undefined);
    throw error;
  }
}

/** What was moved, and the problem that ended it early, if one did (RFC 6851 §3.3: each message is here or there). */
export interface Moved {
  readonly moved: readonly CopiedUid[];
  readonly ended: Outcome<void>;
}

export async function moveAll(task: CopyTask, client: Client): Promise<Moved> {
  const moved: CopiedUid[] = [];
  const ended = await takeAll(task, client, (ids) => task.store.move(ids, task.to.id), moved);
  return { moved: moved.sort(byUid), ended };
}

type Take = (ids: readonly MessageEntry["id"][]) => Promise<Outcome<readonly CopiedUid[]>>;

/** @param taken gets everything that was taken, also when this throws or ends early */
async function takeAll(
  task: CopyTask,
  client: Client,
  take: Take,
  taken: CopiedUid[],
): Promise<Outcome<void>> {
  let ended: Outcome<void> = done(undefined);
  const begin = async (uids: readonly Uid[]): Promise<Outcome<void>> => {
    if (!ended.ok) return ended;
    const slice = await slicewise(task, uids, take);
    if (slice.ok) taken.push(...slice.value);
    else ended = slice;
    return ended;
  };
  for await (const slice of pipelined(batches(task.uids, atOnce), ahead, begin)) {
    if (!slice.ok) break;
    await client.breathe();
  }
  return ended;
}

/** One that was looked for again may have been taken after others. */
function byUid(one: CopiedUid, other: CopiedUid): number {
  return one.from - other.from;
}

/** Looks the messages up and has them taken; when one vanishes in between it looks again. */
async function slicewise(
  { store, from, passesOverGone }: CopyTask,
  uids: readonly Uid[],
  take: Take,
): Promise<Outcome<readonly CopiedUid[]>> {
  let outcome: Outcome<readonly CopiedUid[]> = failed("expunged", "Some messages are gone; none was copied.");
  for (let left = tries; left > 0; left--) {
    const entries = await store.entriesOf(from, uids);
    if (entries.length < uids.length && !passesOverGone) return outcome;
    if (entries.length === 0) return done([]);
    outcome = await take(entries.map(({ id }) => id));
    if (outcome.ok || outcome.problem.kind !== "expunged") return outcome;
  }
  return outcome;
}

/** COPYUID (RFC 4315 §3); null when nothing was copied. */
export function copyUid(to: Folder, copied: readonly CopiedUid[]): string | null {
  if (copied.length === 0) return null;
  const print = (uids: readonly Uid[]): string => printSequenceSet(setOf(uids));
  return `COPYUID ${to.uidValidity} ${print(copied.map((one) => one.from))} ${print(copied.map((one) => one.to))}`;
}
