import type { ImapContestant } from "./imap-contestant.ts";
import { median, type Results, ratio } from "./rounds.ts";

/** What the results are: a time is the better the smaller it is, a rate the larger. */
export type Unit = "ms" | "/s";

/** Heads of the columns that `besides` fills: ours first, then each peer and the factor that is ours. */
export function peerHead([ours, ...peers]: readonly ImapContestant[], wording: string): readonly string[] {
  return [ours?.name ?? "", ...peers.flatMap(({ name }) => [name, `times ${wording} ${name}`])];
}

/** Our figure, then each peer's with how many times as good ours is, median of each round's. */
export function besides([ours, ...peers]: readonly Results[], unit: Unit): readonly string[] {
  if (!ours) throw new Error("nothing was measured");
  const factor = (peer: Results): string => {
    const times = unit === "ms" ? ratio(peer, ours) : ratio(ours, peer);
    return Number.isFinite(times) ? `${two(times)} ×` : "–";
  };
  return [printed(ours, unit), ...peers.flatMap((peer) => [printed(peer, unit), factor(peer)])];
}

function printed({ figures }: Results, unit: Unit): string {
  const figure = median(figures);
  return unit === "ms" ? `${two(figure)} ms` : `${figure.toFixed(0)}/s`;
}

/** Two digits or more. */
function two(figure: number): string {
  if (figure >= 10) return figure.toFixed(0);
  return figure.toFixed(figure < 1 ? 2 : 1);
}
