/** What an administrator should know of an old maildrop although nothing waits for it. Pure. */
import { countOf, type IdentifiedListing } from "./listing.ts";
import type { Comparison } from "./plan.ts";
import type { Recognition } from "./recognition.ts";

export interface MaildropNotes {
  /** It shows only so many messages of a larger number; null: nothing speaks for that. */
  readonly mostShown: number | null;
  /** Listed messages that have no unique-id there. */
  readonly withoutUidl: number;
}

/** Nobody limits a listing to fewer messages than this. */
const fewestShown = 50;

/** A listing, compared with what was known, and which known messages it turned out to show under other names. */
export interface Stock {
  readonly listed: IdentifiedListing;
  readonly comparison: Comparison;
  readonly recognition: Pick<Recognition, "isClaimed">;
}

/** @param before what was noted so far: a limit that was seen once stays noted while no more is listed */
export function notesOf(stock: Stock, before: MaildropNotes | null): MaildropNotes {
  const { listed } = stock;
  const shown = isWindow(stock) ? listed.length : (before?.mostShown ?? null);
  return {
    mostShown: shown !== null && listed.length > shown ? null : shown,
    withoutUidl: countOf(listed, ({ uidl }) => uidl === ""),
  };
}

/** As many messages as came at the new end went at the old one, and the number stayed: a window that moves on. */
function isWindow({ listed, comparison, recognition }: Stock): boolean {
  const { paired, fresh, doubtful, unseen, isUnstable } = comparison;
  const gone = unseen.filter((row) => row.missingSince === null && !recognition.isClaimed(row));
  const came = [...fresh, ...doubtful.map((one) => one.listed)];
  if (isUnstable || listed.length < fewestShown || came.length === 0 || gone.length !== came.length)
    return false;
  let [lowest, last] = [Number.POSITIVE_INFINITY, 0];
  for (const one of paired) {
    lowest = Math.min(lowest, one.row.id);
    last = Math.max(last, one.listed.message.number);
  }
  return gone.every(({ id }) => id < lowest) && came.every(({ message }) => message.number > last);
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
