/**
 * Which numbers must be taken out so that the rest ascends, and as few as possible: the indexes of all that
 * are not in a longest increasing subsequence. The numbers are distinct.
 */
export function outOfOrder(numbers: readonly number[]): readonly number[] {
  /** tails[k]: index of the smallest number that ends an increasing run of k + 1. */
  const tails: number[] = [];
  const before: (number | undefined)[] = [];
  for (const [index, number] of numbers.entries()) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((numbers[tails[middle] ?? 0] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    before[index] = tails[low - 1];
    tails[low] = index;
  }
  const kept = new Set<number>();
  for (let index = tails.at(-1); index !== undefined; index = before[index]) kept.add(index);
  return [...numbers.keys()].filter((index) => !kept.has(index));
}
