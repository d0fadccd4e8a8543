/** Numbers in a row that grows: eight octets for each, where an array of them may take more while it grows. */
export class Numbers {
  #values = new Float64Array(64);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(Math.ceil(this.#length * 1.5));
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  /** All of them, without the room that was kept for more. */
  whole(): Float64Array {
    return this.#values.slice(0, this.#length);
  }
}
