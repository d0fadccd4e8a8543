/**
 * The mailboxes of a domain as an administrator looks through them, and a move in figures: a page at a time and
 * counted, so that no answer grows with the number of people.
 */
import type { MailboxId } from "#mailbox/ids";
import type { Transfer } from "./migration.ts";
import { stalledAfter } from "./transfer/stalled.ts";

/**
 * Where somebody is. `waiting`: something has to happen that does not happen by itself, or nothing has moved for
 * long. `prepared`: has settings here and has not come. `local`: no old mail.
 */
export const stages = ["over", "on-the-way", "waiting", "returned", "prepared", "local"] as const;
export type Stage = (typeof stages)[number];

/** What only the program that runs knows: which incomplete moves are not stalled. */
export interface Movement {
  /** Epoch milliseconds: nothing that began later is stalled. 0 when nothing can be stalled, whenever it began. */
  readonly stalledBefore: number;
  /** Mailboxes that something has come to since. */
  readonly moving: readonly MailboxId[];
}

export interface RosterQuery {
  /** Part of an address, in lower case; "" for all. */
  readonly search: string;
  readonly stage: Stage | null;
  /** An address (exclusive); "" for the start. */
  readonly after: string;
  readonly limit: number;
}

export interface RosterRow {
  readonly mailbox: MailboxId;
  readonly address: string;
  readonly stage: Stage;
  readonly isAdmitted: boolean;
  /** Its owner went back to the old server. */
  readonly isAway: boolean;
  readonly hasPassword: boolean;
  /** Octets; null is no limit. */
  readonly quota: number | null;
  readonly octets: number;
  readonly messages: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Null when it is not moved, or never was. */
  readonly transfer: Transfer | null;
  /** Messages on the old server that were not taken. */
  readonly skipped: number;
}

/** All mailboxes of one stage together. */
export interface StageFigures {
  readonly stage: Stage;
  readonly mailboxes: number;
  /** Of their transfers; octets and messages that are here count at most what was listed. */
  readonly messages: number;
  readonly messagesHere: number;
  readonly octets: number;
  readonly octetsHere: number;
  /** Epoch milliseconds; null where none was swept. */
  readonly lastSweep: number | null;
}

/** The port to the mailboxes of a domain, in address order. */
export interface Roster {
  page(domain: string, movement: Movement, query: RosterQuery): Promise<readonly RosterRow[]>;
  /** How many there are in all pages. */
  count(domain: string, movement: Movement, query: Pick<RosterQuery, "search" | "stage">): Promise<number>;
  /** Stages that somebody is in. */
  figures(domain: string, movement: Movement): Promise<readonly StageFigures[]>;
}

/**
 * @param since from when on copying could bring something: this program's start, the opening of copy hours
 * @param moving when something last came, by mailbox
 */
export function movementAt(now: number, since: number, moving: ReadonlyMap<MailboxId, number>): Movement {
  const stalledBefore = now - stalledAfter;
  if (since > stalledBefore) return { stalledBefore: 0, moving: [] };
  return {
    stalledBefore,
    moving: [...moving].filter(([, last]) => last > stalledBefore).map(([mailbox]) => mailbox),
  };
}
