/** Room beyond what comes first, which mostly is all but the empty line. */
const spareRoom = 256;
const nothing = new Uint8Array(0);

/** Collects the octets of one header after another in one growing buffer, each up to a limit. */
export class HeaderBlock {
  /** Made with the first octets: most headers are small, and there is one for every message. */
  #buffer: Uint8Array = nothing;
  #length = 0;
  #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Begins the next header; octets beyond `limit` will not be kept. */
  begin(limit: number): void {
    this.#length = 0;
    this.#limit = limit;
  }

  add(octets: Uint8Array): void {
    const kept = octets.subarray(0, Math.max(0, this.#limit - this.#length));
    const needed = this.#length + kept.length;
    if (needed > this.#buffer.length) {
      const room = this.#buffer === nothing ? needed + spareRoom : 2 * needed;
      const larger = Buffer.allocUnsafe(Math.max(needed, Math.min(this.#limit, room)));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(kept, this.#length);
    this.#length = needed;
  }

  /** What was kept since `begin`; valid until the next one. */
  get octets(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }
}
