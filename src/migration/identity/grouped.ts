/**
 * Values by a key that nearly always stands for one of them: that one is kept without a list of its own, because a
 * maildrop may have very many.
 */
export class Grouped<Value extends object> {
  readonly #byKey = new Map<string, Value | Value[]>();

  constructor(values: Iterable<Value>, keyOf: (value: Value) => string) {
    for (const value of values) {
      const key = keyOf(value);
      const before = this.#byKey.get(key);
      if (before === undefined) this.#byKey.set(key, value);
      else if (Array.isArray(before)) before.push(value);
      else this.#byKey.set(key, [before, value]);
    }
  }

  /** In their order; none where there are none. */
  get(key: string): readonly Value[] {
    const found = this.#byKey.get(key);
    if (found === undefined) return [];
    return Array.isArray(found) ? found : [found];
  }

  isAlone(key: string): boolean {
    return this.#byKey.has(key) && !Array.isArray(this.#byKey.get(key));
  }

  /** In the order of their first values. */
  *[Symbol.iterator](): Generator<readonly [string, readonly Value[]]> {
    for (const [key, found] of this.#byKey) yield [key, Array.isArray(found) ? found : [found]];
  }
}
