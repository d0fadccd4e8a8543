/** What a listing shows, held against the ledger: what is to be fetched, and who fetches and notes it. */
import { done } from "#mailbox/problem";
import type { Identified } from "../identity/listing.ts";
import { type MaildropNotes, notesOf } from "../identity/maildrop-notes.ts";
import type { LedgerRow } from "../ledger.ts";
import type { Migration, Transfer } from "../migration.ts";
import type { Listing, OldServerSession } from "../old-server/old-server.ts";
import { Arrivals } from "./arrivals.ts";
import type { CarefulStart } from "./careful-start.ts";
import { Copier } from "./copier.ts";
import { Errands } from "./errands.ts";
import { compared } from "./known-rows.ts";
import type { MailboxMemory } from "./mailbox-memory.ts";
import type { Pace } from "./pace.ts";
import type { ReadThrough } from "./read-through.ts";
import { strangerIn } from "./stranger.ts";
import { answerNotHad } from "./strays.ts";
import { Sweep } from "./sweep.ts";
import type { TransferTools } from "./transfer-tools.ts";

interface StockOptions {
  readonly tools: TransferTools;
  readonly transfer: Transfer;
  readonly migration: Migration;
  readonly session: OldServerSession;
  readonly memory: MailboxMemory;
  readonly readThrough: ReadThrough;
  readonly careful: CarefulStart;
  readonly pace: Pace;
  /** When the session began, epoch milliseconds. */
  readonly began: number;
}

export interface Stock {
  readonly kind: "stock";
  readonly errands: Errands;
  readonly copier: Copier;
  readonly arrivals: Arrivals;
  readonly sweep: Sweep;
  /** A message that is listed and here, and that no other is named as; null: there is none. */
  readonly copied: Identified | null;
  /** Names of messages that stand where new ones do not. */
  readonly misplaced: readonly string[];
  /** What is to be known of the maildrop, once it is known of every message what it is. */
  notes(): MaildropNotes | null;
}

/** Nothing that is listed is believed to be this mailbox's, for people. */
interface Stranger {
  readonly kind: "stranger";
  readonly reason: string;
}

/**
 * Throws OldServerTrouble and StoreUnavailable.
 * @param rows null: there are so many that they are read again as they are needed
 */
export async function takeStock(
  options: StockOptions,
  rows: readonly LedgerRow[] | null,
  listing: Listing,
): Promise<Stock | Stranger> {
  const { tools, transfer, migration, session, memory, readThrough, began } = options;
  const held = await compared(tools.ledger, transfer.mailbox, rows, listing, memory.trusted);
  const { listed, comparison, uidlsEver, uidlsRepeated, whole } = held;
  const learnt = options.careful.listed(listed);
  if (learnt) await learnt;
  tools.headerLooks.listed(migration, transfer.mailbox, listed);
  if (!memory.acceptsOther && whole) {
    const reason = await strangerIn({ tools, transfer, migration, session, ...whole, comparison });
    if (reason !== null) return { kind: "stranger", reason };
  }
  memory.acceptsOther = false;
  if (comparison.isUnstable) {
    const words = "the old server has changed its unique-ids: comparing contents";
    tools.log.warn({ address: transfer.address }, words);
  }
  const isUnique = ({ uidl }: Identified): boolean => uidl !== "" && !uidlsRepeated.has(uidl);
  const { bigMessage } = tools.limits;
  const errands = new Errands(comparison, { now: began, bigMessage, suspects: memory.suspects });
  const arrivals = arrivalsOf(options);
  const copier = new Copier({
    tools,
    session,
    mailbox: transfer.mailbox,
    errands,
    arrivals,
    allowance: options.pace.allowance,
    uidlsEver,
    uidlsRepeated,
    seen: migration.seen ?? "status",
    mustEnd: () => options.pace.mustEnd,
    notHad: (errand, isGone) => answerNotHad(readThrough, errand, isGone),
  });
  const sweep = new Sweep({ tools, transfer, comparison, readThrough, began });
  const { recognition } = copier;
  await sweep.noteSeen();
  if (errands.areDoubtsSettled) await sweep.noteUnseen(recognition);
  return {
    kind: "stock",
    errands,
    copier,
    arrivals,
    sweep,
    get copied() {
      const { lastRead } = copier;
      if (lastRead && isUnique(lastRead)) return lastRead;
      for (const { row, listed } of comparison.paired)
        if (row.state === "copied" && isUnique(listed)) return listed;
      return null;
    },
    misplaced: comparison.misplaced,
    notes: () =>
      errands.areDoubtsSettled ? notesOf({ listed, comparison, recognition }, transfer.notes ?? null) : null,
  };
}

/** What comes is kept, and whoever waits for it is served. */
function arrivalsOf({ tools, transfer, memory, readThrough }: StockOptions): Arrivals {
  const { ledger, clock, limits } = tools;
  return new Arrivals({
    ledger,
    clock,
    limits,
    mailbox: transfer.mailbox,
    committed: (arrivals, octets) => {
      memory.meter.add(octets, clock.now());
      for (const arrival of arrivals) {
        if (arrival.kind === "row" && arrival.row.content !== null) {
          readThrough.answer(arrival.row.content, done(undefined));
        }
      }
    },
  });
}
