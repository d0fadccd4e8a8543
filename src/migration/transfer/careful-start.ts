import type { MailboxId } from "#mailbox/ids";
import type { Identified, IdentifiedListing } from "../identity/listing.ts";
import type { Migration } from "../migration.ts";
import type { FirstReadings } from "./first-readings.ts";

interface CarefulStartOptions {
  readonly readings: FirstReadings;
  readonly migration: Pick<Migration, "domain" | "oldServer">;
  readonly mailbox: MailboxId;
  /** Milliseconds that the old server wants between two logins. */
  readonly loginDelay: number;
}

/** A server that wants more milliseconds between logins is looked at again after all of this mailbox was copied. */
const longestPause = 30_000;

/** One visit's part in finding out what reading does on its old server (first-readings). */
export class CarefulStart {
  readonly #options: CarefulStartOptions;
  #listed: IdentifiedListing = [];
  #mustLookAgain = false;
  #goesOn = false;

  constructor(options: CarefulStartOptions) {
    this.#options = options;
  }

  /** Whether a message was read before and this session's listing is to tell what became of it. */
  get isOwed(): boolean {
    const { readings, migration, mailbox } = this.#options;
    return readings.isOwed(migration, mailbox);
  }
  /** The visit has to end, so that the next one may look. */
  get mustLookAgain(): boolean {
    return this.#mustLookAgain;
  }
  get takes(): boolean {
    return this.#options.readings.takes(this.#options.migration);
  }
  /** How many messages may be copied now: see FirstReadings. */
  get allows(): "all" | "one" | "none" {
    if (this.#mustLookAgain) return "none";
    const { readings, migration, mailbox } = this.#options;
    return this.#goesOn && !this.takes ? "all" : readings.allows(migration, mailbox);
  }

  /** What is remembered of the old server; to be waited for before anything else. */
  load(): Promise<void> {
    return this.#options.readings.load(this.#options.migration);
  }

  /** @returns when what it tells is remembered; null where it tells nothing */
  listed(listed: IdentifiedListing): Promise<void> | null {
    const { readings, migration, mailbox } = this.#options;
    this.#listed = listed;
    return readings.listed(migration, mailbox, listed);
  }

  /**
   * A round has ended.
   * @param read the last message that it brought, if any
   * @param wasAlone whether it was to bring one only
   */
  ended(read: Identified | null, wasAlone: boolean): void {
    const { readings, migration, mailbox, loginDelay } = this.#options;
    if (!read || !readings.isUnknown(migration)) return;
    readings.read(migration, mailbox, { read, listed: this.#listed });
    if (!wasAlone) return;
    if (loginDelay > longestPause) this.#goesOn = true;
    else this.#mustLookAgain = true;
  }
}
