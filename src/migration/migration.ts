/** A domain's move and one mailbox's move, as plain data. */
import type { MailboxId } from "#mailbox/ids";
import type { MaildropNotes } from "./identity/maildrop-notes.ts";
import type { MigrationLimits } from "./limits/migration-limits.ts";
import type { OldServerAddress } from "./old-server/old-server.ts";
import type { OldServerFacts } from "./proof/certificate.ts";

/** Which old messages are \Seen: those whose Status field there says so, all that were there at the first login, none. */
export type SeenPolicy = "status" | "all" | "none";

/** A domain's move from its old server. There is one while it is on; `migration off` ends it. */
export interface Migration {
  readonly domain: string;
  readonly oldServer: OldServerAddress;
  /** Text of the migration message, its own header fields on top if it has any; null: the built-in one. */
  readonly message: string | null;
  /** Which old messages are \Seen here; missing: `status`. */
  readonly seen?: SeenPolicy;
  /** Names the sealing key of this migration in DATA/keys. */
  readonly sealingKey: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** What it may take of the old server; missing: nothing is limited but what the configuration limits. */
  readonly limits?: MigrationLimits;
}

/**
 * copying: remote content is left. following: all content is here, sweeps go on. settled: nothing more
 * will come. waiting: temporary trouble, with a reason and a next try. needs-password: the sealed old
 * password stopped working. paused: by the administrator. returned: its owner went back (migration/return); it ends
 * only when its owner comes again.
 */
export type TransferState =
  | "copying"
  | "following"
  | "settled"
  | "waiting"
  | "needs-password"
  | "paused"
  | "returned";

/** One mailbox's move. */
export interface Transfer {
  readonly mailbox: MailboxId;
  readonly address: string;
  readonly domain: string;
  readonly state: TransferState;
  /** Why it waits, for a person; null when nothing is wrong. */
  readonly reason: string | null;
  /** Epoch milliseconds of the next try or sweep. */
  readonly nextTry: number;
  /** Consecutive failures, for the back-off. */
  readonly failures: number;
  /** The login name that worked on the old server. */
  readonly loginName: string;
  /** Listed on the old server and wanted, and of these already here: messages and octets. */
  readonly messages: number;
  readonly messagesHere: number;
  readonly octets: number;
  readonly octetsHere: number;
  readonly startedAt: number;
  /** When the last sweep found everything taken; null before the first. */
  readonly lastSweep: number | null;
  /** An administrator resumed it: that another mailbox lists the same maildrop does not stop it again. */
  readonly isToldApart: boolean;
  /** STAT of the last complete listing, "messages/octets", to see cheaply whether something changed. */
  readonly lastStat: string | null;
  /** What the old server said of itself when it last showed what was known; null or missing where it is not known. */
  readonly met?: OldServerFacts | null;
  /** What is to be known of its old maildrop. */
  readonly notes?: MaildropNotes | null;
  /** It was brought by an administrator's login there, and its owner has not shown a password yet. */
  readonly lacksPassword?: boolean;
}

/** Whether nothing more is brought over for it: its move has ended, or its owner went back. */
export function isOver({ state }: Pick<Transfer, "state">): boolean {
  return state === "settled" || state === "returned";
}
