/**
 * Sees to it that an old server which deletes or hides what it gave is found out with one message: until a message
 * that was read was listed again, nothing more is copied from that server. It relies on the next session for the
 * answer, which is remembered for the whole migration, so that a sound server is asked for one session more, once.
 */
import type { Clock } from "#jobs/clock";
import type { MailboxId } from "#mailbox/ids";
import type { Log } from "#observe/log";
import type { IdentifiedListing } from "../identity/listing.ts";
import type { Migration } from "../migration.ts";
import { serverKey } from "../old-server/connections.ts";
import {
  effectOfReading,
  type FirstReading,
  type ReadingEffect,
  type ReadingEffects,
} from "./reading-effect.ts";

/** A mailbox that has not come back with an answer for so long no longer keeps others from looking. Milliseconds. */
const longestTurn = 60_000;

/** Why a move stops, for people. */
export const takesWhatIsRead =
  "the old server deletes or hides what is read by POP3: the message that was read is not listed there any more. " +
  "What was read is kept here. To resume tries one more message, in case another program took that one away; to " +
  "resume although reading deletes there copies all the same, and empties the old maildrops";

interface Server {
  effect: ReadingEffect;
  readonly readings: Map<MailboxId, FirstReading>;
  /** Whose turn it is to read a message and look again, and since when. */
  turn: { readonly mailbox: MailboxId; readonly since: number } | null;
}

type Moved = Pick<Migration, "domain" | "oldServer">;

interface FirstReadingsTools {
  readonly kept: ReadingEffects;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

export class FirstReadings {
  readonly #tools: FirstReadingsTools;
  readonly #servers = new Map<string, Server>();

  constructor(tools: FirstReadingsTools) {
    this.#tools = tools;
  }

  /** What is remembered of a server has to be known before the other methods are asked. */
  async load(migration: Moved): Promise<void> {
    await this.#serverOf(migration);
  }

  /**
   * A session has listed a maildrop: what a message that was read in the one before tells is learnt.
   * @returns when it is remembered; null where nothing was learnt
   */
  listed(migration: Moved, mailbox: MailboxId, listing: IdentifiedListing): Promise<void> | null {
    const server = this.#servers.get(keyOf(migration));
    if (!server) return null;
    const reading = server.readings.get(mailbox);
    server.readings.delete(mailbox);
    if (server.effect !== "unknown" || !reading) return null;
    server.turn = null;
    const effect = effectOfReading(reading, listing);
    if (effect === null) return null;
    server.effect = effect;
    const { log, kept } = this.#tools;
    const facts = { domain: migration.domain, server: serverKey(migration.oldServer) };
    if (effect === "takes") log.warn({ ...facts, uidl: reading.read.uidl }, takesWhatIsRead);
    else log.info(facts, "the old server keeps what is read");
    return kept.setReadingEffect(migration.domain, facts.server, effect);
  }

  /** Whether a mailbox may be copied from now on: all of it, one message to look what becomes of it, or nothing. */
  allows(migration: Moved, mailbox: MailboxId): "all" | "one" | "none" {
    const server = this.#servers.get(keyOf(migration));
    if (!server || server.effect === "takes") return "none";
    if (server.effect !== "unknown") return "all";
    if (server.readings.has(mailbox)) return "none";
    const now = this.#tools.clock.now();
    const { turn } = server;
    if (turn && turn.mailbox !== mailbox && now - turn.since < longestTurn) return "none";
    if (turn?.mailbox !== mailbox) server.turn = { mailbox, since: now };
    return "one";
  }

  /** Whether nobody has looked yet what reading does. */
  isUnknown(migration: Moved): boolean {
    return this.#servers.get(keyOf(migration))?.effect === "unknown";
  }

  /** Whether a mailbox's next listing is to tell what became of a message that was read. */
  isOwed(migration: Moved, mailbox: MailboxId): boolean {
    return this.isUnknown(migration) && this.#servers.get(keyOf(migration))?.readings.has(mailbox) === true;
  }

  /** A message was read while it is unknown what becomes of it: the mailbox's next session tells. */
  read(migration: Moved, mailbox: MailboxId, reading: FirstReading): void {
    this.#servers.get(keyOf(migration))?.readings.set(mailbox, reading);
  }

  /** Whether its old server is known to take away what is read, and nobody has accepted that. */
  takes(migration: Moved): boolean {
    return this.#servers.get(keyOf(migration))?.effect === "takes";
  }

  /** Whether reading is known to take nothing away. */
  keeps(migration: Moved): boolean {
    return this.#servers.get(keyOf(migration))?.effect === "keeps";
  }

  /** Whether what is read is gone there, as the administrator accepts. */
  isAccepted(migration: Moved): boolean {
    return this.#servers.get(keyOf(migration))?.effect === "accepted";
  }

  /** What is accepted as it is, or, where that was taken away, is to be looked at once more. */
  async decide(migration: Moved, decision: "accept" | "look-again"): Promise<void> {
    const server = await this.#serverOf(migration);
    if (decision === "look-again" && server.effect !== "takes") return;
    server.effect = decision === "accept" ? "accepted" : "unknown";
    server.turn = null;
    server.readings.clear();
    await this.#tools.kept.setReadingEffect(migration.domain, serverKey(migration.oldServer), server.effect);
  }

  /** A migration has ended: the next one looks again. */
  forget(domain: string): void {
    for (const key of this.#servers.keys()) if (key.startsWith(`${domain} `)) this.#servers.delete(key);
  }

  async #serverOf(migration: Moved): Promise<Server> {
    const key = keyOf(migration);
    const known = this.#servers.get(key);
    if (known) return known;
    const kept = await this.#tools.kept.readingEffect(migration.domain, serverKey(migration.oldServer));
    const server = this.#servers.get(key) ?? { effect: kept, readings: new Map(), turn: null };
    this.#servers.set(key, server);
    return server;
  }
}

function keyOf({ domain, oldServer }: Moved): string {
  return `${domain} ${serverKey(oldServer)}`;
}
