/** Contestants run in turn, round after round, so that what else the machine does meets all of them. */

/** One that is measured. `prepare` is not timed; what it returns is, and gives its figure. */
export interface Contestant {
  readonly name: string;
  /** Gets ready, and returns the run itself: milliseconds it took, or a rate, as the table has it. */
  readonly measure: () => Promise<number>;
}

/** Figures of the rounds, in the order of the contestants. */
export interface Results {
  readonly name: string;
  readonly figures: readonly number[];
}

/** Runs them all `rounds` times, alternating, each round beginning with another one. */
export async function inTurn(
  contestants: readonly Contestant[],
  rounds: number,
): Promise<readonly Results[]> {
  const figures = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < contestants.length; place++) {
      const contestant = contestants[(round + place) % contestants.length];
      if (!contestant) continue;
      const figure = await contestant.measure();
      figures.get(contestant.name)?.push(figure);
      process.stderr.write(`  ${contestant.name}: ${figure.toPrecision(4)}\n`);
    }
  }
  return contestants.map(({ name }) => ({ name, figures: figures.get(name) ?? [] }));
}

/** The middle one; of an even number the mean of the two in the middle. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** The median of the ratios of each round, which a machine that is busy at times disturbs least. */
export function ratio(of: Results, to: Results): number {
  return median(of.figures.map((figure, round) => figure / (to.figures[round] ?? Number.NaN)));
}

/** The value of `--name VALUE` on the command line. */
export function word(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** The same where it is a number. */
export function option(name: string, fallback: number): number {
  return Number(word(name) ?? fallback);
}
