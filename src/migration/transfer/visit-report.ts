import type { MaildropNotes } from "../identity/maildrop-notes.ts";
import type { Hold } from "../limits/limits-in-force.ts";
import type { FetchTrouble, Listing } from "../old-server/old-server.ts";
import type { Landed } from "./arrivals.ts";

/** What one session with an old maildrop came to. */
export interface VisitReport {
  /** complete: nothing was left to do. yielded: others wait, or it lasted long enough. broken: see trouble. */
  readonly end: "complete" | "yielded" | "broken";
  readonly trouble: VisitTrouble | null;
  /** When it began, epoch milliseconds. */
  readonly began: number;
  /** STAT at its beginning, "messages/octets". */
  readonly stat: string;
  /** How many messages the old server has. */
  readonly listed: number;
  readonly landed: Landed;
  /** Why something is not here although the connection held; null when nothing is left. */
  readonly leftReason: string | null;
  /** Old mail is left that may not be copied now; null when nothing holds it. */
  readonly hold: Hold | null;
  /** A message was read, and the next session, at once, is to tell what became of it. */
  readonly mustLookAgain: boolean;
  /** Why the move of this mailbox has to stop until an administrator resumes it, for people; null when it need not. */
  readonly stop: string | null;
  /** What the listing told of the maildrop, where one was taken. */
  readonly notes: MaildropNotes | null;
  /** The listing, where one was taken. */
  readonly listing: Listing | null;
}

/** Why a visit broke: the old server, our own store, or no room for what could wait; whoever reads is served then. */
export interface VisitTrouble {
  readonly trouble: FetchTrouble["trouble"] | "store" | "no-room";
  readonly reason: string;
  /** How long the old server asks to wait, in milliseconds, where it says so. */
  readonly retryAfter?: number;
}
