/** What the overview says. */
import type { Progress } from "../progress.ts";
import { number, people } from "./format.ts";

export const say = {
  title: "The move",
  none: "No local domains yet.",
  guide: "The guide leads from the first domain to the first login",
  notMigrating: "No migration.",
  from: (server: string) => `from ${server}`,
  headline({ over, onTheWay, waiting, missing }: Progress): string {
    const all = over + onTheWay + waiting + missing;
    if (all === 0) return "Nobody has come yet.";
    if (over === all) return all === 1 ? "The only person is over." : `All ${people(all)} are over.`;
    return `${number(over)} of ${people(all)} over.`;
  },
  trouble: (reason: string) => `The old server has trouble: ${reason}`,
  copied: (here: string, all: string) => `${here} of ${all} copied`,
  remaining: (time: string) => `about ${time} left`,
  open: "Show",
} as const;
