import { median, type Results, ratio } from "./rounds.ts";

/** Head of a table of seconds: ours, a version before where there is one, the peers, the floor. */
export function secondsHead(first: string, before: boolean, peers: readonly string[]): readonly string[] {
  return [first, "Mailferry", ...(before ? ["before"] : []), ...peers, "floor"];
}

/** A row of it; contestants that did not run have a dash. Factors are how many times as long as ours they took. */
export function secondsRow(
  title: string,
  results: readonly Results[],
  before: boolean,
  peers: readonly string[],
): string[] {
  const found = (name: string): Results => results.find((one) => one.name === name) ?? { name, figures: [] };
  const mailferry = found("Mailferry");
  const seconds = ({ figures }: Results): string =>
    figures.length > 0 ? `${(median(figures) / 1000).toFixed(2)} s` : "–";
  const times = (of: Results): string =>
    of.figures.length > 0 ? `${ratio(of, mailferry).toFixed(2)} ×` : "–";
  const floor = found("floor");
  return [
    title,
    seconds(mailferry),
    ...[...(before ? ["before"] : []), ...peers]
      .map(found)
      .map((other) => `${seconds(other)}: ${times(other)}`),
    `${seconds(floor)}: ours is ${ratio(mailferry, floor).toFixed(2)} × that`,
  ];
}
