/** What an administrator should know of an old maildrop although nothing waits for it. Pure. */
import type { LedgerRow } from "../ledger.ts";
import type { Identified } from "./listing.ts";
import type { Comparison } from "./plan.ts";

export interface MaildropNotes {
  /** It shows only so many messages of a larger number; null: nothing speaks for that. */
  readonly mostShown: number | null;
  /** Listed messages that have no unique-id there. */
  readonly withoutUidl: number;
}

/** Nobody limits a listing to fewer messages than this. */
const fewestShown = 50;

/** @param before what was noted so far: a limit that was seen once stays noted while no more is listed */
export function notesOf(
  listed: readonly Identified[],
  comparison: Comparison,
  before: MaildropNotes | null,
): MaildropNotes {
  const known = before?.mostShown ?? null;
  const shown = isWindow(listed, comparison) ? listed.length : known;
  return {
    mostShown: shown !== null && listed.length > shown ? null : shown,
    withoutUidl: listed.filter(({ uidl }) => uidl === "").length,
  };
}

/** As many messages as came at the new end went at the old one, and the number stayed: a window that moves on. */
function isWindow(listed: readonly Identified[], { paired, fresh, unseen, isUnstable }: Comparison): boolean {
  const gone = unseen.filter((row: LedgerRow) => row.missingSince === null);
  if (isUnstable || listed.length < fewestShown || fresh.length === 0) return false;
  if (gone.length !== fresh.length || paired.length + fresh.length !== listed.length) return false;
  const firstShown = paired.reduce((lowest, { row }) => Math.min(lowest, row.id), Number.POSITIVE_INFINITY);
  return gone.every(({ id }) => id < firstShown);
}

/** For people. */
export function inWords({ mostShown, withoutUidl }: MaildropNotes): readonly string[] {
  const words: string[] = [];
  if (mostShown !== null) {
    words.push(
      `its old maildrop seems to show at most ${mostShown} messages of a larger number: as many went as came. ` +
        "Have the old server show all of them, or take the rest over in another way",
    );
  }
  if (withoutUidl > 0) {
    words.push(
      `${withoutUidl} messages are without a unique-id there: they are known by their contents, and have ids of ours`,
    );
  }
  return words;
}
