/** Everything the pages say, in one place: another language is another file like this one. */
import type { Progress } from "./progress.ts";

const number = new Intl.NumberFormat("en");
const plural = (count: number, one: string, many: string) =>
  `${number.format(count)} ${count === 1 ? one : many}`;
const people = (count: number) => plural(count, "person", "people");
const messages = (count: number) => plural(count, "message", "messages");

export const words = {
  product: "Mailferry",
  number: (value: number) => number.format(value),
  messages,
  octets(value: number): string {
    const units = ["octets", "KB", "MB", "GB", "TB"];
    let [size, unit] = [value, 0];
    while (size >= 1024 && unit < units.length - 1) {
      size /= 1024;
      unit++;
    }
    return `${size.toLocaleString("en", { maximumFractionDigits: size < 10 && unit > 0 ? 1 : 0 })} ${units[unit]}`;
  },
  time: (at: string) => new Date(at).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" }),

  signIn: {
    title: "Sign in",
    name: "Name",
    password: "Password",
    button: "Sign in",
    ended: "Your session has ended. Sign in again; nothing is lost.",
  },
  setUp: {
    title: "Welcome",
    explain: "You are the first here. Choose a name and a password to administer this server with.",
    name: "Name",
    password: "Password",
    hint: "At least 12 characters.",
    button: "Begin",
  },
  frame: {
    signOut: "Sign out",
    overview: "Overview",
    skip: "Go to the content",
    unreachable: "The server cannot be reached. This page goes on by itself as soon as it can.",
    theme: "Light or dark",
  },
  overview: {
    title: "The move",
    none: "No local domains yet. Add one on the command line: mailferry domain add big-company.com",
    notMigrating: "No migration.",
    from: (server: string) => `from ${server}`,
    headline({ over, onTheWay, waiting, missing }: Progress): string {
      const all = over + onTheWay + waiting + missing;
      if (all === 0) return "Nobody has come yet.";
      if (over === all) return all === 1 ? "The only person is over." : `All ${people(all)} are over.`;
      return `${number.format(over)} of ${people(all)} over.`;
    },
    trouble: (reason: string) => `The old server has trouble: ${reason}`,
    copied: (here: string, all: string) => `${here} of ${all} copied`,
    remaining: (time: string) => `about ${time} left`,
    open: "Show",
  },
  parts: {
    over: "over",
    onTheWay: "on the way",
    waiting: "need a look",
    missing: "not yet come",
  },
  domain: {
    back: "Overview",
    check: "Check mailboxes",
    checking: "Checking …",
    checked: (mailboxes: number, found: number) =>
      `${plural(mailboxes, "mailbox", "mailboxes")} checked, ${messages(found)} found.`,
    notAll: (address: string, problem: string) => `${address}: ${problem}`,
    search: "Find an address",
    all: "All",
    address: "Address",
    state: "State",
    mail: "Messages here",
    size: "Size here",
    note: "What happens",
    nobody: "Nobody matches.",
    missingTitle: "Not yet come",
    missingExplain: "They got mail through the pipe, and have not logged in here yet.",
    lastMail: "Last mail",
    stalled: (since: string) => `Nothing has moved since ${since}.`,
    next: (at: string) => `Next try ${at}.`,
    swept: (at: string) => `Checked ${at}.`,
    skipped: (count: number) => `${messages(count)} set aside: see the report.`,
    page: (from: number, to: number, all: number) =>
      `${number.format(from)}–${number.format(to)} of ${number.format(all)}`,
    earlier: "Earlier",
    later: "Later",
  },
  trouble: {
    unreachable: "The server cannot be reached. What you typed is kept; try again.",
    unknown: "Something went wrong. The server's log says more.",
  },
} as const;

/** A length of time as people say it. @param seconds how long */
export function duration(seconds: number): string {
  if (seconds < 90) return plural(Math.max(1, Math.round(seconds)), "second", "seconds");
  if (seconds < 5400) return plural(Math.round(seconds / 60), "minute", "minutes");
  if (seconds < 129_600) return plural(Math.round(seconds / 3600), "hour", "hours");
  return plural(Math.round(seconds / 86_400), "day", "days");
}
