/** How far somebody's way back is, in figures and, where something is missing, by name. */
import type { Found, MailboxReturn, SentMessage } from "./mailbox-return.ts";
import type { ReturnPlan } from "./plan.ts";

export interface ReturnReport {
  readonly way: MailboxReturn;
  /** Messages that were given to the queue. */
  readonly sent: number;
  readonly octets: number;
  /** Among them: still in the queue, and of these held back until somebody looks after them. */
  readonly queued: number;
  readonly held: number;
  /** The old server has accepted them. */
  readonly accepted: number;
  /** Seen in the old maildrop: as they were, and with other octets below the trace. */
  readonly same: number;
  readonly changed: number;
  /** Not there (yet), the first of them. */
  readonly missing: readonly Missing[];
  readonly missingInAll: number;
  /** Those with other octets there, the first of them. */
  readonly altered: readonly Pick<Missing, "messageId" | "octets">[];
  /** What is not sent, and stays here. */
  readonly stays: ReturnPlan["stays"];
  readonly staying: ReturnPlan["staying"];
  readonly deletedHere: number;
}

/** A message that was sent and was not seen there. */
export interface Missing {
  readonly messageId: string | null;
  readonly octets: number;
  /** Of the queue: what its commands call it. */
  readonly recipient: string;
  readonly why: string;
}

const mostNamed = 200;

/** Puts together what is known of a way back. */
export function reportOf(
  way: MailboxReturn,
  all: readonly SentMessage[],
  { stays, staying, deletedHere }: Pick<ReturnPlan, "stays" | "staying" | "deletedHere">,
): ReturnReport {
  const missing = all.filter(({ state, found }) => state !== "accepted" || found === null);
  const inQueue = all.filter(({ state }) => state === "queued");
  const seen = (how: Found): number => all.filter(({ found }) => found === how).length;
  return {
    way,
    sent: all.length,
    octets: all.reduce((sum, { octets }) => sum + octets, 0),
    queued: inQueue.length,
    held: inQueue.filter(({ held }) => held).length,
    accepted: all.filter(({ state }) => state === "accepted").length,
    same: seen("same"),
    changed: seen("changed"),
    missing: missing.slice(0, mostNamed).map((one) => ({
      messageId: one.messageId,
      octets: one.octets,
      recipient: one.recipient,
      why: whyMissing(one, way),
    })),
    missingInAll: missing.length,
    altered: all
      .filter(({ found }) => found === "changed")
      .slice(0, mostNamed)
      .map(({ messageId, octets }) => ({ messageId, octets })),
    stays,
    staying,
    deletedHere,
  };
}

function whyMissing({ state, held, lastReply }: SentMessage, { phase }: MailboxReturn): string {
  const reply = lastReply === null ? "" : `: ${lastReply}`;
  switch (state) {
    case "queued":
      return held
        ? `the old server refuses it, and it is held in the queue${reply}; there it can be tried again`
        : `it waits in the queue${reply}`;
    case "dropped":
      return "it was taken out of the queue by hand; asking for the way back again sends it again";
    case "came-back":
      return "it was still queued when its owner came over again, and is here";
    case "accepted":
      return phase === "unproved"
        ? "the old server accepted it, and it is not in the maildrop: look into its queue, its filters and its folders, or it was read and deleted there"
        : "the old server accepted it; it is looked for in the maildrop";
  }
}

/** The same in a few words, beside the transfer. */
export function wordsOf({ way, sent, accepted, same, changed, held }: ReturnReport): string {
  const found = same + changed;
  const figures = `went back: ${sent} sent, ${accepted} accepted there, ${found} found there`;
  const trouble = held > 0 ? `, ${held} held in the queue` : "";
  const reason = way.reason === null ? "" : `; ${way.reason}`;
  return `${figures}${trouble}${reason}`;
}
