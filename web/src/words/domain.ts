/** What the page of a domain's move says. */
import { messages } from "./format.ts";

export const say = {
  address: "Address",
  needALook: "Need a look",
  onTheWay: "On the way",
  over: "Over",
  missingTitle: "Not yet come",
  missingExplain: "They got mail through the pipe, and have not logged in here yet.",
  lastMail: "Last mail",
  stalled: (since: string) => `Nothing has moved since ${since}.`,
  /** What a server or the copier gave as its reason, with a stop after it. */
  sentence: (reason: string) => (/[.!?]$/.test(reason) ? reason : `${reason}.`),
  next: (at: string) => `Next try ${at}.`,
  swept: (at: string) => `Checked ${at}.`,
  skipped: (count: number) => `${messages(count)} set aside: see the report.`,
} as const;
