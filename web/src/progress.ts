import type { SummaryView } from "#http/roster";
import type { MigrationStatusView, TransferView } from "#http/migrations";

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

export type Stage = "over" | "onTheWay" | "waiting";

/** Where one mailbox is. */
export function stageOf({ state, stalledSince }: TransferView): Stage {
  if (stalledSince !== null) return "waiting";
  if (state === "following" || state === "settled") return "over";
  return state === "copying" ? "onTheWay" : "waiting";
}

/** Where people are, as the server counted them. Those who went back are where somebody has to look. */
export function progressIn({ people, octets, octetsHere, remaining }: SummaryView): Progress {
  const { over, onTheWay, waiting, missing, returned } = people;
  return { over, onTheWay, waiting: waiting + returned, missing, octets, octetsHere, remaining };
}

/** Adds up what the server tells of a domain's move. */
export function progressOf({ transfers, missing }: MigrationStatusView): Progress {
  const stages = transfers.map(stageOf);
  const count = (stage: Stage) => stages.filter((one) => one === stage).length;
  const sum = (of: (transfer: TransferView) => number) =>
    transfers.reduce((total, transfer) => total + of(transfer), 0);
  const octets = sum((transfer) => transfer.octets);
  const octetsHere = sum((transfer) => Math.min(transfer.octetsHere, transfer.octets));
  const rate = sum((transfer) => transfer.rate ?? 0);
  const left = octets - octetsHere;
  return {
    over: count("over"),
    onTheWay: count("onTheWay"),
    waiting: count("waiting"),
    missing: missing.length,
    octets,
    octetsHere,
    remaining: rate > 0 && left > 0 ? left / rate : null,
  };
}
