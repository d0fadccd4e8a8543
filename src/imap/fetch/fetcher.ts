import { StoreUnavailable } from "#mailbox/content";
import type { MessageEntry } from "#mailbox/folder";
import type { ModSeq, Uid } from "#mailbox/ids";
import { batches } from "../batches.ts";
import type { Client } from "../client.ts";
import type { FetchItem } from "../grammar/fetch.ts";
import { gatherNews } from "../news.ts";
import { no, ok, type Reply } from "../reply.ts";
import type { Session } from "../session.ts";
import { bring, broughtAtOnce, mostFailures } from "./bring.ts";
import { isListable, listedResponse } from "./listed.ts";
import { sendPieces } from "./piece.ts";
import { fetchResponse, isKnown, type Needs, needsOf } from "./response.ts";

/** What of which messages. */
export interface Wanted {
  readonly uids: readonly Uid[];
  readonly items: readonly FetchItem[];
  readonly changedSince: number | null;
  /** Whether messages were named that must have been there: by number. */
  readonly tellsGone: boolean;
}

/** So many messages of a listing are read at once: about two milliseconds. */
const listedAtOnce = 500;
/** UIDs so far apart are looked up one by one. */
const sparse = 4;

/**
 * Answers one FETCH. What is here is told in its order; content that is remote is brought, and told as it comes.
 * Works in batches, between which other sessions have their turn.
 */
export class Fetcher {
  readonly #session: Session;
  readonly #client: Client;
  readonly #wanted: Wanted;
  readonly #needs: Needs;
  readonly #setsSeen: boolean;
  /** Messages that were gone, and messages whose content did not come. */
  #gone = 0;
  #missing = 0;
  /** So many in a row did not come. */
  #failures = 0;

  constructor(session: Session, client: Client, wanted: Wanted) {
    this.#session = session;
    this.#client = client;
    this.#wanted = wanted;
    this.#needs = needsOf(wanted.items);
    this.#setsSeen =
      !session.view.isReadOnly && wanted.items.some((item) => item.is === "section" && !item.peeks);
  }

  async run(): Promise<Reply> {
    const { uids, changedSince, items } = this.#wanted;
    const wanted = changedSince === null ? uids : await this.#changed(uids, changedSince);
    const left = isListable(items) ? await this.#tellListed(wanted) : wanted;
    const remote: MessageEntry[] = [];
    for (const some of batches(left, this.#batch)) {
      const entries = await this.#entries(some);
      const known = entries.filter((entry) => isKnown(entry, this.#needs));
      if (known.length < entries.length)
        remote.push(...entries.filter((entry) => !isKnown(entry, this.#needs)));
      await this.#tell(known);
      await this.#client.breathe();
    }
    if (remote.length > 0) await this.#tellRemote(remote);
    return this.#reply();
  }

  /** Those of the messages that have changed after a MODSEQ. */
  async #changed(uids: readonly Uid[], since: number): Promise<readonly Uid[]> {
    const { services, view } = this.#session;
    const news = await gatherNews(services.store, view.folder, since as ModSeq, this.#client);
    const changed = new Set(news.changed.map(({ uid }) => uid));
    return uids.filter((uid) => changed.has(uid));
  }

  /** Tells what a listing of the folder knows. @returns the messages that it does not know enough of */
  async #tellListed(uids: readonly Uid[]): Promise<readonly Uid[]> {
    const { services, view } = this.#session;
    const { items } = this.#wanted;
    const asks = (name: FetchItem["is"]): boolean => items.some(({ is }) => is === name);
    const also = { dates: asks("INTERNALDATE"), sizes: asks("RFC822.SIZE"), envelopes: asks("ENVELOPE") };
    const tellsFlags = asks("FLAGS");
    const left: Uid[] = [];
    for (const some of batches(uids, listedAtOnce)) {
      const [first, last] = [some[0], some.at(-1)];
      if (first === undefined || last === undefined) continue;
      if (last - first > sparse * some.length) {
        left.push(...some);
        continue;
      }
      const listed = await services.store.listing(view.folder, first, last, also);
      let at = 0;
      for (const uid of some) {
        while ((listed[at]?.uid ?? Number.POSITIVE_INFINITY) < uid) at++;
        const message = listed[at];
        if (message?.uid !== uid) {
          this.#gone++;
          continue;
        }
        const response = listedResponse(view.numberOf(uid), message, items);
        if (response === null) left.push(uid);
        else {
          this.#client.add(response);
          if (tellsFlags) view.knows(uid, message.modSeq);
        }
      }
      await this.#client.breathe();
    }
    return left;
  }

  /** So many messages are looked at at once: a few milliseconds, and little memory. */
  get #batch(): number {
    if (this.#needs.octets) return 32;
    return this.#needs.facts ? 100 : 1000;
  }

  async #entries(uids: readonly Uid[]): Promise<readonly MessageEntry[]> {
    const entries = await this.#session.services.store.entriesOf(this.#session.view.folder, uids);
    this.#gone += uids.length - entries.length;
    return entries;
  }

  async #tell(entries: readonly MessageEntry[]): Promise<void> {
    const { store } = this.#session.services;
    const newlySeen = this.#setsSeen ? await this.#markSeen(entries) : new Map<Uid, MessageEntry>();
    for (const before of entries) {
      const seen = newlySeen.get(before.uid);
      const entry = seen ?? before;
      const items = seen ? this.#itemsWithFlags() : this.#wanted.items;
      const told = { number: this.#session.view.numberOf(entry.uid), entry };
      const pieces = await fetchResponse(store, told, items, this.#needs);
      if (pieces === null) this.#gone++;
      else {
        if (items.some(({ is }) => is === "FLAGS")) this.#session.view.knows(entry.uid, entry.modSeq);
        await sendPieces(this.#client, pieces);
      }
      await this.#client.breathe();
    }
  }

  /** Newest first, as the old mail is copied in any case: much of a large folder has come before it is its turn. */
  async #tellRemote(remote: readonly MessageEntry[]): Promise<void> {
    const newestFirst = remote.toSorted((a, b) => b.uid - a.uid).map(({ uid }) => uid);
    for (const some of batches(newestFirst, broughtAtOnce)) {
      const entries = await this.#entries(some);
      await this.#tell(entries.filter((entry) => isKnown(entry, this.#needs)));
      const left = entries.filter((entry) => !isKnown(entry, this.#needs));
      this.#missing += left.length;
      if (left.length > 0 && this.#failures < mostFailures) await this.#tellBrought(left);
    }
  }

  /** Tells each message as it comes. */
  async #tellBrought(remote: readonly MessageEntry[]): Promise<void> {
    const mailbox = this.#session.mailbox;
    if (mailbox === null) throw new Error("a folder is selected without a mailbox");
    const coming = bring(this.#session.services.remote, mailbox, remote);
    for (;;) {
      const next = await this.#client.patiently(coming.next());
      if (next.done) return;
      const { uid, outcome } = next.value;
      this.#failures = outcome.ok ? 0 : this.#failures + 1;
      const [entry] = outcome.ok ? await this.#entries([uid]) : [];
      if (entry && !isKnown(entry, this.#needs)) continue;
      if (entry) await this.#tell([entry]);
      if (outcome.ok) this.#missing--;
    }
  }

  /** Where a message becomes \Seen its flags are told too (RFC 3501 §6.4.5). */
  #itemsWithFlags(): readonly FetchItem[] {
    const { items } = this.#wanted;
    const added: FetchItem["is"][] = ["FLAGS"];
    if (this.#session.knowsModSeq) added.push("MODSEQ");
    const missing = added.filter((is) => !items.some((item) => item.is === is));
    return [...items, ...missing.map((is) => ({ is }) as FetchItem)];
  }

  /** Marks messages as seen that were not. @returns those, as they are now */
  async #markSeen(entries: readonly MessageEntry[]): Promise<ReadonlyMap<Uid, MessageEntry>> {
    const { store } = this.#session.services;
    const { folder } = this.#session.view;
    const unseen = entries.filter(({ flags }) => !flags.includes("\\Seen"));
    if (unseen.length === 0) return new Map();
    const change = { how: "add", flags: ["\\Seen"] } as const;
    try {
      await store.changeFlags(
        folder,
        unseen.map(({ id }) => id),
        change,
      );
    } catch (error) {
      // A full disk is no reason to withhold mail that can be read.
      if (error instanceof StoreUnavailable) return new Map();
      throw error;
    }
    const now = await store.entriesOf(
      folder,
      unseen.map(({ uid }) => uid),
    );
    return new Map(now.map((entry) => [entry.uid, entry]));
  }

  #reply(): Reply {
    if (this.#missing > 0) {
      const text = `${this.#missing} messages are still on the old server and cannot be had now. Try again later.`;
      return no("UNAVAILABLE", text);
    }
    const tellsGone = this.#gone > 0 && this.#wanted.tellsGone;
    return tellsGone ? ok("Some messages are gone.", "EXPUNGEISSUED") : ok("That is all.");
  }
}
