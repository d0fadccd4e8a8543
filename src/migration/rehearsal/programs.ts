/** Which mail programs would download old mail again after the move, and why. In plain words, for administrators. */
import type { Facts } from "./facts.ts";
import { isUnstable, judgeUidls, keepsOrder } from "./listing-findings.ts";

/** What one kind of program does after the move. */
export interface ProgramOutlook {
  /** Which programs. */
  readonly programs: string;
  /** What they download again. */
  readonly again: "nothing" | "some" | "everything" | "unknown";
  readonly why: string;
}

/** Nothing where no maildrop with messages was seen. */
export function programOutlook({ people }: Facts): readonly ProgramOutlook[] {
  const maildrops = people.flatMap(({ maildrop }) =>
    maildrop && maildrop.first.entries.length > 0 ? maildrop : [],
  );
  if (maildrops.length === 0) return [];
  const judgements = maildrops.map(judgeUidls);
  const order = maildrops.every(keepsOrder);
  return [
    {
      programs:
        "POP3 programs that leave mail on the server and know it by unique-id (Thunderbird, Outlook, Apple Mail, fetchmail, getmail, mpop)",
      ...byUidl(judgements),
    },
    {
      programs: "POP3 programs that leave mail on the server and know it by number, size or Message-ID",
      again: order ? "nothing" : "some",
      why: order
        ? "numbers, order and octets stay as the old server has them."
        : "the old server changes the order, so that numbers already mean other messages from time to time.",
    },
    {
      programs: "POP3 programs that delete what they have downloaded",
      again: "nothing",
      why: "what they deleted over there is not there to be moved; what they delete here stays deleted.",
    },
    {
      programs: "programs that are set up for IMAP anew",
      again: "everything",
      why: "once, as with every new account: IMAP programs know nothing of what POP3 downloaded.",
    },
  ];
}

function byUidl(judgements: readonly ReturnType<typeof judgeUidls>[]): Pick<ProgramOutlook, "again" | "why"> {
  if (judgements.some(isUnstable))
    return {
      again: "everything",
      why: "once: the old server gives other unique-ids in every session, so they do so over there already. Here the ids stay.",
    };
  if (judgements.some(({ refused }) => refused !== null))
    return {
      again: "everything",
      why: "once: the old server has no unique-ids, so all ids are new to a program that begins to ask for them.",
    };
  const missing = judgements.reduce((sum, judgement) => sum + judgement.missing.length, 0);
  if (missing > 0)
    return {
      again: "some",
      why: `${missing} messages have no usable unique-id over there, and get one here.`,
    };
  if (judgements.some(({ changed }) => changed === null))
    return {
      again: "unknown",
      why: "nothing if unique-ids stay the same between sessions, which could not be seen.",
    };
  return {
    again: "nothing",
    why: "unique-ids are shown here octet for octet as there, in the same order, from the first login on.",
  };
}
