import type { SummaryView } from "#http/roster";

/** Where people are in the move, counted. */
export interface Progress {
  readonly over: number;
  readonly onTheWay: number;
  /** Something has to happen that does not happen by itself, or nothing has moved for long. */
  readonly waiting: number;
  readonly missing: number;
  readonly octets: number;
  readonly octetsHere: number;
  /** Seconds until everything that is listed is here, at the pace of the last minute; null: not known. */
  readonly remaining: number | null;
}

/** Where people are, as the server counted them. Those who went back are where somebody has to look. */
export function progressIn({ people, octets, octetsHere, remaining }: SummaryView): Progress {
  const { over, onTheWay, waiting, missing, returned } = people;
  return { over, onTheWay, waiting: waiting + returned, missing, octets, octetsHere, remaining };
}
