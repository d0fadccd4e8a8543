/**
 * Who is at work on what, within this process: a job takes the lease of its key and nobody else gets it until
 * it is given back. (Where several machines share a store, the store's own leases stand before these.)
 */
export class Leases<Key> {
  readonly #taken = new Set<Key>();

  /** Takes the lease of a key until it is disposed of; null while somebody has it. */
  take(key: Key): Disposable | null {
    if (this.#taken.has(key)) return null;
    this.#taken.add(key);
    return { [Symbol.dispose]: () => void this.#taken.delete(key) };
  }

  isTaken(key: Key): boolean {
    return this.#taken.has(key);
  }

  get size(): number {
    return this.#taken.size;
  }
}
