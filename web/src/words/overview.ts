/** What the overview says. */
import type { Progress } from "../progress.ts";
import { mailboxes, number, people, plural } from "./format.ts";

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
  waiting: (count: number) => `${mailboxes(count)} ${count === 1 ? "needs" : "need"} a look`,
  missing: (count: number, withMail: number) =>
    `${people(count)} ${count === 1 ? "has" : "have"} not come; ${number(withMail)} got mail this week`,
  rate: (size: string) => `${size} a second`,
  decide: "Needs a decision",
  nothing: "Nothing needs you now.",
  domainOf: (domain: string, what: string) => `${domain}: ${what}`,
  held: (count: number) => `${plural(count, "recipient is", "recipients are")} held in the queue`,
  waitsLong: (since: string) => `Mail waits in the queue since ${since}`,
  refusal: (route: string, reply: string) => `${route} refuses this server: ${reply}`,
  certificate: (at: string) => `The TLS certificate ends ${at}`,
  disk: (free: string) => `Only ${free} are free on the disk`,
  server: "This server",
  waits: (count: number) => `${plural(count, "recipient waits", "recipients wait")} to leave`,
  free: (size: string) => `${size} free on the disk`,
  noCertificate: "No TLS certificate",
  certificateGood: (at: string) => `TLS certificate good until ${at}`,
  flow: "Mail flow",
  what: "Mail",
  flowSince: (at: string) => `Counted since ${at}.`,
  lastHour: "Last hour",
  lastDay: "Last 24 hours",
  kinds: {
    received: "messages in",
    delivered: "delivered here",
    piped: "piped to the old server",
    relayed: "relayed elsewhere",
    refused: "refused",
  },
  chart: "Recipients an hour, over the last 24 hours",
  hour: (at: string, counts: string) => `${at}: ${counts}`,
} as const;
