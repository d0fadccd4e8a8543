/** Octets a second over the last minute, for a person to see that a copy moves. */
export class Meter {
  /** When something came last, epoch milliseconds; null before anything did. */
  last: number | null = null;
  #marks: { readonly at: number; readonly octets: number }[] = [];

  add(octets: number, now: number): void {
    this.last = now;
    this.#marks.push({ at: now, octets });
    this.#forget(now);
  }

  /** Null when nothing came in the last minute. */
  rate(now: number): number | null {
    this.#forget(now);
    const [first] = this.#marks;
    if (!first) return null;
    const octets = this.#marks.reduce((sum, mark) => sum + mark.octets, 0);
    return Math.round((octets * 1000) / Math.max(now - first.at, 1000));
  }

  #forget(now: number): void {
    const kept = this.#marks.findIndex(({ at }) => at > now - window);
    this.#marks.splice(0, kept < 0 ? this.#marks.length : kept);
    if (this.#marks.length > mostMarks) this.#merge();
  }

  /** Halves the number of marks, keeping what they add up to. */
  #merge(): void {
    this.#marks = this.#marks.flatMap((mark, index) => {
      if (index % 2 === 1) return [];
      return [{ at: mark.at, octets: mark.octets + (this.#marks[index + 1]?.octets ?? 0) }];
    });
  }
}

const window = 60_000;
const mostMarks = 240;
