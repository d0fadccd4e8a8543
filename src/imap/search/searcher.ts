import type { MessageEntry } from "#mailbox/folder";
import type { ModSeq, Uid } from "#mailbox/ids";
import { done, failed, type Outcome } from "#mailbox/problem";
import { batches } from "../batches.ts";
import type { Client } from "../client.ts";
import { bring, broughtAtOnce } from "../fetch/bring.ts";
import { type SequenceSet, settled } from "../sequence-set.ts";
import type { Session } from "../session.ts";
import { matches } from "./matches.ts";
import { MessageGone, MessageTexts } from "./message-texts.ts";
import { cheapestFirst, type SearchKey } from "./program.ts";

/** One message that was found. */
export interface Found {
  readonly uid: Uid;
  /** 0 where the search did not need to look at the message. */
  readonly modSeq: ModSeq | 0;
}

/** So many entries are read at once. */
const atOnce = 1000;

/** Goes through the selected folder and finds what a key matches: everything, or it says that it could not. */
export class Searcher {
  readonly #session: Session;
  readonly #client: Client;
  readonly #key: SearchKey;
  /** What sets mean in the folder as it is now. */
  readonly #sets = new Map<SearchKey, SequenceSet>();
  readonly #found: Found[] = [];
  readonly #open: MessageEntry[] = [];

  constructor(session: Session, client: Client, key: SearchKey) {
    this.#session = session;
    this.#client = client;
    this.#key = cheapestFirst(key);
  }

  /** In ascending order. The problem is `temporary` when content that matters is remote and cannot be had. */
  async run(needsModSeq: boolean): Promise<Outcome<readonly Found[]>> {
    const candidates = this.#candidates(this.#key);
    if (isOnlySets(this.#key) && !needsModSeq) return done(candidates.map((uid) => ({ uid, modSeq: 0 })));
    for (const uids of batches(candidates, atOnce)) {
      await this.#lookAt(uids);
    }
    if (this.#open.length > 0 && !(await this.#bringOpen())) {
      return failed(
        "temporary",
        "Some messages are still on the old server and cannot be had now. Try again later.",
      );
    }
    return done(this.#found.sort((a, b) => a.uid - b.uid));
  }

  /** The messages that can match at all, as far as sets decide that for all of them. */
  #candidates(key: SearchKey): readonly Uid[] {
    const { view } = this.#session;
    // A message number that there is not matches nothing.
    if (key.is === "set" && key.by === "uids") return view.pick(key.set, "uids") ?? [];
    if (key.is === "and") {
      const set = key.keys.find((one) => one.is === "set" && one.by === "uids");
      if (set) return this.#candidates(set);
    }
    return view.all();
  }

  async #look(entry: MessageEntry): Promise<void> {
    const { store } = this.#session.services;
    const texts = entry.isHere ? new MessageTexts(store, this.#client, entry) : null;
    try {
      const isIn = (key: Extract<SearchKey, { is: "set" }>): boolean => this.#isIn(key, entry.uid);
      const verdict = await matches(this.#key, { entry, texts, isIn });
      if (verdict === null) this.#open.push(entry);
      else if (verdict) this.#found.push({ uid: entry.uid, modSeq: entry.modSeq });
    } catch (error) {
      if (!(error instanceof MessageGone)) throw error;
    }
  }

  #isIn(key: Extract<SearchKey, { is: "set" }>, uid: Uid): boolean {
    const { view } = this.#session;
    const isByUids = key.by === "uids";
    const inUse = isByUids ? (view.count > 0 ? view.uidAt(view.count) : 0) : view.count;
    const set = this.#sets.get(key) ?? settled(key.set, inUse);
    this.#sets.set(key, set);
    const number = isByUids ? uid : view.numberOf(uid);
    return set.some(({ from, to }) => from <= number && number <= to);
  }

  /** Newest first; one that cannot be had, and there is no answer. */
  async #bringOpen(): Promise<boolean> {
    const newestFirst = this.#open.splice(0).sort((a, b) => b.uid - a.uid);
    for (const some of batches(newestFirst, broughtAtOnce)) {
      await this.#lookAt(some.map(({ uid }) => uid));
      const left = this.#open.splice(0);
      if (left.length > 0 && !(await this.#bring(left))) return false;
    }
    return true;
  }

  async #bring(remote: readonly MessageEntry[]): Promise<boolean> {
    const { view, services, mailbox } = this.#session;
    if (mailbox === null) throw new Error("a folder is selected without a mailbox");
    let looked = 0;
    for await (const { uid, outcome } of bring(services.remote, mailbox, remote)) {
      // One that was expunged meanwhile matches nothing.
      if (!outcome.ok && (await services.store.entriesOf(view.folder, [uid])).length > 0) return false;
      if (outcome.ok) await this.#lookAt([uid]);
      looked++;
    }
    return looked === remote.length && this.#open.length === 0;
  }

  async #lookAt(uids: readonly Uid[]): Promise<void> {
    for (const entry of await this.#session.services.store.entriesOf(this.#session.view.folder, uids)) {
      await this.#look(entry);
      await this.#client.breathe();
    }
  }
}

function isOnlySets(key: SearchKey): boolean {
  return key.is === "all" || (key.is === "set" && key.by === "uids");
}
