/** Messages that one program took away, so that it is no surprise to the other. A number is a letter's; null: some. */
export class Excuses {
  readonly #numbers: (number | null)[] = [];

  add(number: number | null): void {
    this.#numbers.push(number);
  }

  /** Whether a message that is gone may be one of them; each serves once. @param number null where it was never read */
  take(number: number | null): boolean {
    const exact = this.#numbers.indexOf(number);
    const at = exact >= 0 ? exact : number === null ? this.#numbers.length - 1 : this.#numbers.indexOf(null);
    if (at < 0) return false;
    this.#numbers.splice(at, 1);
    return true;
  }
}
