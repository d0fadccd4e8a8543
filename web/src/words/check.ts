/** What Check mailboxes says. */
import { mailboxes, messages, number, time } from "./format.ts";

export const say = {
  check: "Check mailboxes",
  title: "The last check",
  each: "What each mailbox had",
  underWay: (done: number, total: number, found: number) =>
    `${number(done)} of ${mailboxes(total)} checked, ${messages(found)} found so far.`,
  checked: (total: number, found: number) => `${mailboxes(total)} checked, ${messages(found)} found.`,
  problems: (count: number) => `${mailboxes(count)} with a problem: open it to see what to do.`,
  ended: (at: string) => `Ended ${time(at)}.`,
  address: "Address",
  listed: "On the old server",
  found: "New",
  outcome: "What came of it",
  allHere: "Everything is here.",
  looking: "Not done yet",
  filter: "Show",
  all: "All",
  outcomes: {
    problem: "with a problem",
    found: "something new",
    "nothing-new": "nothing new",
    "not-done": "not done yet",
  },
  nobody: "No mailbox matches.",
} as const;
