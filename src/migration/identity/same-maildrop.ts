/**
 * Two people here, one maildrop there: somebody logged in with an alias. The old mail would be here twice and
 * new mail in one of the two, so such transfers are stopped and reported. Listings alike are a suspicion only
 * (servers number their messages alike); contents alike are the proof.
 */
import { hash } from "node:crypto";
import type { LedgerRow } from "../ledger.ts";
import type { Transfer } from "../migration.ts";
import { serverKey } from "../old-server/connections.ts";
import type { Listing, OldServerAddress } from "../old-server/old-server.ts";
import { identifyEach, isUsableUidl, nameOf } from "./listing.ts";

/** Fewer messages than this prove nothing: counters and timestamps repeat between maildrops. */
const fewest = 8;
/** A listing is known by so many of its messages, chosen by hash so that two listings choose alike. */
const sketched = 64;
/** How much of what two sketches have in common range makes them one maildrop. */
const alike = 0.9;

/** A listing in short: the lowest hashes of its messages, ascending. */
type Sketch = readonly string[];

/** Whose maildrop it is. */
type Owner = Pick<Transfer, "mailbox" | "address">;

/**
 * Maildrops are found by so many of their lowest hashes. Of two that are alike no more than seven messages in both
 * ranges together are not common (a tenth of at most 71), so that the lowest common one is among the eight lowest of
 * each.
 */
const indexed = 8;

export class SameMaildrops {
  readonly #byServer = new Map<string, KnownMaildrops>();
  readonly #toldApart = new Set<string>();

  /**
   * Notes what a mailbox lists on its old server.
   * @returns another mailbox that seems to list the same maildrop, or null
   */
  note(server: Pick<OldServerAddress, "host" | "port">, owner: Owner, listing: Listing): Owner | null {
    const key = serverKey(server);
    const known = this.#byServer.get(key) ?? new KnownMaildrops();
    this.#byServer.set(key, known);
    known.delete(owner.address);
    const sketch = sketchOf(listing);
    if (!sketch) return null;
    const isOther = (one: Owner): boolean => !this.#toldApart.has(pairOf(owner.address, one.address));
    const other = known.like(sketch).find(isOther) ?? null;
    known.add({ mailbox: owner.mailbox, address: owner.address }, sketch);
    return other;
  }

  /** The contents of these two have shown that they are two. */
  tellApart(one: string, other: string): void {
    this.#toldApart.add(pairOf(one, other));
  }

  /** Forgets an address, whose mailbox was removed or whose move has ended. */
  forget(address: string): void {
    for (const known of this.#byServer.values()) known.delete(address);
  }
}

/** What is listed on one old server. */
class KnownMaildrops {
  readonly #byAddress = new Map<string, { readonly owner: Owner; readonly sketch: Sketch }>();
  readonly #byHash = new Map<string, string[]>();

  add(owner: Owner, sketch: Sketch): void {
    this.#byAddress.set(owner.address, { owner, sketch });
    for (const hash of sketch.slice(0, indexed)) {
      const addresses = this.#byHash.get(hash);
      if (addresses) addresses.push(owner.address);
      else this.#byHash.set(hash, [owner.address]);
    }
  }

  delete(address: string): void {
    const known = this.#byAddress.get(address);
    if (!known) return;
    this.#byAddress.delete(address);
    for (const hash of known.sketch.slice(0, indexed)) {
      const addresses = this.#byHash.get(hash) ?? [];
      const place = addresses.indexOf(address);
      if (place >= 0) addresses.splice(place, 1);
      if (addresses.length === 0) this.#byHash.delete(hash);
    }
  }

  /** Owners of maildrops that are alike. */
  like(sketch: Sketch): readonly Owner[] {
    const addresses = new Set(sketch.slice(0, indexed).flatMap((hash) => this.#byHash.get(hash) ?? []));
    return [...addresses]
      .map((address) => this.#byAddress.get(address))
      .filter((one) => one !== undefined)
      .filter((one) => areAlike(sketch, one.sketch))
      .map(({ owner }) => owner);
  }
}

/** What the ledgers of two mailboxes say about their maildrops being one; null while too little is copied. */
export function haveSameContents(one: readonly LedgerRow[], other: readonly LedgerRow[]): boolean | null {
  const theirs = new Map(other.map((row) => [nameOf(row), row.sha256]));
  let compared = 0;
  let same = 0;
  for (const row of one) {
    const hash = theirs.get(nameOf(row)) ?? null;
    if (hash === null || row.sha256 === null) continue;
    compared++;
    if (hash === row.sha256) same++;
  }
  return compared < fewest ? null : same / compared >= alike;
}

function pairOf(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

/** Null when the listing is too small, or its unique-ids are missing or repeated: then nothing can be told. */
function sketchOf(listing: Listing): Sketch | null {
  if (listing.length < fewest) return null;
  const lowest: string[] = [];
  for (const { uidl, size, occurrence } of identifyEach(listing)) {
    if (occurrence > 0 || !isUsableUidl(uidl)) return null;
    const name = Buffer.from(nameOf({ uidl, size }), "latin1");
    const digest = hash("sha256", name, "base64").slice(0, 12);
    if (lowest.length < sketched || digest < (lowest.at(-1) ?? "")) enter(lowest, digest);
  }
  return lowest;
}

/** Puts a hash among the lowest ones, which ascend, and lets go what is too many. */
function enter(lowest: string[], digest: string): void {
  const place = lowest.findIndex((one) => digest < one);
  lowest.splice(place < 0 ? lowest.length : place, 0, digest);
  if (lowest.length > sketched) lowest.pop();
}

/** Both sketches are complete up to the lower of their highest hashes: only that range is compared. */
function areAlike(one: Sketch, other: Sketch): boolean {
  const isPart = one.length === sketched || other.length === sketched;
  const lower = (one.at(-1) ?? "") < (other.at(-1) ?? "") ? one.at(-1) : other.at(-1);
  const inRange = (hash: string): boolean => !isPart || hash <= (lower ?? "");
  const mine = one.filter(inRange);
  const theirs = new Set(other.filter(inRange));
  const common = mine.filter((hash) => theirs.has(hash)).length;
  const all = mine.length + theirs.size - common;
  return common >= fewest && common / all >= alike;
}
