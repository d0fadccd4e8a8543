/**
 * What all clients together were told of the folders: facts of a message never change, and a number that grows is
 * never less than what anybody had heard of it before he was asked.
 */
import { Contradiction } from "./peer.ts";

/** What never changes while a message has its UID, by the name of the FETCH item. */
type Facts = Map<string, string>;

export class KnownFolder {
  readonly name: string;
  /** The least that UIDNEXT and HIGHESTMODSEQ can be from now on. */
  uidNext = 1;
  modSeq = 1;
  #uidValidity: number | null = null;
  readonly #facts = new Map<number, Facts>();
  readonly #flags = new Map<string, string>();
  readonly #gone = new Map<number, number>();
  #moment = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Some moment, to be told from later ones. */
  get now(): number {
    return ++this.#moment;
  }

  uidValidity(value: number): void {
    this.#uidValidity ??= value;
    if (value !== this.#uidValidity)
      throw new Contradiction(`UIDVALIDITY ${this.#uidValidity} became ${value}`);
  }

  /** Somebody was told of a message in a folder selected at `since`. */
  there(uid: number, since: number): void {
    this.uidNext = Math.max(this.uidNext, uid + 1);
    const gone = this.#gone.get(uid);
    if (gone !== undefined && gone < since)
      throw new Contradiction(`UID ${uid} was expunged, and is there again`);
  }

  /** Somebody was told that a message was expunged. */
  gone(uid: number): void {
    if (!this.#gone.has(uid)) this.#gone.set(uid, this.now);
  }

  reached(modSeq: number): void {
    this.modSeq = Math.max(this.modSeq, modSeq);
  }

  /** A fact about a message, which must be what it was. */
  fact(uid: number, name: string, value: string): void {
    const facts = this.#facts.get(uid) ?? new Map<string, string>();
    this.#facts.set(uid, facts);
    const before = facts.get(name);
    if (before !== undefined && before !== value)
      throw new Contradiction(`${name} of UID ${uid} in ${this.name} was ${before} and is ${value}`);
    facts.set(name, value);
  }

  factOf(uid: number, name: string): string | undefined {
    return this.#facts.get(uid)?.get(name);
  }

  /** With one MODSEQ a message has one set of flags. */
  flags(uid: number, modSeq: number, flags: string): void {
    const key = `${uid} ${modSeq}`;
    const before = this.#flags.get(key);
    if (before !== undefined && before !== flags)
      throw new Contradiction(`UID ${uid} had (${before}) at MODSEQ ${modSeq} and now (${flags})`);
    this.#flags.set(key, flags);
  }

  /** A message got a new UID, which nobody can have had before it was asked for. */
  added(uid: number, uidNextBefore: number): void {
    if (uid < uidNextBefore) throw new Contradiction(`the new UID ${uid} is less than ${uidNextBefore}`);
    this.uidNext = Math.max(this.uidNext, uid + 1);
  }

  /** A copy is its original in everything that never changes. */
  copied(uid: number, from: KnownFolder, original: number): void {
    for (const [name, value] of from.#facts.get(original) ?? []) this.fact(uid, name, value);
    for (const [name, value] of this.#facts.get(uid) ?? []) from.fact(original, name, value);
  }
}
