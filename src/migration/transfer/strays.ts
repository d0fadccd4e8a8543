/** Answers for those who wait for content that this session will not bring. */
import type { ContentId } from "#mailbox/ids";
import { done, failed } from "#mailbox/problem";
import type { Ledger } from "../ledger.ts";
import type { Arrivals } from "./arrivals.ts";
import type { Errand, Errands } from "./errands.ts";
import type { ReadThrough } from "./read-through.ts";

/** What a session knows of the messages that it fetches. */
export interface UnderWay {
  readonly errands: Errands;
  readonly arrivals: Pick<Arrivals, "isOnTheWay">;
}

/**
 * Answers who waits for a content that this session does not list as remote: it is here already, deleted, or
 * not to be had now. One that the session will fetch is put before everything else instead.
 */
export async function answerStray(
  readThrough: ReadThrough,
  ledger: Pick<Ledger, "rowOfContent">,
  { errands, arrivals }: UnderWay,
  content: ContentId,
): Promise<void> {
  // Its commit answers whoever waits for what was fetched already.
  if (errands.hurry(content) || arrivals.isOnTheWay(content)) return;
  const row = await ledger.rowOfContent(content);
  if (row?.state === "copied") readThrough.answer(content, done(undefined));
  else if (!row || row.state === "skipped" || !row.isWanted) {
    readThrough.answer(content, failed("expunged", "The message was deleted."));
  } else if (errands.areDoubtsSettled || errands.size === 0) {
    // While there are doubts one of them may be this message under another name.
    const reason = row.reason ?? "the old server does not list this message now";
    readThrough.answer(content, failed("temporary", `Try again later: ${reason}.`));
  }
}

/** The message of an errand does not come: not now, or never. */
export function answerNotHad(readThrough: ReadThrough, errand: Errand, isGone: boolean): void {
  if (errand.kind !== "row" || errand.row.content === null) return;
  const answer = isGone
    ? failed("expunged", "This was no message but internal data of the old server.")
    : failed("temporary", "The old server does not give this message now.");
  readThrough.answer(errand.row.content, answer);
}
