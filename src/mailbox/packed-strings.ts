/** Octet strings (latin1, of at most 65,535 octets) one behind the other in large pieces of memory, found by their place. */
import { randomBytes } from "node:crypto";

/** The first piece is small: most maildrops are. */
const firstPiece = 8 * 1024;
const pieceBits = 18;
const piece = 1 << pieceBits;
const longest = 65_535;
/** So that nobody can choose strings that all hash alike. */
const seed = randomBytes(4).readUInt32LE();

export class PackedStrings {
  /** The last piece, and how many of its octets are used. */
  #last = Buffer.allocUnsafeSlow(firstPiece);
  readonly #pieces: Buffer[] = [this.#last];
  /** Where each begins: the piece and the octet in it. */
  #starts = new Uint32Array(64);
  #lengths = new Uint16Array(64);
  #length = 0;
  #used = 0;
  #hasEmpty = false;
  /** Open addressing: 0, or one more than the place of the first string with that hash or one near it. */
  #index: Uint32Array | null = null;

  get length(): number {
    return this.#length;
  }
  get hasEmpty(): boolean {
    return this.#hasEmpty;
  }

  /** Throws RangeError for a longer string than can be kept. */
  push(text: string): void {
    if (text.length > longest) throw new RangeError("a packed string has at most 65,535 octets");
    if (this.#used + text.length > this.#last.length) {
      this.#last = Buffer.allocUnsafeSlow(piece);
      this.#pieces.push(this.#last);
      this.#used = 0;
    }
    if (this.#length === this.#starts.length) this.#grow();
    this.#starts[this.#length] = ((this.#pieces.length - 1) << pieceBits) | this.#used;
    this.#lengths[this.#length++] = text.length;
    this.#used += this.#last.write(text, this.#used, "latin1");
    this.#hasEmpty ||= text === "";
    this.#index = null;
  }

  /** "" where there is none at that place. */
  at(place: number): string {
    const length = this.#lengths[place] ?? 0;
    const start = this.#starts[place] ?? 0;
    const from = start & (piece - 1);
    return this.#pieces[start >>> pieceBits]?.toString("latin1", from, from + length) ?? "";
  }

  /** Of each string that stood there before, by its place: how often. */
  repeated(): ReadonlyMap<number, number> {
    const counts = new Map<number, number>();
    const repeated = new Map<number, number>();
    const index = this.#emptyIndex();
    for (let place = 0; place < this.#length; place++) {
      const slot = this.#slotOf(index, this.at(place));
      const first = index[slot] ?? 0;
      if (first === 0) index[slot] = place + 1;
      else {
        const count = (counts.get(first) ?? 0) + 1;
        counts.set(first, count);
        repeated.set(place, count);
      }
    }
    this.#index = index;
    return repeated;
  }

  /** The first place of a string; -1 where it is not there. */
  placeOf(text: string): number {
    if (!this.#index) this.repeated();
    const index = this.#index ?? this.#emptyIndex();
    return (index[this.#slotOf(index, text)] ?? 0) - 1;
  }

  /** Gives back the room that was kept for more. */
  trim(): void {
    const last = Buffer.allocUnsafeSlow(this.#used);
    this.#last.copy(last, 0, 0, this.#used);
    this.#pieces[this.#pieces.length - 1] = last;
    this.#last = last;
    this.#starts = this.#starts.slice(0, this.#length);
    this.#lengths = this.#lengths.slice(0, this.#length);
  }

  /** At most three quarters full. */
  #emptyIndex(): Uint32Array {
    return new Uint32Array(2 ** Math.ceil(Math.log2((this.#length + 1) * 1.34)));
  }

  /** The slot that holds the string, or the free one where it would stand. */
  #slotOf(index: Uint32Array, text: string): number {
    const mask = index.length - 1;
    for (let slot = hashOf(text) & mask; ; slot = (slot + 1) & mask) {
      const first = index[slot] ?? 0;
      if (first === 0 || this.at(first - 1) === text) return slot;
    }
  }

  #grow(): void {
    const room = Math.ceil((this.#length + 1) * 1.5);
    const [starts, lengths] = [new Uint32Array(room), new Uint16Array(room)];
    starts.set(this.#starts);
    lengths.set(this.#lengths);
    this.#starts = starts;
    this.#lengths = lengths;
  }
}

/** FNV-1a, begun with a secret and mixed at the end, because only the low bits are used. */
function hashOf(text: string): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16777619);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
