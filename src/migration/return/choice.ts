/** Which of a mailbox's messages go back with their owner, and why the others stay. Pure. */
import type { KeptEntry, KeptHere, MailboxReturn } from "./mailbox-return.ts";

/**
 * old-server: it came from there and is there still. welcome: the message with which we welcomed its owner. sent:
 * it is on its way, or was sent earlier. deleted: its owner marked it as deleted. uncertain: the old server has not
 * listed it lately, and for too short a time to be sure. Else the folder that keeps it here.
 */
export type Stay = "old-server" | "welcome" | "sent" | "deleted" | "uncertain" | "folder";

export type Choice = { readonly goes: true } | { readonly goes: false; readonly why: Stay };

export interface ChoiceRules {
  /** Also from Sent, Drafts, Trash and Junk. */
  readonly allFolders: boolean;
  /** When the move began: our welcome bears that date. */
  readonly movedAt: number;
  /** What the old server had not listed any more before this time is gone there. Epoch milliseconds. */
  readonly goneBefore: number;
}

/**
 * What the old server had not listed any more before this time is gone there; it was listed last when the way back
 * began, or for it. Epoch milliseconds.
 */
export function goneBefore(
  { startedAt, listedThere }: Pick<MailboxReturn, "startedAt" | "listedThere">,
  goneFor: number,
): number {
  return Math.max(startedAt, listedThere?.at ?? 0) - goneFor;
}

/** What SMTP would put into the INBOX there, although its owner wrote it, deleted it or judged it. */
const ownFolders: ReadonlySet<string> = new Set(["sent", "drafts", "trash", "junk"]);

/** Whether mail in this folder stays here unless all folders are asked for. */
export function keepsItsMail({ specialUse }: Pick<KeptEntry, "specialUse">): boolean {
  return specialUse !== null && ownFolders.has(specialUse);
}

/** @param isFirst whether no other message of the mailbox that never was on the old server came before it */
export function choose(message: KeptHere, isFirst: boolean, rules: ChoiceRules): Choice {
  const { origin, goneSince, entries, sent, size } = message;
  if (size === null) return stays("old-server");
  if (sent === "queued" || sent === "accepted") return stays("sent");
  if (origin === "old-server") {
    if (goneSince === null) return stays("old-server");
    if (goneSince >= rules.goneBefore) return stays("uncertain");
  } else if (isFirst && entries.some(({ internalDate }) => internalDate === rules.movedAt)) {
    return stays("welcome");
  }
  if (entries.every(({ isDeleted }) => isDeleted)) return stays("deleted");
  const living = entries.filter(({ isDeleted }) => !isDeleted);
  if (!rules.allFolders && living.every(keepsItsMail)) return stays("folder");
  return { goes: true };
}

function stays(why: Stay): Choice {
  return { goes: false, why };
}
